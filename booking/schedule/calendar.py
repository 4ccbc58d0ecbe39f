"""The calendar of the desk: days side by side, a column for each clinician, drawn to scale from opening to closing."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from booking.models import Absence, Clinician, Consultation, OpenTime
from booking.models.bookable import Hindrance
from booking.schedule.calendar_scale import Scale, minutes_of
from clinic_site.dates import midnight
from clinic_site.hours import open_stretches
from clinic_site.models import Clinic, ClosedDay

LONGEST_IN_A_CELL = 26  # letters of a name
MOST_INITIALS = 3


@dataclass(frozen=True)
class Cell:
    """A stretch of one column: a time with who has it, a place where one could be opened, or why there is none."""

    starts_at: datetime
    clinician: Clinician
    kind: str
    row: int
    rows: int
    day: int = 0  # the numbers of its day and clinician, as the table has them
    who: int = 0
    columns: int = 1
    reason: str = ""
    time: OpenTime | None = None
    consultation: Consultation | None = None

    @property
    def hinders(self):
        """Why nobody can come at the time that stands here, in a word; empty for what is past, as it is of no use."""
        return hinders(self.time) if self.time else ""

    @property
    def cannot_stand(self):
        """Whether somebody has this time and cannot come then."""
        return bool(self.hinders) and self.time.state in OpenTime.GIVEN

    @property
    def patient(self):
        """Whose time it is: by name or, once that is taken out, by reference."""
        return self.time.request.name or self.time.request.reference

    @property
    def short_patient(self):
        """The same where there is one line for it: of a long name, the first part is an initial, the next ones go."""
        if len(self.patient) <= LONGEST_IN_A_CELL:
            return self.patient
        given, *parts = self.patient.split()
        while len(parts) > MOST_INITIALS and len(" ".join(parts)) > LONGEST_IN_A_CELL:
            parts.pop(0)
        return " ".join([f"{given[0]}.", *parts]) if parts else given

    @property
    def state_words(self):
        """How its consultation stands or, without one, its time."""
        return (self.consultation or self.time).get_state_display()


@dataclass
class Day:
    """One day's heading: its date, why it is closed, how full it is, and whether it is the one shown wide."""

    date: date
    closed_for: str = ""
    is_wide: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_today(self):
        return self.date == timezone.localdate()


@dataclass
class Row:
    """A few minutes of all days, from that time of day on: the cells that begin in it."""

    clock: time
    cells: list[Cell] = field(default_factory=list)

    @property
    def is_hour(self):
        return self.clock.minute == 0


@dataclass
class Agenda:
    """The days, the clinicians, and the rows of `unit` minutes each."""

    days: list[Day]
    clinicians: list[Clinician]
    unit: int
    rows: list[Row]

    @property
    def wide(self):
        """The number of the day that is shown wide."""
        return next((number for number, day in enumerate(self.days) if day.is_wide), 0)

    @property
    def day_before(self):
        return self.days[self.wide - 1] if self.wide else None

    @property
    def day_after(self):
        return self.days[self.wide + 1] if self.wide + 1 < len(self.days) else None


def hinders(open_time):
    """Why nobody can come at a time to come, in a word; empty where somebody can, and for what is past."""
    past = open_time.starts_at <= timezone.now()
    return "" if past or not open_time.hindrance else Hindrance(open_time.hindrance).label


def agenda_of(first_day: date, number_of_days: int, clinicians, wide: date | None = None) -> Agenda:
    """What stands in the calendar in that span, in six queries; days without hours and without times are left out."""
    last_day = first_day + timedelta(days=number_of_days - 1)
    dates = [first_day + timedelta(days=n) for n in range(number_of_days)]
    times, absences = _times(dates, clinicians), _absences(dates, clinicians)
    length = Clinic.profile().consultation_minutes
    stretches = _stretches(first_day, last_day)
    closed = dict(ClosedDay.objects.filter(date__range=(first_day, last_day)).values_list("date", "name"))
    in_use = set(stretches) | {day for _who, day in times} | set(closed)
    days = [Day(day, closed.get(day, "")) for day in dates if day in in_use]
    if not days or not clinicians:
        return Agenda([], list(clinicians), 30, [])
    (next((day for day in days if day.date == wide), None) or days[0]).is_wide = True
    scale = Scale.of(stretches.values(), [each for column in times.values() for each, _who in column], length)
    columns = [
        _column(scale, day, number, who, place, times, absences, stretches, length)
        for number, day in enumerate(days)
        for place, who in enumerate(clinicians)
    ]
    for number, day in enumerate(days):
        kinds = [cell.kind for column in columns for cell in column if cell.day == number]
        day.counts = {kind: kinds.count(kind) for kind in ("booked", "held", "open", "attended", "missed")}
    return Agenda(days, list(clinicians), scale.unit, _rows(scale, columns, len(clinicians)))


def _rows(scale, columns, number_of_clinicians):
    """The rows of the table. A day on which nothing is left is one cell; a column that is full early is filled up."""
    number = max([scale.rows, *(column[-1].row + column[-1].rows for column in columns)])
    rows = [Row(scale.clock_at(row)) for row in range(number)]
    for first in range(0, len(columns), number_of_clinicians):
        of_day = columns[first : first + number_of_clinicians]
        if all(len(column) == 1 and column[0].kind == "closed" for column in of_day):
            of_day = [[_with(of_day[0][0], columns=number_of_clinicians)]]
        for column in of_day:
            end = column[-1].row + column[-1].rows
            rest = [_with(column[-1], kind="none", row=end, rows=number - end)] if end < number else []
            for cell in [*column, *rest]:
                rows[cell.row].cells.append(cell)
    return rows


