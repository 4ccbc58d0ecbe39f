"""Two people changed a request, or a time is lost: what stands now, what was typed, and each way out of it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.desk.telling import how_told
from booking.models import OpenTime
from booking.states import OPEN, STEPS_BY_HAND, State
from clinic_site.dates import moment_words
from clinic_site.numbers import number_in

OTHER_TIMES = 9  # shown to choose from
GIVES_A_TIME = {"offer": State.OFFERED, "book": State.BOOKED}
NEEDS_A_CONSULTATION = ["move", "cancel", "arrived", "attended", "missed", "earlier", "take-back"]
WANTED = {
    "offer": _lazy("Offer these times"),
    "book": _lazy("Book this time"),
    "move": _lazy("Move the consultation"),
    "cancel": _lazy("Cancel the consultation"),
    "answer": _lazy("Answer the patient"),
    "call": _lazy("Log a call"),
    "clinician": _lazy("Ask a clinician"),
    "earlier": _lazy("Offer an earlier time"),
}


@dataclass(frozen=True)
class WayOut:
    """A button: the action that it asks for, its words, and what comes of it."""

    action: str
    words: str | Promise
    consequence: str | Promise


def conflict_of(consultation_request, action, data, refused):
    """All that the page shows: what stands, what was wanted, and the ways out that can be taken as things stand."""
    chosen = [number for text in data.getlist("time") if (number := number_in(text)) is not None]
    times = list(OpenTime.objects.filter(pk__in=chosen).select_related("clinician"))
    free = set(
        OpenTime.objects.bookable(held_for=consultation_request).filter(pk__in=chosen).values_list("pk", flat=True)
    )
    other_action = _action_for_another(consultation_request, action)
    return {
        "consultation": consultation_request.consultation,
        "how_told": how_told(consultation_request),
        "wanted": WANTED.get(action) or _state_wanted(data),
        "times": [(time, time.pk in free) for time in times],
        "mine": None if refused else _keep_mine(consultation_request, action, data, times, free),
        "other": _another(other_action),
        "other_times": OpenTime.objects.bookable().exclude(pk__in=chosen).select_related("clinician")[:OTHER_TIMES]
        if other_action
        else [],
    }


def _state_wanted(data):
    state = data.get("state")
    return _("Mark as: %(state)s") % {"state": State(state).label} if state in STEPS_BY_HAND else ""


def _keep_mine(consultation_request, action, data, times, free):
    """What was wanted, where it can still be done; a time for who has one booked meanwhile is a move to it."""
    if action in GIVES_A_TIME and consultation_request.state == State.BOOKED:
        if len(times) != 1 or times[0].pk not in free:
            return None
        words = _("Keep mine: move the booking to %(time)s") % {"time": moment_words(times[0].starts_at)}
        return WayOut("move", words, _("What is booked comes free, and the patient is told the new time."))
    if not _is_possible(consultation_request, action, data, times, free):
        return None
    wanted = WANTED.get(action) or _state_wanted(data) or _("do it")
    return WayOut(action, _("Keep mine: %(wanted)s") % {"wanted": wanted}, _("Done on top of what stands there now."))


def _is_possible(consultation_request, action, data, times, free):
    if action in GIVES_A_TIME:
        can_step = GIVES_A_TIME[action] in consultation_request.next_states
        return can_step and bool(times) and all(time.pk in free for time in times)
    if action in NEEDS_A_CONSULTATION:
        return consultation_request.consultation is not None and all(time.pk in free for time in times)
    if action == "step":
        return data.get("state") in consultation_request.next_states
    if action == "clinician":
        return consultation_request.state in OPEN and not consultation_request.flagged_at
    return action != "call" or consultation_request.state in OPEN


def _action_for_another(consultation_request, action):
    """How another time is given, where one was wanted: moved to, where something is booked by now."""
    if action not in [*GIVES_A_TIME, "move"]:
        return ""
    if consultation_request.state == State.BOOKED:
        return "move"
    wanted = action if action in GIVES_A_TIME else "offer"
    return wanted if GIVES_A_TIME[wanted] in consultation_request.next_states else ""


def _another(action):
    return {
        "move": WayOut("move", _("Move the booking to the ticked time"), _("What is booked comes free.")),
        "offer": WayOut("offer", _("Hold and offer the ticked time"), _("It is held for the patient.")),
        "book": WayOut("book", _("Book the ticked time"), _("It is booked for the patient.")),
    }.get(action)
