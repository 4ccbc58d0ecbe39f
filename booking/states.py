"""Where a request can stand, and which steps lead on: one table for desk, patient and commands."""

from datetime import timedelta

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

# From an end there is no step, but the last one can be undone for a while: by the patient who withdrew, by the member
# of staff who clicked. What had been held for the patient is free by then, so she comes back to the conversation; a
# consultation is booked again where its time is still hers to have.
UNDO_WITHDRAWAL = timedelta(minutes=10)
UNDO_BY_STAFF = timedelta(minutes=1)
CAN_BE_UNDONE_TO = {
    State.RECEIVED: State.RECEIVED,
    State.IN_CONVERSATION: State.IN_CONVERSATION,
    State.OFFERED: State.IN_CONVERSATION,
    State.BOOKED: State.IN_CONVERSATION,
    State.MISSED: State.MISSED,
    State.UNREACHABLE: State.UNREACHABLE,
}

# The patient may take her request back.
CAN_WITHDRAW = [state for state, steps in STEPS.items() if State.WITHDRAWN in steps]
# The request is still alive.
OPEN = [state for state, steps in STEPS.items() if steps]
# What the desk sets by hand. Offers and consultations bring their own steps.
STEPS_BY_HAND = [State.IN_CONVERSATION, State.UNREACHABLE, State.DECLINED, State.CLOSED]


class IllegalStep(Exception):
    """The request does not stand where this step begins. Nothing was changed; the message says why."""
