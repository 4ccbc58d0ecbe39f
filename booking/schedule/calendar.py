"""The calendar of the desk: days side by side, a column for each clinician, a row for each time of day."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from booking.models import Absence, Clinician, Consultation, OpenTime
from booking.models.bookable import Hindrance
from clinic_site.dates import midnight
from clinic_site.hours import open_stretches
from clinic_site.models import Clinic, ClosedDay


@dataclass(frozen=True)
class Cell:
    """One clinician's time, or the place where they have none."""

    starts_at: datetime
    clinician: Clinician
    time: OpenTime | None = None
    consultation: Consultation | None = None
    within_hours: bool = False
    closed: bool = False
    away: bool = False

    @property
    def is_past(self):
        return self.starts_at <= timezone.now()

    @property
    def kind(self):
        """What the cell shows: a state of its time, how its consultation went, or that none is open here."""
        if self.consultation and self.consultation.state != Consultation.State.BOOKED:
            return self.consultation.state
        if self.hinders and self.time.state == OpenTime.State.OPEN:
            return "unbookable"
        if self.time and self.time.state != OpenTime.State.WITHDRAWN:
            return self.time.state
        if self.closed:
            return "closed"
        if self.away:
            return "away"
        return "free" if self.within_hours and not self.is_past else "none"

    @property
    def hinders(self):
        """Why nobody can come at the time that stands here, in a word; empty for what is past, as it is of no use."""
        hindrance = self.time.hindrance if self.time and not self.is_past else ""
        return Hindrance(hindrance).label if hindrance else ""

    @property
    def cannot_stand(self):
        """Whether somebody has this time and cannot come then."""
        return bool(self.hinders) and self.time.state in OpenTime.GIVEN

    @property
    def patient(self):
        """Whose time it is: by name or, once that is taken out, by reference."""
        return self.time.request.name or self.time.request.reference

    @property
    def state_words(self):
        """How its consultation stands or, without one, its time."""
        return (self.consultation or self.time).get_state_display()


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
    """What stands in the calendar in that span, in six queries; days without hours and without times are left out."""
    last_day = first_day + timedelta(days=number_of_days - 1)
    dates = [first_day + timedelta(days=n) for n in range(number_of_days)]
    times, absences = _times(dates, clinicians), _absences(dates, clinicians)
    length = timedelta(minutes=Clinic.profile().consultation_minutes)
    openings = _openings(first_day, last_day, length)
    closed = dict(ClosedDay.objects.filter(date__range=(first_day, last_day)).values_list("date", "name"))
    in_use = {day for day, _clock in openings} | {day for _who, day, _clock in times} | set(closed)
    days = [Day(day, closed.get(day, "")) for day in dates if day in in_use]
    clocks = sorted({clock for _day, clock in openings} | {clock for _who, _day, clock in times})
    rows, before = [], None
    for clock in clocks:
        cells = [_cell(day, clock, who, times, openings, absences) for day in days for who in clinicians]
        rows.append((clock, before is not None and _minutes(clock) - _minutes(before) > length.seconds // 60, cells))
        before = clock
    for index, day in enumerate(days):
        span = slice(index * len(clinicians), (index + 1) * len(clinicians))
        kinds = [cell.kind for _clock, _gap, cells in rows for cell in cells[span]]
        day.counts = {kind: kinds.count(kind) for kind in ("booked", "held", "open", "attended", "missed")}
    return Agenda(days, list(clinicians), rows)


def _times(dates, clinicians):
    """The times of the span by clinician, day and clock, each with the consultation that stands there."""
    begins, ends = midnight(dates[0]), midnight(dates[-1] + timedelta(days=1))
    times = OpenTime.objects.filter(clinician__in=clinicians, starts_at__gte=begins, starts_at__lt=ends)
    consultations = {
        consultation.time_id: consultation
        for consultation in Consultation.objects.not_cancelled().filter(time__in=times)
    }
    by_place = {}
    for open_time in times.with_hindrance().select_related("clinician", "request"):
        local = timezone.localtime(open_time.starts_at)
        by_place[open_time.clinician_id, local.date(), local.time()] = (open_time, consultations.get(open_time.pk))
    return by_place


def _absences(dates, clinicians):
    """The stretches in which each clinician is away, by clinician."""
    begins, ends = midnight(dates[0]), midnight(dates[-1] + timedelta(days=1))
    there = Absence.objects.filter(clinician__in=clinicians, begins_at__lt=ends, ends_at__gt=begins)
    stretches: dict[int, list[tuple[datetime, datetime]]] = {}
    for clinician, begins_at, ends_at in there.values_list("clinician_id", "begins_at", "ends_at"):
        stretches.setdefault(clinician, []).append((begins_at, ends_at))
    return stretches


def _openings(first_day, last_day, length):
    """The days and clocks at which a consultation could begin within the clinic's hours."""
    zone = ZoneInfo(settings.TIME_ZONE)
    starts = set()
    for opens, closes in open_stretches(first_day, last_day):
        start = opens
        while start + length <= closes:
            local = start.astimezone(zone)
            starts.add((local.date(), local.time()))
            start += length
    return starts


def _cell(day, clock, clinician, times, openings, absences):
    one, consultation = times.get((clinician.pk, day.date, clock), (None, None))
    moment = _moment(day.date, clock)
    return Cell(
        starts_at=moment,
        clinician=clinician,
        time=one,
        consultation=consultation,
        within_hours=(day.date, clock) in openings,
        closed=bool(day.closed_for),
        away=any(begins <= moment < ends for begins, ends in absences.get(clinician.pk, [])),
    )


def _moment(day, clock):
    return datetime.combine(day, clock, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _minutes(clock):
    return clock.hour * 60 + clock.minute
