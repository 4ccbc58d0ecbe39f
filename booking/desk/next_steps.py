"""What the desk does next with a request, as one button: its words, and the way on its page that it opens."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models import ConsultationRequest, Event
from booking.states import OPEN, State


@dataclass(frozen=True)
class NextStep:
    """The words of the button, and the way on the request's page to which it leads."""

    words: str | Promise
    tab: str


CONFIRM = NextStep(_("Confirm the time"), "picked")
ASK = NextStep(_("Ask clinician"), "clinician")
CALL = NextStep(_("Call"), "call")
OFFER = NextStep(_("Offer times"), "offer")
OFFER_AGAIN = NextStep(_("Offer again"), "offer")
MOVE = NextStep(_("Move it"), "visit")
LOOK = NextStep(_("Look"), "")

WHY = {
    Event.Kind.ADDED: _("wrote to us again"),
    Event.Kind.OTHER_TIME: _("asks for another time"),
    Event.Kind.TAKEN_BACK: _("what we held for them is gone"),
}
WHY_IN = {
    State.RECEIVED: _("new, no word from us yet"),
    State.IN_CONVERSATION: _("we talk, the next word is ours"),
    State.BOOKED: _("wrote since the booking"),
    State.OFFERED: _("wrote about the offer"),
    State.MISSED: _("missed it, not called yet"),
}


def tabs_of(consultation_request) -> list[tuple[str, str]]:
    """The ways on from here, as tabs of the request's page: (name, words)."""
    if consultation_request.redacted_at or consultation_request.is_quarantined:
        return []
    steps = consultation_request.next_states
    tabs = [
        ("picked", _("Confirm the time"), bool(consultation_request.picked_time)),
        ("visit", _("Consultation"), consultation_request.state == State.BOOKED),
        ("offer", _("Offer or book"), State.OFFERED in steps or State.BOOKED in steps),
        ("answer", _("Answer"), True),
        ("clinician", _("Ask a clinician"), bool(steps) or may_have_trouble(consultation_request)),
        ("end", _("Other steps"), bool(steps)),
    ]
    return [(name, words) for name, words, there in tabs if there]


def may_have_trouble(consultation_request):
    """Whether a clinician can be alerted, or is: also after the visit, when the request has come to its end."""
    return consultation_request.state == State.ATTENDED or consultation_request.urgent_at is not None


def next_step_of(consultation_request) -> NextStep:
    """The one thing to do next; a request whose times were offered before is offered others."""
    if consultation_request.urgent_at:
        return ASK
    if consultation_request.call_by:
        return CALL
    if consultation_request.flagged_at:
        return ASK
    if consultation_request.is_to_call_again and consultation_request.state in OPEN:
        return CALL
    if consultation_request.state == State.BOOKED:
        return MOVE if consultation_request.owed_by else LOOK
    if consultation_request.state in (State.MISSED, State.UNREACHABLE):
        return CALL
    if consultation_request.state in (State.RECEIVED, State.IN_CONVERSATION):
        if consultation_request.has_picked:
            return CONFIRM
        by_phone = consultation_request.contact_by == ConsultationRequest.ContactBy.PHONE
        if by_phone and consultation_request.state == State.RECEIVED:
            return CALL
        return OFFER_AGAIN if consultation_request.was_offered else OFFER
    return LOOK


def why_here(consultation_request) -> str | Promise:
    """Why this row of the worklist waits for the desk, in a few words; empty where nothing is owed."""
    if consultation_request.is_quarantined or not consultation_request.is_owed_something:
        return ""
    if consultation_request.call_by:
        return _("to be told something by telephone")
    if consultation_request.has_picked:
        return _("picked a time, to be confirmed")
    if consultation_request.asked_by in WHY:
        return WHY[consultation_request.asked_by]
    if consultation_request.state == State.IN_CONVERSATION and consultation_request.was_offered:
        return _("no time of our offer was taken")
    return WHY_IN.get(consultation_request.state, "")


def previous_and_next(consultation_request):
    """The requests before and after this one among those that are owed something, as in the worklist; None for none."""
    waiting = ConsultationRequest.objects.owed_something().order_by("due_by", "-received_at", "-pk")
    if not consultation_request.is_owed_something:
        return None, waiting.first()
    due_by, received_at, pk = consultation_request.next_due, consultation_request.received_at, consultation_request.pk
    same, at_once = Q(due_by=due_by), Q(due_by=due_by, received_at=received_at)
    earlier = Q(due_by__lt=due_by) | same & Q(received_at__gt=received_at) | at_once & Q(pk__gt=pk)
    later = Q(due_by__gt=due_by) | same & Q(received_at__lt=received_at) | at_once & Q(pk__lt=pk)
    return waiting.filter(earlier).last(), waiting.filter(later).first()
