"""Where a request can stand, and which steps lead on: one table for desk, patient and commands."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECEIVED = "received", _("Received")
    IN_CONVERSATION = "in-conversation", _("In conversation")
    OFFERED = "offered", _("Offered")
    BOOKED = "booked", _("Booked")
    ATTENDED = "attended", _("Attended")
    MISSED = "missed", _("Missed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    UNREACHABLE = "unreachable", _("Unreachable")
    CLOSED = "closed", _("Closed")


STEPS = {
    State.RECEIVED: {
        State.IN_CONVERSATION,
        State.OFFERED,
        State.BOOKED,
        State.WITHDRAWN,
        State.DECLINED,
        State.UNREACHABLE,
        State.CLOSED,
    },
    State.IN_CONVERSATION: {
        State.OFFERED,
        State.BOOKED,
        State.WITHDRAWN,
        State.DECLINED,
        State.UNREACHABLE,
        State.CLOSED,
    },
    State.OFFERED: {State.IN_CONVERSATION, State.BOOKED, State.WITHDRAWN, State.DECLINED},
    State.BOOKED: {State.ATTENDED, State.MISSED, State.IN_CONVERSATION, State.WITHDRAWN},
    State.MISSED: {State.IN_CONVERSATION, State.OFFERED, State.BOOKED, State.CLOSED},
    State.UNREACHABLE: {State.IN_CONVERSATION, State.OFFERED, State.BOOKED, State.CLOSED},
    State.ATTENDED: set(),
    State.WITHDRAWN: set(),
    State.DECLINED: set(),
    State.CLOSED: set(),
}

# From an end there is no step, but the last one can be undone for a while: by the patient who withdrew or gave their
# time back, by the member of staff who clicked (schedule/undoing.py).
UNDO_WITHDRAWAL = timedelta(minutes=10)
UNDO_BY_STAFF = settings.UNDO_BY_STAFF

# The patient may take their request back.
CAN_WITHDRAW = [state for state, steps in STEPS.items() if State.WITHDRAWN in steps]
# The request is still alive.
OPEN = [state for state, steps in STEPS.items() if steps]
# What the desk sets by hand. Offers and consultations bring their own steps.
STEPS_BY_HAND = [State.IN_CONVERSATION, State.UNREACHABLE, State.DECLINED, State.CLOSED]


class EventKind(models.TextChoices):
    """What a line of a request's timeline says."""

    RECEIVED = "received", _("Request received")
    STEP = "step", _("State changed")
    NOTE = "note", _("Note")
    UNDONE = "undone", _("Step undone")
    ADDED = "added", _("Patient added")
    ANSWER = "answer", _("Answer to the patient")
    CONTACT = "contact", _("How to reach the patient was changed")
    PICKED = "picked", _("Patient picked a time")
    MOVED = "moved", _("Consultation moved")
    CONFIRMED = "confirmed", _("Patient confirmed")
    EARLIER = "earlier", _("Waits for an earlier time")
    NOT_EARLIER = "not-earlier", _("Waits for an earlier time no longer")
    KEPT = "kept", _("Kept the time that is booked")
    OTHER_TIME = "other-time", _("Patient asks for another time")
    CALL = "call", _("Telephone call")
    CALL_UNDONE = "call-undone", _("Call taken back: noted by mistake")
    NOT_TOLD = "not-told", _("Could not be told by telephone")
    EARLIER_HELD = "earlier-held", _("An earlier time was offered")
    TAKEN_BACK = "taken-back", _("What was held was taken back")
    TAKEN = "taken", _("Taken by")
    FLAGGED = "flagged", _("A clinician is asked")
    URGENT = "urgent", _("Trouble after a treatment: urgent")
    NOT_URGENT = "not-urgent", _("Not urgent after all")
    NOT_ASKED = "not-asked", _("No clinician is asked any more")
    ADVICE = "advice", _("A clinician answers")
    ARRIVED = "arrived", _("Arrived")
    NOT_ARRIVED = "not-arrived", _("Arrival taken back")
    PROMISE_MOVED = "promise", _("Promise moved: the clinic is closed")
    LINK_SENT_AGAIN = "link-again", _("Private link asked for again")
    NEW_LINK = "new-link", _("New private link; the old one no longer works")
    SAME = "same", _("Judged to be the same person as")
    NOT_SAME = "not-same", _("Judged to be somebody else than")
    HELD = "held", _("Held back: looks like spam")
    RELEASED = "released", _("Released: not spam")
    SPAM = "spam", _("Confirmed as spam")
    REDACTED = "redacted", _("Personal data taken out")


class IllegalStep(Exception):
    """The request does not stand where this step begins. Nothing was changed; the message says why."""
