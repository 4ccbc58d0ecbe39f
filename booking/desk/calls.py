"""Calls to patients: what the desk notes while it is on the telephone, and whose a request is."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.models import Event, ToCall
from booking.models.timeline import Outcome
from booking.models.to_calls import settle_calls
from booking.schedule.times import lock
from booking.services import submit
from booking.states import OPEN, UNDO_BY_STAFF, IllegalStep, State
from clinic_site.dates import next_midnight
from clinic_site.hours import after_open_time

TRY_AGAIN_AFTER = timedelta(hours=2)  # of opening time, from now or from the beginning of the day that was chosen
LATER_DAYS = {"tomorrow": 1, "two-days": 2, "week": 7}


class TryAgain(models.TextChoices):
    """When to call once more: if nobody was reached, or whatever came of the call."""

    TWO_HOURS = "", _lazy("in two hours")
    TOMORROW = "tomorrow", _lazy("tomorrow")
    TWO_DAYS = "two-days", _lazy("in two days")
    WEEK = "week", _lazy("in a week")


@transaction.atomic
def log_call(consultation_request, outcome, staff, note="", again=TryAgain.TWO_HOURS, at=None):
    """
    Note a call, which tells all that was to be told by voice. Returns the moment at which to try again, or None.

    Who was spoken with is in conversation, and no word is owed, unless another call was agreed on: for the day that
    `again` says, or the moment `at`. A message tells what was to be told, where one may be left. For others it is due
    again then, else in two hours of opening time, and what is to be told before the hour at which it is too late.
    Raises IllegalStep where the request has come to an end and nothing is to be told, or the moment has passed.
    """
    if at is not None and at <= timezone.now():
        raise IllegalStep(_("Choose a day and hour to come for the next call. Nothing was changed."))
    agreed = at or (_try_again_at(again) if again else None)
    lock(consultation_request)
    to_calls = list(consultation_request.to_calls.open())
    if not to_calls:
        stop_if_ended(consultation_request)
    was = consultation_request.stands_now() | {"to_calls": [_call_as_it_is(to_call) for to_call in to_calls]}
    if to_calls:
        _tell(consultation_request, to_calls, outcome, agreed)
    elif outcome == Outcome.SPOKE:
        if consultation_request.state in (State.RECEIVED, State.UNREACHABLE):
            consultation_request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff)
        consultation_request.tries, consultation_request.owed_by = 0, agreed
    else:
        consultation_request.tries += 1
        consultation_request.owed_by = agreed or _try_again_at(again)
    consultation_request.call_again_at = agreed
    consultation_request.owner = consultation_request.owner or staff
    consultation_request.save(update_fields=["tries", "owed_by", "call_again_at", "owner"])
    consultation_request.record(Event.Kind.CALL, Event.Actor.STAFF, staff=staff, note=note, outcome=outcome, was=was)
    return consultation_request.next_due


def _tell(consultation_request, to_calls, outcome, agreed):
    """
    What a call means for what was to be told; the promise of a word stays as it is, or is the next call, if sooner.

    Who heard that their consultation is cancelled still waits for a new time.
    """
    told = outcome == Outcome.SPOKE or (outcome == Outcome.VOICEMAIL and consultation_request.may_leave_message)
    for to_call in to_calls:
        if told:
            to_call.tick()
        else:
            to_call.put_off(agreed or _try_again_at(TryAgain.TWO_HOURS))
    if told and agreed:
        consultation_request.owed_by = min(filter(None, [consultation_request.owed_by, agreed]))
    consultation_request.tries = 0 if told else consultation_request.tries + 1
    settle_calls(consultation_request)


@transaction.atomic
def give_up_calling(consultation_request, staff, why=""):
    """
    Say that nobody can tell the patient: there is no number, or it is not theirs. The list has them no longer.

    Raises IllegalStep where nothing is to be told.
    """
    lock(consultation_request)
    if not consultation_request.to_calls.open().update(dropped_at=timezone.now()):
        raise IllegalStep(_("Nothing is to be told by telephone any more. Nothing was changed."))
    settle_calls(consultation_request)
    consultation_request.record(Event.Kind.NOT_TOLD, Event.Actor.STAFF, staff=staff, note=why)


def _call_as_it_is(to_call):
    tried_at = to_call.tried_at.isoformat() if to_call.tried_at else None
    return {"pk": to_call.pk, "due_at": to_call.due_at.isoformat(), "tries": to_call.tries, "tried_at": tried_at}


def call_to_undo(consultation_request, staff):
    """The line of the call that this member noted within the last minute, if nothing has happened since; or None."""
    line = consultation_request.timeline.last_change()
    is_call = line is not None and line.kind == Event.Kind.CALL and line.staff == staff and line.was
    return line if is_call and timezone.now() - line.at < UNDO_BY_STAFF else None


@transaction.atomic
def undo_call(consultation_request, staff):
    """Take back a call that was noted by mistake: request and promise stand as before. Raises IllegalStep if late."""
    lock(consultation_request)
    call = call_to_undo(consultation_request, staff)
    if call is None:
        raise IllegalStep(_("It is too late to undo this, or something else has happened since. Nothing was changed."))
    owed_by = consultation_request.promise_after_undoing(call)
    if consultation_request.state != call.was["state"]:
        consultation_request.go_back(State(call.was["state"]), owed_by, Event.Actor.STAFF, staff, undoes=call)
    consultation_request.tries, consultation_request.owed_by = call.was["tries"], owed_by
    consultation_request.owner_id = call.was["owner"]
    consultation_request.save(update_fields=["tries", "owed_by", "owner"])
    for kept in call.was.get("to_calls", []):
        _owe_call_again(kept)
    settle_calls(consultation_request)
    ToCall.objects.drop_overtaken(consultation_request)
    consultation_request.record(Event.Kind.CALL_UNDONE, Event.Actor.STAFF, staff=staff, was={"undoes": call.pk})


def _owe_call_again(kept):
    """What a call had told, or put off, is to be told as before; what was overtaken since is not."""
    ToCall.objects.filter(pk=kept["pk"], dropped_at=None).update(
        done_at=None,
        due_at=parse_datetime(kept["due_at"]),
        tries=kept["tries"],
        tried_at=parse_datetime(kept["tried_at"]) if kept["tried_at"] else None,
    )


@transaction.atomic
def keep_phoned_in(consultation_request, staff):
    """Keep what a caller asks for, as a request of the member who took the call; returns it."""
    consultation_request.owner = staff
    kept = submit(consultation_request, staff=staff)
    kept.record(Event.Kind.CALL, Event.Actor.STAFF, staff=staff, outcome=Outcome.SPOKE)
    return kept


@transaction.atomic
def set_owner(consultation_request, staff):
    """Make it this member's own. Taking what is one's own already changes nothing."""
    lock(consultation_request)
    if consultation_request.owner != staff:
        consultation_request.owner = staff
        consultation_request.save(update_fields=["owner"])
        consultation_request.record(Event.Kind.TAKEN, Event.Actor.STAFF, staff=staff)


def _try_again_at(again):
    begins = next_midnight(days=LATER_DAYS[again]) if again else timezone.now()
    return after_open_time(begins, TRY_AGAIN_AFTER)


def stop_if_ended(consultation_request):
    """Raise IllegalStep where the request has come to an end."""
    if consultation_request.state not in OPEN:
        raise IllegalStep(_("This request has come to an end. Nothing was changed."))
