"""What stands first on a private page: where the request stands, what, when, with whom, and what is next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking import wording
from booking.models import Event, OpenTime
from booking.states import State
from clinic_site.dates import moment_words

# How it stands, as a shape and a word: done, the patient's turn, waiting for the clinic, or off.
STANDINGS = {
    State.RECEIVED: ("wait", _lazy("With us")),
    State.IN_CONVERSATION: ("wait", _lazy("With us")),
    State.OFFERED: ("turn", _lazy("Your turn")),
    State.BOOKED: ("done", _lazy("Booked")),
    State.ATTENDED: ("done", _lazy("You came")),
    State.MISSED: ("off", _lazy("Missed")),
    State.WITHDRAWN: ("off", _lazy("Withdrawn")),
    State.DECLINED: ("off", _lazy("Declined")),
    State.UNREACHABLE: ("turn", _lazy("Not reached")),
    State.CLOSED: ("off", _lazy("Closed")),
}
HELD = ("wait", _lazy("Held for you"))
CANCELED_BY = {Event.Actor.PATIENT: ("off", _lazy("Canceled by you")), Event.Actor.STAFF: ("off", _lazy("Canceled"))}


@dataclass(frozen=True)
class Ticket:
    """The head of the page: a time where there is one, booked, held or given back; else by when the clinic answers."""

    shape: str
    word: str | Promise
    heading: str
    what_is_next: str
    time: OpenTime | None = None
    is_gone: bool = False
    answer_by: datetime | None = None


def ticket_of(consultation_request, consultation, picked, last) -> Ticket:
    """
    The head of a request's page.

    `consultation` is what is booked, `picked` the time that is held until the desk confirms it, `last` the newest line
    of the timeline that changed something; each may be None.
    """
    state = State(consultation_request.state)
    shape, word = STANDINGS[state]
    heading, next_words = wording.heading(consultation_request, last), wording.what_is_next(consultation_request, last)
    if consultation:
        next_words = _("Running late, or any questions? Call us.") if consultation.has_begun else next_words
        return Ticket(shape, word, heading, next_words, consultation.time)
    if picked:
        until = _("It is booked once we have confirmed it. You hear from us by %(moment)s.")
        next_words = until % {"moment": moment_words(consultation_request.next_word_by)}
        return Ticket(*HELD, heading, next_words, picked)
    if gone := _given_back(consultation_request, last):
        return Ticket(*CANCELED_BY[last.actor], heading, next_words, gone, is_gone=True)
    if state == State.RECEIVED:
        nothing = _("There is nothing you need to do.")
        return Ticket(shape, word, heading, nothing, answer_by=consultation_request.next_word_by)
    return Ticket(shape, word, heading, next_words)


def _given_back(consultation_request, last):
    """The time of the consultation that was cancelled by the last change; None where that was something else."""
    if last is None or (last.before, last.after) != (State.BOOKED, State.IN_CONVERSATION):
        return None
    cancelled = consultation_request.cancelled_consultation if last.actor in CANCELED_BY else None
    return cancelled.time if cancelled and last.kind == Event.Kind.STEP else None


def asks_to_confirm(consultation, last, offer) -> bool:
    """
    Whether the patient is asked to say that they come: not just after they chose the time, not while they are offered
    another, and not again.

    From the days of the reminders on, whoever has not said it is asked.
    """
    if consultation.confirmed_at or consultation.has_begun:
        return False
    chose_it = last and last.actor == Event.Actor.PATIENT
    chose_it = chose_it and (last.after == State.BOOKED or last.kind == Event.Kind.MOVED)
    is_reminded = consultation.is_today or consultation.is_near
    if offer and not is_reminded:
        return False
    return not chose_it or (is_reminded and timezone.localdate(consultation.changed_at) < timezone.localdate())
