"""What a patient reads about where a request stands: one place, for page and mail."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.states import EventKind, State
from clinic_site.dates import moment_words

LANGUAGES = [("en", _lazy("English")), ("ar", "العربية"), ("other", _lazy("Another (we will ask)"))]

LANGUAGE_NAMES = {"ar": _lazy("Arabic")} | {code: name for code, name in LANGUAGES if code not in ("en", "ar")}


def spoken_language(consultation_request):
    """The language in which to speak with a patient, by its name for staff; empty where it is English."""
    language = consultation_request.language
    return "" if language == "en" else LANGUAGE_NAMES.get(language, language)


# How a patient prepares for the talk. Nothing is done to their skin that day, so there is nothing else to prepare.
WRITE_DOWN = _lazy("Write down the medicines you take, your allergies, and what you want to ask.")
BRING = _lazy("Bring your list of medicines and allergies, and your questions.")


def preparation(consultation):
    """What to do on which day before a consultation: (day, words)."""
    day = timezone.localdate(consultation.time.starts_at)
    return [(day - timedelta(days=1), WRITE_DOWN), (day, BRING)]


def heading(consultation_request, last=None):
    """
    Where the request stands, in plain words.

    What stands for a conversation is told by who brought it about: by the last line that changed something, which is
    `last`, or read from the timeline.
    """
    if consultation_request.state == State.IN_CONVERSATION:
        return _in_conversation(consultation_request, last)[0]
    return {
        State.RECEIVED: _("We have your request"),
        State.OFFERED: _("We have times for you"),
        State.BOOKED: _("Your consultation is booked"),
        State.ATTENDED: _("Thank you for coming in"),
        State.MISSED: _("We missed you"),
        State.WITHDRAWN: _("You withdrew this request"),
        State.DECLINED: _("We could not take this request"),
        State.UNREACHABLE: _("We tried to reach you"),
        State.CLOSED: _("This request is closed"),
    }[State(consultation_request.state)]


def what_is_next(consultation_request, last=None):
    """What happens next, and by when."""
    if consultation_request.urgent_at:
        return _("We have alerted a clinician. Do not wait for us: call us now. In an emergency, call 911.")
    if consultation_request.state == State.IN_CONVERSATION:
        why, by = _in_conversation(consultation_request, last)[1], _answer_by(consultation_request)
        return f"{why} {by}".strip()
    return {
        State.RECEIVED: _("We will answer by %(moment)s.")
        % {"moment": moment_words(consultation_request.next_word_by)},
        State.OFFERED: _("Choose one and it is yours. If none works for you, tell us."),
        State.BOOKED: _("If you cannot make it, please tell us as soon as you can."),
        State.ATTENDED: _("Call us if you have questions about your visit."),
        State.MISSED: _("These things happen. Call us or write below, and we will find another time."),
        State.WITHDRAWN: _("Nothing more will happen. You can always send a new request."),
        State.DECLINED: _("Call us if you would like to know why, or who could help."),
        State.UNREACHABLE: _("Please call us, and we will take it from there."),
        State.CLOSED: _("Nothing more will happen. You can always send a new request."),
    }[State(consultation_request.state)]


def _answer_by(consultation_request):
    if consultation_request.owed_by:
        return _("We will answer by %(moment)s.") % {"moment": moment_words(consultation_request.owed_by)}
    return _("Call us if you are waiting to hear from us.")


def _in_conversation(consultation_request, last):
    """Heading and reason of a request that is neither new nor has a time, by what happened last."""
    line = last or consultation_request.timeline.last_change()
    if line is None:
        return _("We are working on your request"), ""
    times = times_in_words(line)
    if line.kind == EventKind.STEP and (line.before, line.actor) in BACK_IN_CONVERSATION:
        words, why = BACK_IN_CONVERSATION[line.before, line.actor]
        return str(words), str(why) % {"times": times} if times else ""
    if line.kind == EventKind.UNDONE and times:
        return _("We are looking for another time for you"), _("What you had is no longer available: %(times)s.") % {
            "times": times
        }
    if line.kind == EventKind.ANSWER:
        return _("We have answered you"), _("Our answer is below.")
    if line.kind == EventKind.CALL and line.outcome == "spoke":
        return _("We have spoken with you"), ""
    return _("We are working on your request"), ""


# How a request came back from times or a consultation, and by whose hand: heading, and why.
BACK_IN_CONVERSATION = {
    (State.OFFERED, "patient"): (
        _lazy("You asked for other times"),
        _lazy("You told us that none of these works: %(times)s. We are looking for others."),
    ),
    (State.OFFERED, "staff"): (
        _lazy("We are looking for other times for you"),
        _lazy("We could not keep what we held for you: %(times)s."),
    ),
    (State.OFFERED, "system"): (
        _lazy("The times we held for you have passed"),
        _lazy("We no longer hold %(times)s. We will offer you new times."),
    ),
    (State.BOOKED, "patient"): (
        _lazy("You canceled your time"),
        _lazy("You told us that you cannot come on %(times)s. We are looking for another time."),
    ),
    (State.BOOKED, "staff"): (
        _lazy("We had to cancel your consultation"),
        _lazy("We are sorry: %(times)s is canceled. We will find you another time."),
    ),
}


def times_in_words(line):
    """The times that a line is about; empty where it names none."""
    return "; ".join(moment_words(moment) for moment in line.moments)


def timeline_line(event, words_follow=True):
    """
    One line of the timeline as the patient reads it: who did what, and about which time. No notes of staff.

    It ends with a colon where their own words, or the desk's answer, follow.
    """
    times = times_in_words(event)
    if event.kind == EventKind.RECEIVED:
        words = _("We wrote your request down.") if event.actor == "staff" else _("Your request arrived.")
        promise = _("We promised an answer by %(moment)s.") % {"moment": moment_words(event.request.reply_by)}
        return f"{words} {promise}"
    if event.kind == EventKind.STEP:
        words = STEP_LINES.get((event.actor, event.before, event.after)) or STEP_LINES_TO[event.after]
    elif event.kind == EventKind.CALL:
        words = CALL_LINES[event.outcome]
    elif event.kind == EventKind.UNDONE:
        words = _undone_line(event)
    elif event.kind == EventKind.MOVED and len(event.moments) == 2:
        words = _("You moved your consultation") if event.actor == "patient" else _("We moved your consultation")
        old, new = (moment_words(moment) for moment in event.moments)
        return _("%(what)s from %(old)s to %(new)s.") % {"what": words, "old": old, "new": new}
    else:
        words = LINES_BY.get((event.kind, event.actor)) or LINE_TEXTS[event.kind]
    if times:
        return f"{words}: {times}."
    return f"{words}{':' if words_follow and event.words_for_patient else '.'}"


def _undone_line(event):
    if event.moments:
        return _("That was undone, but what you had is no longer available")
    if event.actor == "staff":
        return _("We undid that: it was a mistake")
    return _("You undid your withdrawal") if event.before == State.WITHDRAWN else _("You kept your time after all")


# Without their full stop: what follows is the times that they are about, or the patient's own words.
STEP_LINES = {
    ("patient", State.OFFERED, State.IN_CONVERSATION): _lazy("You told us that none of the times works"),
    ("patient", State.BOOKED, State.IN_CONVERSATION): _lazy("You told us that you cannot come"),
    ("patient", State.OFFERED, State.BOOKED): _lazy("You chose a time, and it is booked"),
    ("patient", State.RECEIVED, State.BOOKED): _lazy("You booked your consultation"),
    ("patient", State.IN_CONVERSATION, State.BOOKED): _lazy("You booked your consultation"),
    ("patient", State.BOOKED, State.WITHDRAWN): _lazy("You withdrew your request and canceled your time"),
    ("staff", State.OFFERED, State.IN_CONVERSATION): _lazy("We released what we held for you"),
    ("staff", State.BOOKED, State.IN_CONVERSATION): _lazy("We canceled your consultation"),
    ("system", State.OFFERED, State.IN_CONVERSATION): _lazy("We no longer hold these times for you"),
}
STEP_LINES_TO = {
    State.IN_CONVERSATION: _lazy("The front desk is working on your request"),
    State.OFFERED: _lazy("We held times for you"),
    State.BOOKED: _lazy("We booked your consultation"),
    State.ATTENDED: _lazy("You came to your consultation"),
    State.MISSED: _lazy("We missed you at your consultation"),
    State.WITHDRAWN: _lazy("You withdrew your request"),
    State.DECLINED: _lazy("We could not take your request"),
    State.UNREACHABLE: _lazy("We tried to reach you and could not"),
    State.CLOSED: _lazy("We closed your request"),
}
CALL_LINES = {
    "spoke": _lazy("We spoke with you by phone"),
    "no-answer": _lazy("We called you and did not reach you"),
    "voicemail": _lazy("We called you and left a message"),
    "wrong-number": _lazy("We called, and the number was not yours"),
}
LINES_BY = {
    (EventKind.ADDED, "staff"): _lazy("We added what you told us"),
    (EventKind.URGENT, "staff"): _lazy("We noted your trouble after a treatment, and alerted a clinician"),
    (EventKind.PICKED, "staff"): _lazy("We picked a time for you"),
    (EventKind.CONTACT, "staff"): _lazy("We changed how we reach you, as you asked"),
    (EventKind.CONFIRMED, "staff"): _lazy("We noted that you will come"),
    (EventKind.EARLIER, "staff"): _lazy("We noted that you would like an earlier time"),
    (EventKind.NOT_EARLIER, "staff"): _lazy("We noted that you no longer wait for an earlier time"),
    (EventKind.OTHER_TIME, "staff"): _lazy("We noted that you asked for another time"),
    (EventKind.KEPT, "staff"): _lazy("We noted that you keep the time that you had, and let this one go"),
    (EventKind.KEPT, "system"): _lazy("We no longer hold the earlier time for you"),
    (EventKind.TAKEN_BACK, "system"): _lazy("The time you picked was not confirmed in time and is open again"),
}
LINE_TEXTS = {
    EventKind.ADDED: _lazy("You added to what you told us"),
    EventKind.ANSWER: _lazy("We answered you"),
    EventKind.CONTACT: _lazy("You changed how we reach you"),
    EventKind.CALL_UNDONE: _lazy("That call was noted by mistake"),
    EventKind.PICKED: _lazy("You picked a time"),
    EventKind.MOVED: _lazy("Your consultation was moved to another time"),
    EventKind.CONFIRMED: _lazy("You confirmed that you will come"),
    EventKind.EARLIER: _lazy("You asked for an earlier time"),
    EventKind.NOT_EARLIER: _lazy("You are no longer waiting for an earlier time"),
    EventKind.EARLIER_HELD: _lazy("We held an earlier time for you"),
    EventKind.TAKEN_BACK: _lazy("We could not keep what we held for you"),
    EventKind.KEPT: _lazy("You kept the time you had and let this one go"),
    EventKind.OTHER_TIME: _lazy("You asked for another time"),
    EventKind.PROMISE_MOVED: _lazy("We are closed for a day, so our answer comes later than we said"),
    EventKind.LINK_SENT_AGAIN: _lazy("You asked for your link again"),
    EventKind.URGENT: _lazy("You told us of trouble after a treatment, and we alerted a clinician"),
    EventKind.NEW_LINK: _lazy("We made you a new private link"),
}
MAIN_PATH = [State.RECEIVED, State.IN_CONVERSATION, State.OFFERED, State.BOOKED]


def progress(consultation_request):
    """
    The way of a request as a line of stations: (name, moment or None, 'done', 'here' or 'ahead').

    A request that left the way ends where it stands.
    """
    since = {State.RECEIVED: consultation_request.received_at}
    for step in consultation_request.timeline.all():
        if step.kind == EventKind.UNDONE:
            since.pop(State(step.before), None)
            since.setdefault(State(step.after), step.at)
        elif step.after:
            since[State(step.after)] = step.at
    here = State(consultation_request.state)
    if here in MAIN_PATH:
        done = MAIN_PATH[: MAIN_PATH.index(here)]
        ahead = MAIN_PATH[MAIN_PATH.index(here) + 1 :]
    else:
        done, ahead = [state for state in MAIN_PATH if state in since], []
    return [
        *((STATE_NAMES[state], since.get(state), "done") for state in done),
        (STATE_NAMES[here], since.get(here), "here"),
        *((STATE_NAMES[state], None, "ahead") for state in ahead),
    ]


STATE_NAMES = {
    State.RECEIVED: _lazy("Received"),
    State.IN_CONVERSATION: _lazy("With us"),
    State.OFFERED: _lazy("Times offered"),
    State.BOOKED: _lazy("Booked"),
    State.ATTENDED: _lazy("You came"),
    State.MISSED: _lazy("Missed"),
    State.WITHDRAWN: _lazy("Withdrawn"),
    State.DECLINED: _lazy("Declined"),
    State.UNREACHABLE: _lazy("Not reached"),
    State.CLOSED: _lazy("Closed"),
}
