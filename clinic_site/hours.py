"""Opening time: by when an answer is promised, in hours that the clinic is really open."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localdate

from clinic_site.models import Clinic, ClosedDay, OpeningHours

HORIZON = timedelta(days=120)  # how far ahead opening time is looked for
LONGEST_CLOSURE = timedelta(days=31)  # across which the last moment of opening time is looked for


def open_stretches(first_day: date, last_day: date):
    """Yield (opens, closes) as moments in UTC-comparable clinic time, day by day, without closed days."""
    zone = ZoneInfo(settings.TIME_ZONE)
    hours = {day: list(rows) for day, rows in groupby(OpeningHours.objects.all(), key=lambda row: row.weekday)}
    closed = set(ClosedDay.objects.filter(date__range=(first_day, last_day)).values_list("date", flat=True))
    day = first_day
    while day <= last_day:
        for row in hours.get(day.weekday(), []) if day not in closed else []:
            yield _moment(day, row.opens, zone), _moment(day, row.closes, zone)
        day += timedelta(days=1)


def reply_by(received: datetime) -> datetime:
    """The moment by which a request that arrived then is answered: the clinic's `answer_within` minutes later."""
    return after_open_minutes(received, Clinic.profile().answer_within)


def after_open_minutes(received: datetime, minutes: int) -> datetime:
    """The moment by which the clinic has been open for that many minutes since then."""
    return after_open_time(received, timedelta(minutes=minutes))


class OpenClock:
    """A clock that runs while the clinic is open. It reads the hours of a span of days once, for many questions."""

    def __init__(self, first_day: date, last_day: date):
        self._stretches = list(open_stretches(first_day, last_day))
        self._opens = [opens for opens, _closes in self._stretches]
        self._before = [timedelta(0), *accumulate(closes - opens for opens, closes in self._stretches)]

    def between(self, begins: datetime, ends: datetime) -> timedelta:
        """For how long the clinic is open between two moments of the span; nothing where the first is the later one."""
        return max(timedelta(0), self._until(ends) - self._until(begins))

    def open_before(self, moment: datetime) -> datetime:
        """The last moment, up to this one, at which the clinic is open; the moment itself where the span has none."""
        number = bisect_right(self._opens, moment)
        return min(moment, self._stretches[number - 1][1]) if number else moment

    def after(self, moment: datetime, span: timedelta) -> datetime:
        """The moment by which the clinic has been open for that long since then; around the clock past the span."""
        until = self._until(moment) + span
        number = bisect_left(self._before, until)
        if not 0 < number < len(self._before):
            return moment + span
        return self._opens[number - 1] + (until - self._before[number - 1])

    def _until(self, moment):
        number = bisect_right(self._opens, moment)
        if not number:
            return timedelta(0)
        opens, closes = self._stretches[number - 1]
        return self._before[number - 1] + min(moment, closes) - opens


def desk_clock(moments) -> OpenClock:
    """The hours up to the last of these moments, read once: its `open_before` says when what was promised is due."""
    today = localdate()
    return OpenClock(today - LONGEST_CLOSURE, max([today, *map(localdate, moments)]))


def next_opening(moment: datetime) -> datetime:
    """When the clinic opens next, at that moment or later; the moment itself where no hours are entered."""
    first_day = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    openings = (opens for opens, _closes in open_stretches(first_day, first_day + HORIZON) if opens >= moment)
    return next(openings, moment)


def after_open_time(received: datetime, left: timedelta) -> datetime:
    """
    The moment by which the clinic has been open for that long since then.

    Breaks, closed days and nights do not count. Real minutes are counted, so a daylight-saving night changes nothing.
    Where the hours that are entered do not hold so many minutes, the rest is counted around the clock, from a day
    after the last of them.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    received = received.astimezone(UTC)
    first_day = received.astimezone(zone).date()
    last = received
    for opens, closes in open_stretches(first_day, first_day + HORIZON):
        begins = max(opens, received)
        if closes <= begins:
            continue
        if left <= closes - begins:
            return (begins + left).astimezone(zone)
        left -= closes - begins
        last = closes
    return (last + timedelta(days=1) + left).astimezone(zone)


def last_open_moment(after: datetime, until: datetime) -> datetime | None:
    """The last moment between these two at which the clinic is open; None where it is closed all the while."""
    zone = ZoneInfo(settings.TIME_ZONE)
    found = None
    for opens, closes in open_stretches(after.astimezone(zone).date(), until.astimezone(zone).date()):
        if opens < until and closes > after and until > after:
            found = min(closes, until)
    return found.astimezone(zone) if found else None


def weekly_table():
    """Rows of (name of the days, list of (opens, closes)) with equal weekdays put together, for people to read."""
    names = dict(OpeningHours.Weekday.choices)
    by_day: dict[int, list[tuple[time, time]]] = {day: [] for day in names}
    for row in OpeningHours.objects.all():
        by_day[row.weekday].append((row.opens, row.closes))
    table = []
    for stretches, days in groupby(by_day, key=by_day.get):
        together = list(days)
        table.append({"first": names[together[0]], "last": names[together[-1]], "stretches": stretches})
    return table


@dataclass(frozen=True)
class DeskNow:
    """Whether the desk is there at a moment, and the clinic time of the next change; None where hours are missing."""

    is_open: bool
    changes: datetime | None


def desk_at(moment: datetime) -> DeskNow:
    zone = ZoneInfo(settings.TIME_ZONE)
    today = moment.astimezone(zone).date()
    for opens, closes in open_stretches(today, today + HORIZON):
        if moment < opens:
            return DeskNow(False, opens.astimezone(zone))
        if moment < closes:
            return DeskNow(True, closes.astimezone(zone))
    return DeskNow(False, None)


def days_ahead(first_day: date, days: int = 7) -> list[dict]:
    """Each of the days from that one: its date, its stretches of (opens, closes), and what it is closed for."""
    last_day = first_day + timedelta(days=days - 1)
    closed = dict(ClosedDay.objects.filter(date__range=(first_day, last_day)).values_list("date", "name"))
    zone = ZoneInfo(settings.TIME_ZONE)
    stretches: dict[date, list[tuple[time, time]]] = {}
    for opens, closes in open_stretches(first_day, last_day):
        local = opens.astimezone(zone)
        stretches.setdefault(local.date(), []).append((local.time(), closes.astimezone(zone).time()))
    week = [first_day + timedelta(days=n) for n in range(days)]
    return [{"date": day, "stretches": stretches.get(day, []), "closed_for": closed.get(day, "")} for day in week]


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)  # the zone of all moments: compared without it
