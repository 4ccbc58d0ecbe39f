"""When the next word is due, in words and in bands: the same on the home, in the worklist and on a request's page."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic_site.dates import clock_words, short_moment_words
from clinic_site.hours import OpenClock, desk_clock

SOON = timedelta(hours=2)
MINUTE = timedelta(minutes=1)
MINUTES_IN_HOUR, MINUTES_IN_DAY = 60, 24 * 60

BANDS = {
    "over": _lazy("Overdue"),
    "soon": _lazy("Next two hours"),
    "today": _lazy("Later today"),
    "later": _lazy("Tomorrow and after"),
    "none": _lazy("No word is owed"),
}


@dataclass(frozen=True)
class Due:
    """How urgent a word is, said in full and in short."""

    band: str
    words: str
    detail: str = ""


def due_of(consultation_request, desk: OpenClock | None = None) -> Due:
    """
    When the next word or call to this patient is due; recomputed at each look, never a ticking clock.

    A promise never moves. One for a time at which the desk has closed since is due before the closing.
    """
    if not consultation_request.is_owed_something:
        return Due("none", "–")
    owed_by, call_by = consultation_request.owed_by, consultation_request.call_by
    if call_by and (owed_by is None or call_by <= owed_by):
        return due_at(call_by)
    due_by = owed_by if owed_by < timezone.now() else (desk or desk_clock([owed_by])).open_before(owed_by)
    if due_by == owed_by:
        return due_at(owed_by)
    promised = _("promised for %(moment)s, closed then") % {"moment": day_and_clock(owed_by)}
    if due_by < timezone.now():
        return Due("over", _("Due now"), promised)
    return replace(due_at(due_by), detail=promised)


def due_at(moment) -> Due:
    """How urgent something is that is due then."""
    now = timezone.now()
    if moment < now:
        return Due("over", _("Overdue %(span)s") % {"span": span_words(now - moment)}, day_and_clock(moment))
    if moment - now <= SOON:
        return Due("soon", _("Due in %(span)s") % {"span": span_words(moment - now)}, day_and_clock(moment))
    band = "today" if timezone.localdate(moment) == timezone.localdate() else "later"
    return Due(band, day_and_clock(moment), _("in %(span)s") % {"span": span_words(moment - now)})


def span_words(span: timedelta) -> str:
    """A span as people say it: 35 min, 1 h 20 min, 3 d."""
    minutes = span // MINUTE
    if minutes < MINUTES_IN_HOUR:
        return _("%(minutes)s min") % {"minutes": max(minutes, 1)}
    if minutes >= MINUTES_IN_DAY:
        return _("%(days)s d") % {"days": minutes // MINUTES_IN_DAY}
    hours, rest = divmod(minutes, MINUTES_IN_HOUR)
    if hours >= 3 or not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def day_and_clock(moment):
    """A moment of these days as the desk says it: Today 11:00 AM."""
    day = timezone.localdate(moment)
    if day == timezone.localdate():
        return _("Today %(clock)s") % {"clock": clock_words(moment)}
    if day == timezone.localdate() + timedelta(days=1):
        return _("Tomorrow %(clock)s") % {"clock": clock_words(moment)}
    return short_moment_words(moment)
