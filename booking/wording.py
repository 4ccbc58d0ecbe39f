"""What a patient reads about where a request stands: one place, for page and mail."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.models import Event
from booking.moments import moment_words
from booking.states import State

# How a patient prepares for the talk. Nothing is done to her skin that day, so there is nothing else to prepare.
WRITE_DOWN = _lazy("Write down the medicines you take, your allergies, and what you want to ask.")
BRING = _lazy("Bring your list of medicines and allergies, and your questions.")


def preparation(consultation):
    """What to do on which day before a consultation: (day, words)."""
    day = timezone.localdate(consultation.time.starts_at)
    return [(day - timedelta(days=1), WRITE_DOWN), (day, BRING)]


def heading(request):
    """Where the request stands, in plain words."""
    return {
        State.RECEIVED: _("We have your request"),
        State.IN_CONVERSATION: _("We are in touch with you"),
        State.OFFERED: _("We have times for you"),
        State.BOOKED: _("Your consultation is booked"),
        State.ATTENDED: _("You have been to see us"),
        State.MISSED: _("We missed you"),
        State.WITHDRAWN: _("You withdrew this request"),
        State.DECLINED: _("We could not take this request"),
        State.UNREACHABLE: _("We tried to reach you"),
        State.CLOSED: _("This request is closed"),
    }[State(request.state)]


def what_is_next(request):
    """What happens next, and by when."""
    return {
        State.RECEIVED: _("We will answer by %(moment)s.")
        % {"moment": moment_words(request.owed_by or request.reply_by)},
        State.IN_CONVERSATION: _("We will answer by %(moment)s.") % {"moment": moment_words(request.owed_by)}
        if request.owed_by
        else _("The front desk is talking with you. Call us if you are waiting for a word from us."),
        State.OFFERED: _("Choose one and it is yours. If none fits, tell us."),
        State.BOOKED: _("Please tell us early if you cannot come."),
        State.ATTENDED: _("Call us if you have questions about your visit."),
        State.MISSED: _("That happens. Call us or write below, and we will find another time."),
        State.WITHDRAWN: _("Nothing more will happen. You can always send a new request."),
        State.DECLINED: _("Call us if you would like to know why, or who could help."),
        State.UNREACHABLE: _("Please call us, and we will go on from there."),
        State.CLOSED: _("Nothing more will happen. You can always send a new request."),
    }[State(request.state)]


def timeline_line(event):
    """One line of the timeline as the patient reads it; staff's notes are not among them."""
    if event.kind == event.Kind.RECEIVED:
        return _("Your request arrived. We promised an answer by %(moment)s.") % {
            "moment": moment_words(event.request.reply_by)
        }
    if event.kind in OTHER_LINES:
        return str(OTHER_LINES[event.kind])
    return {
        State.IN_CONVERSATION: _("The front desk answered, or is calling you."),
        State.OFFERED: _("We held times for you."),
        State.BOOKED: _("Your consultation was booked."),
        State.ATTENDED: _("You came to your consultation."),
        State.MISSED: _("You could not come."),
        State.WITHDRAWN: _("You withdrew your request."),
        State.DECLINED: _("We could not take your request."),
        State.UNREACHABLE: _("We tried to reach you and could not."),
        State.CLOSED: _("Your request was closed."),
    }[State(event.after)]


OTHER_LINES = {
    Event.Kind.UNDONE: _lazy("The last step was taken back."),
    Event.Kind.ADDED: _lazy("You added to what you told us:"),
    Event.Kind.ANSWER: _lazy("We answered you:"),
    Event.Kind.CONTACT: _lazy("You changed how we reach you."),
    Event.Kind.CALL: _lazy("We called you."),
    Event.Kind.CALL_UNDONE: _lazy("That call was noted by mistake."),
    Event.Kind.MOVED: _lazy("Your consultation was moved to another time."),
    Event.Kind.CONFIRMED: _lazy("You confirmed that you will come."),
    Event.Kind.EARLIER: _lazy("You asked for an earlier time."),
    Event.Kind.NOT_EARLIER: _lazy("You no longer wait for an earlier time."),
    Event.Kind.KEPT: _lazy("You kept the time that you had."),
    Event.Kind.OTHER_TIME: _lazy("You asked for another time."),
    Event.Kind.PROMISE_MOVED: _lazy("We are closed for a day, so our answer comes later than we said."),
    Event.Kind.LINK_SENT_AGAIN: _lazy("You asked for your link again."),
    Event.Kind.NEW_LINK: _lazy("We made you a new private link."),
}
WAY = [State.RECEIVED, State.IN_CONVERSATION, State.OFFERED, State.BOOKED]


def progress(request):
    """
    The way of a request as a line of stations: (name, moment or None, 'done', 'here' or 'ahead').

    A request that left the way ends where it stands.
    """
    since = {State.RECEIVED: request.received_at}
    for step in request.timeline.all():
        if step.kind == step.Kind.UNDONE:
            since.pop(State(step.before), None)
            since.setdefault(State(step.after), step.at)
        elif step.after:
            since[State(step.after)] = step.at
    here = State(request.state)
    if here in WAY:
        done = WAY[: WAY.index(here)]
        ahead = WAY[WAY.index(here) + 1 :]
    else:
        done, ahead = [state for state in WAY if state in since], []
    return [
        *((STATIONS[state], since.get(state), "done") for state in done),
        (STATIONS[here], since.get(here), "here"),
        *((STATIONS[state], None, "ahead") for state in ahead),
    ]


STATIONS = {
    State.RECEIVED: _lazy("Received"),
    State.IN_CONVERSATION: _lazy("Answered"),
    State.OFFERED: _lazy("Times offered"),
    State.BOOKED: _lazy("Booked"),
    State.ATTENDED: _lazy("You came"),
    State.MISSED: _lazy("Missed"),
    State.WITHDRAWN: _lazy("Withdrawn"),
    State.DECLINED: _lazy("Declined"),
    State.UNREACHABLE: _lazy("Not reached"),
    State.CLOSED: _lazy("Closed"),
}
