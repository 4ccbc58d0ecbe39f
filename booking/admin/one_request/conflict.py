"""Two people changed a request, or a time is lost: what stands now, what was typed, and each way out of it."""

from dataclasses import dataclass
from itertools import groupby, islice

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.desk.telling import how_told
from booking.models import Event, OpenTime
from booking.states import OPEN, STEPS_BY_HAND, State
from clinic_site.dates import short_moment_words
from clinic_site.numbers import number_in

OTHER_DAYS, TIMES_OF_A_DAY = 3, 2  # shown to choose from
GIVES_A_TIME = {"offer": State.OFFERED, "book": State.BOOKED}
KEPT_FIELDS = [
    "state",
    "outcome",
    "again",
    "again_day",
    "again_at",
    "other",
    "said",
    "prepared",
    "back",
]  # of what was sent, beside what was typed and the times
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


def conflict_of(consultation_request, action, data, staff, refused):
    """All that the page shows: what stands, what was wanted, and the ways out that can be taken as things stand."""
    chosen = [number for text in data.getlist("time") if (number := number_in(text)) is not None]
    times = list(OpenTime.objects.filter(pk__in=chosen).select_related("clinician"))
    free = set(
        OpenTime.objects.bookable(held_for=consultation_request).filter(pk__in=chosen).values_list("pk", flat=True)
    )
    left = [time for time in times if time.pk in free]
    may_try = not refused or len(left) < len(times)  # what was refused for another reason would be refused again
    other_action = _action_for_another(consultation_request, action)
    return {
        "consultation": consultation_request.consultation,
        "how_told": how_told(consultation_request),
        "notes": _notes_since(consultation_request, data, staff),
        "wanted": WANTED.get(action) or _state_wanted(data),
        "times": [(time, time in left) for time in times],
        "kept_fields": _kept_fields(data, left),
        "mine": _keep_mine(consultation_request, action, data, times, left) if may_try else None,
        "other": _another(other_action),
        "other_times": _other_times(consultation_request, chosen) if other_action else [],
    }


def _kept_fields(data, left):
    """What goes along with each button: what was sent, but of its times those that can still be given."""
    kept = [(name, value) for name, values in data.lists() for value in values if name in KEPT_FIELDS]
    return kept + [("time", time.pk) for time in left]


def _notes_since(consultation_request, data, staff):
    """What colleagues noted after the page was made: it is no reason to stop, and worth reading before going on."""
    seen = number_in(data.get("seen"))
    notes = consultation_request.timeline.filter(kind=Event.Kind.NOTE).exclude(staff=staff)
    return list(notes.filter(pk__gt=seen).select_related("staff")) if seen is not None else []


def _other_times(consultation_request, chosen):
    """A few free times of each of the next days that have some; first those that the patient said would suit."""
    free = OpenTime.objects.bookable().exclude(pk__in=chosen)
    days = list(free.order_by("day").values_list("day", flat=True).distinct()[:OTHER_DAYS])
    times = sorted(
        free.filter(day__in=days).select_related("clinician"),
        key=lambda time: (time.day, not consultation_request.suits(time), time.starts_at),
    )
    few = (list(islice(of_day, TIMES_OF_A_DAY)) for _day, of_day in groupby(times, key=lambda time: time.day))
    return [(of_day[0].day, sorted(of_day, key=lambda time: time.starts_at)) for of_day in few]


def _state_wanted(data):
    state = data.get("state")
    return _("Mark as: %(state)s") % {"state": State(state).label} if state in STEPS_BY_HAND else ""


def _keep_mine(consultation_request, action, data, times, left):
    """What was wanted, where it can still be done; a time for who has one booked meanwhile is a move to it."""
    if action in GIVES_A_TIME and consultation_request.state == State.BOOKED:
        if len(left) != 1:
            return None
        words = _("Keep mine: move the booking to %(time)s") % {"time": short_moment_words(left[0].starts_at)}
        return WayOut("move", words, _("What is booked comes free, and the patient is told the new time."))
    if not _is_possible(consultation_request, action, data, times, left):
        return None
    if len(left) < len(times):
        named = _("; ").join(short_moment_words(time.starts_at) for time in left)
        words = _("Keep mine: offer what is left, %(times)s") % {"times": named}
        return WayOut(action, words, _("What cannot be given any more is left out."))
    wanted = WANTED.get(action) or _state_wanted(data) or _("do it")
    return WayOut(action, _("Keep mine: %(wanted)s") % {"wanted": wanted}, _("Done on top of what stands there now."))


def _is_possible(consultation_request, action, data, times, left):
    if action == "offer":
        return State.OFFERED in consultation_request.next_states and bool(left)
    if action == "book":
        return State.BOOKED in consultation_request.next_states and len(left) == len(times) == 1
    if action in NEEDS_A_CONSULTATION:
        return consultation_request.consultation is not None and len(left) == len(times)
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
