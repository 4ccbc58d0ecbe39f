"""Times that staff choose for a step: now, or at a time of the clinic's clock."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _


class BadTime(Exception):
    """A date and time that cannot be read. Says what to type."""


def chosen_time(request, missing):
    """The time of a step that is taken 'now' (None) or 'at' a time. A time beside 'now' could mean either: refused."""
    when, at = request.POST.get("when"), datetime_in(request, "at")
    if when == "at" and at is None:
        raise BadTime(missing)
    if when == "now" and at is not None:
        raise BadTime(_("You chose a time and 'Now'. Choose one of them."))
    return at


def datetime_in(request, name):
    """A time of the clinic in a field, or None. Raises BadTime for one that the clinic's clock never shows."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        shown = datetime.fromisoformat(text).replace(tzinfo=None)
        moment = timezone.make_aware(shown)
        is_on_the_clock = timezone.localtime(moment.astimezone(UTC)).replace(tzinfo=None) == shown
    except (ValueError, OverflowError):
        raise BadTime(_("Give a day and a time, as in 2026-12-01 08:00.")) from None
    if not is_on_the_clock:
        raise BadTime(_("The clocks go forward in that night, and skip this time. Choose one an hour later."))
    return moment
