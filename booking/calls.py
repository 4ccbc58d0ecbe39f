"""Calls to patients, and questions to a clinician: what the desk notes while it is on the telephone."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.models import Event
from booking.models.timeline import Outcome
from booking.services import submit
from booking.states import OPEN, UNDO_BY_STAFF, IllegalStep, State
from booking.times import lock
from clinic_site.hours import after_open_time, next_midnight

TRY_AGAIN_AFTER = timedelta(hours=2)  # of opening time, from now or from the beginning of the day that was chosen
LATER_DAYS = {"tomorrow": 1, "two-days": 2, "week": 7}


class TryAgain(models.TextChoices):
    """When to call once more, if nobody was reached."""

    TWO_HOURS = "", _lazy("in two hours")
    TOMORROW = "tomorrow", _lazy("tomorrow")
    TWO_DAYS = "two-days", _lazy("in two days")
    WEEK = "week", _lazy("in a week")


@transaction.atomic
def log_call(request, outcome, staff, note="", again=TryAgain.TWO_HOURS):
    """
    Note a call. Who was spoken with is in conversation, and no word is owed; for others it is due again in two hours
    of opening time, or on the day that `again` says. Returns the moment at which to try again, or None.

    Raises IllegalStep where the request has come to an end.
    """
    _stop_if_ended(lock(request))
    was = {"state": request.state, "tries": request.tries, "owner": request.owner_id, "owed_by": None}
    if request.owed_by:
        was["owed_by"] = request.owed_by.isoformat()
    if outcome == Outcome.SPOKE:
        if request.state in (State.RECEIVED, State.UNREACHABLE):
            request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff)
        request.tries, request.owed_by = 0, None
    else:
        request.tries, request.owed_by = request.tries + 1, _when(again)
    request.owner = request.owner or staff
    request.save(update_fields=["tries", "owed_by", "owner"])
    request.record(Event.Kind.CALL, Event.Actor.STAFF, staff=staff, note=note, outcome=outcome, was=was)
    return request.owed_by


def call_to_undo(request, staff):
    """The line of the call that this member noted within the last minute, if nothing has happened since; or None."""
    line = request.timeline.last_change()
    is_call = line is not None and line.kind == Event.Kind.CALL and line.staff == staff and line.was
    return line if is_call and timezone.now() - line.at < UNDO_BY_STAFF else None


@transaction.atomic
def undo_call(request, staff):
    """Take back a call that was noted by mistake: request and promise stand as before. Raises IllegalStep if late."""
    lock(request)
    call = call_to_undo(request, staff)
    if call is None:
        raise IllegalStep(_("It is too late to undo this, or something else has happened since. Nothing was changed."))
    owed_by = parse_datetime(call.was["owed_by"]) if call.was["owed_by"] else None
    if request.state != call.was["state"]:
        request.go_back(State(call.was["state"]), owed_by, Event.Actor.STAFF, staff)
    request.tries, request.owed_by, request.owner_id = call.was["tries"], owed_by, call.was["owner"]
    request.save(update_fields=["tries", "owed_by", "owner"])
    request.record(Event.Kind.CALL_UNDONE, Event.Actor.STAFF, staff=staff)


@transaction.atomic
def keep_phoned_in(request, staff):
    """Keep what a caller asks for, as a request of the member who took the call; returns it."""
    request.owner = staff
    kept = submit(request, staff=staff)
    kept.record(Event.Kind.CALL, Event.Actor.STAFF, staff=staff, outcome=Outcome.SPOKE)
    return kept


@transaction.atomic
def take(request, staff):
    """Make it this member's own. Taking what is one's own already changes nothing."""
    lock(request)
    if request.owner != staff:
        request.owner = staff
        request.save(update_fields=["owner"])
        request.record(Event.Kind.TAKEN, Event.Actor.STAFF, staff=staff)


@transaction.atomic
def ask_clinician(request, staff, question=""):
    """Have a clinician look at a request before it goes on. Raises IllegalStep where one is asked already."""
    _stop_if_ended(lock(request))
    if request.flagged_at:
        raise IllegalStep(_("A clinician is asked already. Nothing was changed."))
    request.flagged_at = timezone.now()
    request.save(update_fields=["flagged_at"])
    request.record(Event.Kind.FLAGGED, Event.Actor.STAFF, staff=staff, note=question)


@transaction.atomic
def advise(request, staff, answer):
    """A clinician answers the desk; the patient does not see it. Raises IllegalStep where nobody asked."""
    lock(request)
    if not request.flagged_at:
        raise IllegalStep(_("No clinician is asked about this request any more. Nothing was changed."))
    request.flagged_at = None
    request.save(update_fields=["flagged_at"])
    request.record(Event.Kind.ADVICE, Event.Actor.STAFF, staff=staff, note=answer)


def _when(again):
    begins = next_midnight(days=LATER_DAYS[again]) if again else timezone.now()
    return after_open_time(begins, TRY_AGAIN_AFTER)


def _stop_if_ended(request):
    if request.state not in OPEN:
        raise IllegalStep(_("This request has come to an end. Nothing was changed."))
