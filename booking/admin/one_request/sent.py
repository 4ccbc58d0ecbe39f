"""What the buttons of a request's page send, read: a note, times, a colleague, the moment of the next call."""

from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from booking.desk import handing_over
from booking.models import Offer, OpenTime, PreparedAnswer
from booking.states import IllegalStep
from clinic_site.dates import midnight
from clinic_site.hours import next_opening
from clinic_site.numbers import number_in

NOTE_LENGTH = 2000  # characters
FURTHEST_CALL = timedelta(days=730)


def said_in(data):
    """What the patient is to read: the prepared answer that is chosen, and below it what was typed."""
    prepared = PreparedAnswer.objects.filter(pk=number_in(data.get("prepared"))).first()
    own = data.get("said", "").replace("\r\n", "\n").strip()[:NOTE_LENGTH]
    return "\n\n".join(filter(None, [prepared and prepared.text, own]))


def colleague_in(data):
    """Who is chosen to have a request; None for nobody. Raises IllegalStep where it is no colleague."""
    if data.get("to") == "nobody":
        return None
    colleague = handing_over.who_can_own().filter(pk=number_in(data.get("to"))).first()
    if colleague is None:
        raise IllegalStep(_("Choose the colleague who is to have it. Nothing was changed."))
    return colleague


def agreed_moment(data):
    """
    When the next call was agreed for: a day and hour, a day, or an hour of today. None where nothing was said.

    On a day without an hour as the clinic opens. Raises IllegalStep where it is no day or hour.
    """
    day, clock = data.get("again_day", "").strip(), data.get("again_at", "").strip()
    if not day and not clock:
        return None
    try:
        on, at = parse_date(day) if day else timezone.localdate(), parse_time(clock) if clock else None
    except ValueError:
        on = at = None
    if on is None or (clock and at is None) or on > timezone.localdate() + FURTHEST_CALL:
        raise IllegalStep(_("Choose a day and hour to come for the next call. Nothing was changed."))
    if at is None:
        return next_opening(midnight(on))
    return datetime.combine(on, at, tzinfo=timezone.get_default_timezone())


def one_to_book(data):
    """
    The number of the time whose own button was pressed, else of the one ticked last: what was ticked before is no
    hindrance. Without a script nobody knows which was the last: then it is the only one that was ticked by hand, or at
    all. None where it is none of these.
    """
    chosen, suggested = numbers_in(data, "time"), numbers_in(data, "suggested")
    by_hand = [pk for pk in chosen if pk not in suggested]
    last = [pk for pk in numbers_in(data, "last") if pk in chosen]
    return next((one[0] for one in (numbers_in(data, "this"), last, by_hand, chosen) if len(one) == 1), None)


def times_to_offer(data):
    """What was ticked; where that is too much, what was ticked by hand comes before what was suggested."""
    chosen, suggested = numbers_in(data, "time"), numbers_in(data, "suggested")
    return sorted(chosen, key=lambda pk: pk in suggested)[: max(Offer.MOST_TIMES, len(set(chosen) - set(suggested)))]


def numbers_in(data, field):
    """The numbers of the times in that field, as far as they can be any."""
    return [number for text in data.getlist(field) if (number := number_in(text)) is not None]


def chosen_one(request):
    """The one time that was chosen. Raises IllegalStep where it is none, or several."""
    pks = numbers_in(request.POST, "time")
    if len(pks) != 1:
        raise IllegalStep(_("Choose the one time that is meant: press 'Book' beside it. Nothing was changed."))
    return get_object_or_404(OpenTime, pk=pks[0])


def note_in(request):
    """What was typed, its letters counted as its field counts them: a line's end is one."""
    return request.POST.get("note", "").replace("\r\n", "\n").strip()[:NOTE_LENGTH]
