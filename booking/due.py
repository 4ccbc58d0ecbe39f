"""When the next word is due, in words and in bands: the same on the home, in the worklist and on a request's page."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.moments import clock_words

SOON = timedelta(hours=2)
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
    beside: str = ""


def due_of(request) -> Due:
    """When the next word to this patient is due; recomputed at each look, never a ticking clock."""
    if not request.is_awaiting_answer:
        return Due("none", "–")
    now, owed_by = timezone.now(), request.owed_by
    if owed_by < now:
        return Due("over", _("Overdue %(span)s") % {"span": span_words(now - owed_by)}, _day_and_clock(owed_by))
    if owed_by - now <= SOON:
        return Due("soon", _("Due in %(span)s") % {"span": span_words(owed_by - now)}, _day_and_clock(owed_by))
    band = "today" if timezone.localdate(owed_by) == timezone.localdate() else "later"
    return Due(band, _day_and_clock(owed_by), _("in %(span)s") % {"span": span_words(owed_by - now)})


def span_words(span: timedelta) -> str:
    """A span as people say it: 35 min, 1 h 20 min, 3 d."""
    minutes = int(span.total_seconds() // MINUTES_IN_HOUR)
    if minutes < MINUTES_IN_HOUR:
        return _("%(minutes)s min") % {"minutes": max(minutes, 1)}
    if minutes >= MINUTES_IN_DAY:
        return _("%(days)s d") % {"days": minutes // MINUTES_IN_DAY}
    hours, rest = divmod(minutes, MINUTES_IN_HOUR)
    if hours >= 3 or not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def _day_and_clock(moment):
    day = timezone.localdate(moment)
    if day == timezone.localdate():
        return _("Today %(clock)s") % {"clock": clock_words(moment)}
    if day == timezone.localdate() + timedelta(days=1):
        return _("Tomorrow %(clock)s") % {"clock": clock_words(moment)}
    return f"{date_format(timezone.localtime(moment), 'D, M j')}, {clock_words(moment)}"
