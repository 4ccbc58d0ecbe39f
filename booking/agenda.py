"""The calendar of the desk: days side by side, a column for each clinician, a row for each time of day."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from booking.models import Clinician, Consultation, OpenTime
from clinic_site.hours import open_stretches
from clinic_site.models import Clinic, ClosedDay


@dataclass(frozen=True)
class Cell:
    """One clinician's time, or the place where she has none."""

    starts_at: datetime
    clinician: Clinician
    time: OpenTime | None = None
    consultation: Consultation | None = None
    within_hours: bool = False
    closed: bool = False

    @property
    def is_past(self):
        return self.starts_at <= timezone.now()

    @property
    def kind(self):
        """What the cell shows: a state of its time, how its consultation went, or that none is open here."""
        if self.consultation and self.consultation.state != Consultation.State.BOOKED:
            return self.consultation.state
        if self.time and self.time.state != OpenTime.State.WITHDRAWN:
            return self.time.state
        if self.closed:
            return "closed"
        return "free" if self.within_hours and not self.is_past else "none"


@dataclass
class Day:
    """One day's heading: its date, why it is closed, and how full it is."""

    date: date
    closed_for: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_today(self):
        return self.date == timezone.localdate()


@dataclass
class Agenda:
    """The days, the clinicians, and the rows: (time of day, whether a break stands before it, cells)."""

    days: list[Day]
    clinicians: list[Clinician]
    rows: list[tuple[time, bool, list[Cell]]]


def agenda_of(first_day: date, number_of_days: int, clinicians) -> Agenda:
    """What stands in the calendar in that span, in five queries; days without hours and without times are left out."""
    last_day = first_day + timedelta(days=number_of_days - 1)
    dates = [first_day + timedelta(days=n) for n in range(number_of_days)]
    times = _times(dates, clinicians)
    length = timedelta(minutes=Clinic.profile().consultation_minutes)
    openings = _openings(first_day, last_day, length)
    closed = dict(ClosedDay.objects.filter(date__range=(first_day, last_day)).values_list("date", "name"))
    in_use = {day for day, _clock in openings} | {day for _who, day, _clock in times} | set(closed)
    days = [Day(day, closed.get(day, "")) for day in dates if day in in_use]
    clocks = sorted({clock for _day, clock in openings} | {clock for _who, _day, clock in times})
    rows, before = [], None
    for clock in clocks:
        cells = [_cell(day, clock, who, times, openings) for day in days for who in clinicians]
        rows.append((clock, before is not None and _minutes(clock) - _minutes(before) > length.seconds // 60, cells))
        before = clock
    for index, day in enumerate(days):
        span = slice(index * len(clinicians), (index + 1) * len(clinicians))
        kinds = [cell.kind for _clock, _gap, cells in rows for cell in cells[span]]
        day.counts = {kind: kinds.count(kind) for kind in ("booked", "held", "open", "attended", "missed")}
    return Agenda(days, list(clinicians), rows)


def _times(dates, clinicians):
    """The times of the span by clinician, day and clock, each with the consultation that stands there."""
    begins = _moment(dates[0], time.min)
    there = OpenTime.objects.filter(
        clinician__in=clinicians, starts_at__gte=begins, starts_at__lt=_moment(dates[-1] + timedelta(days=1), time.min)
    ).select_related("clinician", "request")
    standing = Consultation.objects.exclude(state=Consultation.State.CANCELLED).filter(time__in=there)
    consultations = {consultation.time_id: consultation for consultation in standing}
    found = {}
    for one in there:
        local = timezone.localtime(one.starts_at)
        found[one.clinician_id, local.date(), local.time()] = (one, consultations.get(one.pk))
    return found


def _openings(first_day, last_day, length):
    """The days and clocks at which a consultation could begin within the clinic's hours."""
    zone = ZoneInfo(settings.TIME_ZONE)
    found = set()
    for opens, closes in open_stretches(first_day, last_day):
        start = opens
        while start + length <= closes:
            local = start.astimezone(zone)
            found.add((local.date(), local.time()))
            start += length
    return found


def _cell(day, clock, clinician, times, openings):
    one, consultation = times.get((clinician.pk, day.date, clock), (None, None))
    return Cell(
        _moment(day.date, clock), clinician, one, consultation, (day.date, clock) in openings, bool(day.closed_for)
    )


def _moment(day, clock):
    return datetime.combine(day, clock, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _minutes(clock):
    return clock.hour * 60 + clock.minute
