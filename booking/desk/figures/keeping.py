"""
Days that stay counted: each line of a timeline says that its request's day is to be counted anew; the sweep does so.

Nothing has to be written with a step for that: lines are only ever added, so those after the last that was looked at
name the days. Until the sweep has been there, such a day is counted when it is looked at.
"""

from datetime import date, timedelta

from django.utils import timezone

from booking.desk.figures.counting import DAY, WAITS, added_up, count_days
from booking.models import ConsultationRequest, Event
from booking.models.counted.days import CountedDay, FiguresKept

SETTLED = timedelta(minutes=10)  # longer than any transaction: an older line has no unseen one before it
AT_ONCE = 28  # days counted in one go
COUNTED = ["all", "pages", "campaigns", "waits", "steps", "counts_until"]


def counted_days(first: date, last: date) -> list[CountedDay]:
    """The days of a span, as they stand now; in the same few queries whatever its length."""
    kept = FiguresKept.objects.first()
    if kept is None:
        return count_days(_days_between(first, last))
    to_count = [day for day in _days_to_count(kept.seen_event) if first <= day <= last]
    counted_anew = {day.day: day for day in count_days(to_count)}
    days = CountedDay.objects.filter(day__range=(first, last))
    return [*counted_anew.values(), *(day for day in days if day.day not in counted_anew)]


def keep_figures():
    """Count the days on which something has changed; all of them where none were counted yet. The sweep calls it."""
    kept = FiguresKept.objects.first()
    if kept is None:
        count_all_anew()
        return
    marks = _marks()
    _store(_differing(_days_to_count(kept.settled_event)))
    FiguresKept.objects.exclude(**marks).update(**marks)


def count_all_anew(compare_only=False) -> list[date]:
    """Count each day from what is true, a month at a time; returns the days that were kept otherwise."""
    marks = _marks()
    oldest = ConsultationRequest.objects.order_by("received_at").values_list("received_at", flat=True).first()
    days = _days_between(timezone.localdate(oldest), timezone.localdate()) if oldest else []
    differing = []
    for begins in range(0, len(days), AT_ONCE):
        changed = _differing(days[begins : begins + AT_ONCE])
        differing += [day.day for day in changed]
        if not compare_only:
            _store(changed)
    if not compare_only:
        FiguresKept.objects.update_or_create(pk=1, defaults=marks)
    return differing


def _marks():
    """Up to which line of all timelines everything is seen, and up to which none can come in between any more."""
    lines = Event.objects.order_by("-pk").values_list("pk", flat=True)
    settled = lines.filter(at__lt=timezone.now() - SETTLED).first()
    return {"seen_event": lines.first() or 0, "settled_event": settled or 0}


def _days_to_count(after_line) -> set[date]:
    """The days of requests to which something happened since that line, and those on which a promise has run out."""
    changed = Event.objects.filter(pk__gt=after_line).values("request")
    received = ConsultationRequest.objects.filter(pk__in=changed).order_by().values_list("received_at", flat=True)
    over = CountedDay.objects.filter(counts_until__lte=timezone.now()).values_list("day", flat=True)
    return {*map(timezone.localdate, received), *over}


def _differing(days) -> list[CountedDay]:
    """Those of the days, counted, that are kept otherwise; one that is not kept is one on which nobody asked."""
    there, nobody = CountedDay.objects.in_bulk(days), CountedDay(all=added_up(), steps=[0] * (len(WAITS) + 1))
    return [day for day in count_days(days) if _numbers(day) != _numbers(there.get(day.day, nobody))]


def _numbers(day):
    return [getattr(day, name) for name in COUNTED]


def _store(days):
    CountedDay.objects.bulk_create(days, update_conflicts=True, unique_fields=["day"], update_fields=COUNTED)


def _days_between(first, last):
    return [first + number * DAY for number in range((last - first).days + 1)]