def _with(cell, **changed):
    """A background like this one."""
    known = {name: getattr(cell, name) for name in ("starts_at", "clinician", "kind", "row", "rows", "day", "who")}
    return Cell(**known | {"reason": cell.reason if "kind" not in changed else ""} | changed)


def _column(scale, day, number, who, place, times, absences, stretches, length):
    """One clinician's day from top to bottom, without a gap."""
    background = _Background(scale, day, absences.get(who.pk, []), stretches.get(day.date, []), length)

    def cell(kind, row, rows, **more):
        starts_at = more.pop("starts_at", None) or scale.moment(day.date, row)
        return Cell(starts_at, who, kind, row, rows, number, place, **more)

    cells, row = [], 0
    for open_time, consultation in times.get((who.pk, day.date), []):
        kind = _kind_of(open_time, consultation, background)
        if not kind:
            continue
        begin = max(row, scale.row_of(minutes_of(open_time.starts_at)))
        end = max(begin + 1, scale.row_after(minutes_of(open_time.starts_at) + open_time.minutes))
        cells += [cell(*part, reason=reason) for *part, reason in background.of(row, begin)]
        cells.append(
            cell(kind, begin, end - begin, starts_at=open_time.starts_at, time=open_time, consultation=consultation)
        )
        row = end
    cells += [cell(*part, reason=reason) for *part, reason in background.of(row, scale.rows)]
    return cells


def _kind_of(open_time, consultation, background):
    """What a time shows: how its consultation went, or its state; empty where what closes the hour covers it."""
    if consultation and consultation.state != Consultation.State.BOOKED:
        return consultation.state
    if open_time.state in OpenTime.GIVEN:
        return open_time.state
    past = open_time.starts_at <= timezone.now()
    covered = background.kind_at_moment(open_time.starts_at) in ("closed", "away")
    if open_time.state == OpenTime.State.WITHDRAWN or covered or (past and open_time.state == OpenTime.State.OPEN):
        return ""
    return "unbookable" if open_time.state == OpenTime.State.OPEN and hinders(open_time) else open_time.state


class _Background:
    """What a column shows where no time stands: hours in which one can be opened, breaks, absences, closed days."""

    def __init__(self, scale, day, absences, stretches, length):
        self.scale, self.day, self.absences, self.stretches = scale, day, absences, stretches
        self.length = scale.rows_of(length)
        self.starts = {
            scale.row_of(start)
            for opens, closes in stretches
            for start in range(opens, closes - length + 1, length)
            if (start - scale.begins) % scale.unit == 0
        }

    def kind_at_moment(self, moment):
        return self._at(moment, minutes_of(moment))[0]

    def _at(self, moment, minutes):
        if self.day.closed_for:
            return "closed", self.day.closed_for
        for begins, ends, reason in self.absences:
            if begins <= moment < ends:
                return "away", reason
        if any(opens <= minutes < closes for opens, closes in self.stretches):
            return "hours", ""
        inside = self.stretches and self.stretches[0][0] <= minutes < self.stretches[-1][1]
        return ("break" if inside else "outside"), ""

    def of(self, first, end):
        """Kind, row, rows and reason of each part between two rows."""
        at = [self._at(self.scale.moment(self.day.date, row), self.scale.minutes_at(row)) for row in range(first, end)]
        row = first
        for (kind, reason), same in groupby(at):
            rows = len(list(same))
            yield from self._places(row, row + rows) if kind == "hours" else [(kind, row, rows, reason)]
            row += rows

    def _places(self, first, end):
        """The places within hours where a time could be opened, and what is left between them."""
        row, now = first, timezone.now()
        for start in sorted(self.starts):
            if row <= start and start + self.length <= end and self.scale.moment(self.day.date, start) > now:
                if row < start:
                    yield "none", row, start - row, ""
                yield "free", start, self.length, ""
                row = start + self.length
        if row < end:
            yield "none", row, end - row, ""


def _times(dates, clinicians):
    """The times of the span by clinician and day, in their order, each with the consultation that stands there."""
    begins, ends = midnight(dates[0]), midnight(dates[-1] + timedelta(days=1))
    times = OpenTime.objects.filter(clinician__in=clinicians, starts_at__gte=begins, starts_at__lt=ends)
    consultations = {
        consultation.time_id: consultation
        for consultation in Consultation.objects.not_cancelled().filter(time__in=times)
    }
    by_place: dict[tuple[int, date], list] = {}
    for open_time in times.with_hindrance().select_related("clinician", "request").order_by("starts_at"):
        place = open_time.clinician_id, timezone.localdate(open_time.starts_at)
        by_place.setdefault(place, []).append((open_time, consultations.get(open_time.pk)))
    return by_place


def _absences(dates, clinicians):
    """The stretches in which each clinician is away, and why, by clinician."""
    begins, ends = midnight(dates[0]), midnight(dates[-1] + timedelta(days=1))
    there = Absence.objects.filter(clinician__in=clinicians, begins_at__lt=ends, ends_at__gt=begins)
    stretches: dict[int, list[tuple[datetime, datetime, str]]] = {}
    for clinician, *stretch in there.values_list("clinician_id", "begins_at", "ends_at", "reason"):
        stretches.setdefault(clinician, []).append(tuple(stretch))
    return stretches


def _stretches(first_day, last_day):
    """From which minute to which the clinic is open, by day."""
    zone = ZoneInfo(settings.TIME_ZONE)
    by_day: dict[date, list[tuple[int, int]]] = {}
    for opens, closes in open_stretches(first_day, last_day):
        local = opens.astimezone(zone)
        by_day.setdefault(local.date(), []).append((minutes_of(opens), minutes_of(closes, up=True)))
    return by_day
