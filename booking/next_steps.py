"""What the desk does next with a request, as one button: its words, and the way on its page that it opens."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models import ConsultationRequest
from booking.states import State


@dataclass(frozen=True)
class NextStep:
    """The words of the button, and the way on the request's page to which it leads."""

    words: str | Promise
    way: str


CONFIRM = NextStep(_("Confirm the time"), "picked")
ASK = NextStep(_("Ask clinician"), "clinician")
CALL = NextStep(_("Call"), "call")
OFFER = NextStep(_("Offer times"), "offer")
OFFER_AGAIN = NextStep(_("Offer again"), "offer")
MOVE = NextStep(_("Move it"), "visit")
LOOK = NextStep(_("Look"), "")


def ways_of(request) -> list[tuple[str, str]]:
    """The ways on from here, as tabs of the request's page: (name, words)."""
    if request.redacted_at or request.is_quarantined:
        return []
    steps = request.next_states
    ways = [
        ("picked", _("Confirm the time"), bool(request.picked_time)),
        ("visit", _("Consultation"), request.state == State.BOOKED),
        ("offer", _("Offer or book"), State.OFFERED in steps or State.BOOKED in steps),
        ("answer", _("Answer"), True),
        ("clinician", _("Ask a clinician"), bool(steps)),
        ("end", _("Other steps"), bool(steps)),
    ]
    return [(name, words) for name, words, there in ways if there]


def next_step_of(request) -> NextStep:
    """The one thing to do next; a request whose times were offered before is offered others."""
    if request.flagged_at:
        return ASK
    if request.state == State.BOOKED:
        return MOVE if request.owed_by else LOOK
    if request.state in (State.MISSED, State.UNREACHABLE) or request.tries:
        return CALL
    if request.state in (State.RECEIVED, State.IN_CONVERSATION):
        if request.has_picked:
            return CONFIRM
        if request.contact_by == ConsultationRequest.ContactBy.PHONE and request.state == State.RECEIVED:
            return CALL
        return OFFER_AGAIN if request.was_offered else OFFER
    return LOOK


def promises_beside(request):
    """The requests before and after this one among those that are owed a word, by their promises; None for none."""
    waiting = ConsultationRequest.objects.awaiting_answer().exclude(pk=request.pk).order_by("owed_by", "-received_at")
    if not request.is_awaiting_answer:
        return None, waiting.first()
    same = Q(owed_by=request.owed_by)
    earlier = waiting.filter(Q(owed_by__lt=request.owed_by) | same & Q(received_at__gte=request.received_at))
    later = waiting.filter(Q(owed_by__gt=request.owed_by) | same & Q(received_at__lt=request.received_at))
    return earlier.last(), later.first()
