"""Open times published in bulk: a weekly pattern over a span of days, within the clinic's hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from booking.models import Clinician, OpenTime
from booking.models.open_times import lock_clinicians
from clinic_site.hours import open_stretches

ASKED_AT_ONCE = 500  # times in one question to the database


@dataclass(frozen=True)
class Pattern:
    """
    What is published: from the first day to the last, on these weekdays (Monday is 0), between these clock times.

    The clinic's hours, breaks and closed days cut it down.
    """

    clinicians: tuple[Clinician, ...]
    first_day: date
    last_day: date
    weekdays: frozenset[int]
    begins: time
    ends: time
    minutes: int
    with_interpreter: bool = False


@dataclass(frozen=True)
class Plan:
    """The times that a pattern comes to, and how many of them are left out, as the clinician has one already."""

    times: list[OpenTime]
    left_out: int


def plan(pattern: Pattern) -> Plan:
    """What `publish` would do; changes nothing. Times that have passed are not among them."""
    starts = list(_starts(pattern))
    if not starts:
        return Plan([], 0)
    taken = _taken(pattern, starts)
    times, left_out = [], 0
    for clinician in pattern.clinicians:
        for start in starts:
            if _overlaps(taken.get(clinician.pk, []), start, pattern.minutes):
                left_out += 1
            else:
                times.append(
                    OpenTime(
                        clinician=clinician,
                        starts_at=start,
                        ends_at=start + timedelta(minutes=pattern.minutes),
                        with_interpreter=pattern.with_interpreter,
                    )
                )
    return Plan(times, left_out)


def publish(pattern: Pattern) -> Plan:
    """
    Publish the times of a pattern; returns them. Run again, or by two people at once, it adds none twice.

    What cannot be booked by now is left out.
    """
    with transaction.atomic():
        lock_clinicians(pattern.clinicians)
        planned = plan(pattern)
        times = _only_bookable(OpenTime.objects.bulk_create(planned.times))
    return Plan(times, planned.left_out + len(planned.times) - len(times))


def _only_bookable(made):
    """Those of the times just made that can be booked; the others are taken away again."""
    kept = set()
    for begin in range(0, len(made), ASKED_AT_ONCE):
        pks = [time.pk for time in made[begin : begin + ASKED_AT_ONCE]]
        bookable = set(OpenTime.objects.bookable().filter(pk__in=pks).values_list("pk", flat=True))
        OpenTime.objects.filter(pk__in=set(pks) - bookable).delete()
        kept |= bookable
    return [time for time in made if time.pk in kept]


def _starts(pattern):
    now, length = timezone.now(), timedelta(minutes=pattern.minutes)
    zone = ZoneInfo(settings.TIME_ZONE)
    for opens, closes in open_stretches(pattern.first_day, pattern.last_day):
        day = opens.astimezone(zone).date()
        if day.weekday() not in pattern.weekdays:
            continue
        start = max(opens, datetime.combine(day, pattern.begins, tzinfo=zone).astimezone(ZoneInfo("UTC")))
        last = min(closes, datetime.combine(day, pattern.ends, tzinfo=zone).astimezone(ZoneInfo("UTC")))
        while start + length <= last:
            if start > now:
                yield start
            start += length


def _taken(pattern, starts):
    """The stretches that these clinicians' times cover already, by clinician; withdrawn ones cover nothing."""
    there = OpenTime.objects.exclude(state=OpenTime.State.WITHDRAWN).filter(
        clinician__in=pattern.clinicians,
        ends_at__gt=starts[0],
        starts_at__lt=starts[-1] + timedelta(minutes=pattern.minutes),
    )
    taken: dict[int, list[tuple[datetime, datetime]]] = {}
    for clinician, starts_at, ends_at in there.values_list("clinician_id", "starts_at", "ends_at"):
        taken.setdefault(clinician, []).append((starts_at, ends_at))
    return taken


def _overlaps(stretches, start, minutes):
    end = start + timedelta(minutes=minutes)
    return any(start < others_end and others_start < end for others_start, others_end in stretches)
