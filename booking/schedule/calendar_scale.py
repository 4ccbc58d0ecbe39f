"""The scale of the calendar: how many minutes a row has, and which row is which minute of a day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

HOUR, DAY = 60, 24 * 60  # minutes
UNITS = [30, 20, 15, 10, 5]  # minutes; each divides an hour
USUAL = (9 * HOUR, 17 * HOUR)  # where a week has neither hours nor times


def minutes_of(moment: datetime, up=False) -> int:
    """The minute of its day, by the clinic's clock; with `up`, a begun minute counts as a whole one."""
    local = timezone.localtime(moment, ZoneInfo(settings.TIME_ZONE))
    begun = up and bool(local.second or local.microsecond)
    return local.hour * HOUR + local.minute + begun


@dataclass(frozen=True)
class Scale:
    """From one full hour to another, in rows of `unit` minutes."""

    begins: int
    ends: int
    unit: int

    @classmethod
    def of(cls, stretches, times, length: int):
        """The coarsest scale on which hours and times stand where they belong; what is odd goes to the row before."""
        stretches = [stretch for of_day in stretches for stretch in of_day]
        starts = [minutes_of(each.starts_at) for each in times]
        ends = [start + each.minutes for start, each in zip(starts, times, strict=True)]
        marks = [*starts, *ends, *(mark for stretch in stretches for mark in stretch), length]
        even = [mark for mark in marks if mark % UNITS[-1] == 0]
        unit = next((unit for unit in UNITS if all(mark % unit == 0 for mark in even)), UNITS[-1])
        known = [*starts, *ends, *(mark for stretch in stretches for mark in stretch)] or USUAL
        first, last = min(known) // HOUR * HOUR, -(-max(known) // HOUR) * HOUR
        return cls(first, min(max(last, first + HOUR), DAY), unit)

    @property
    def rows(self):
        return (self.ends - self.begins) // self.unit

    def rows_of(self, minutes):
        return max(1, minutes // self.unit)

    def row_of(self, minutes):
        """The row in which that minute lies."""
        return (minutes - self.begins) // self.unit

    def row_after(self, minutes):
        """The first row that lies wholly after that minute."""
        return -(-(minutes - self.begins) // self.unit)

    def minutes_at(self, row):
        return self.begins + row * self.unit

    def clock_at(self, row):
        """The time of day with which a row begins."""
        minutes = self.minutes_at(row)
        return time(minutes // HOUR % 24, minutes % HOUR)

    def moment(self, day: date, row: int) -> datetime:
        """When a row of that day begins."""
        day += timedelta(days=self.minutes_at(row) // DAY)
        return datetime.combine(day, self.clock_at(row), tzinfo=ZoneInfo(settings.TIME_ZONE))
