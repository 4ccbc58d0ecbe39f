"""
What each button of a request's page does. Each returns what to say; a refusal is an IllegalStep that says why.
"""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from booking import calls, consultations, desk, duplicates, times
from booking.models import Event, OpenTime
from booking.models.timeline import Outcome
from booking.moments import moment_words
from booking.states import STEPS_BY_HAND, IllegalStep, State

NOTE_LENGTH = 2000  # characters


def take_step(request, asked):
    state = request.POST.get("state", "")
    if state not in STEPS_BY_HAND:
        raise IllegalStep(_("This step is not one that can be taken by hand. Nothing was changed."))
    desk.take_step(asked, State(state), request.user, _typed(request))
    return _("%(reference)s is now '%(state)s'. The patient is told in a minute; until then you can undo it.") % {
        "reference": asked.reference,
        "state": asked.get_state_display(),
    }


def undo_step(request, asked):
    desk.undo_step(asked, request.user)
    return _("Undone: %(reference)s is '%(state)s' again.") % {
        "reference": asked.reference,
        "state": asked.get_state_display(),
    }


def answer(request, asked):
    words = _typed(request)
    if not words:
        raise IllegalStep(_("Write something first; an empty answer was not sent."))
    desk.answer(asked, request.user, words)
    return _("Your answer is on the patient's private page, and a mail says that it is there.")


def offer(request, asked):
    chosen = list(OpenTime.objects.filter(pk__in=_chosen(request)))
    made = times.offer_times(asked, chosen, request.user, _typed(request))
    return _("Held until %(moment)s. The patient is told in a minute; until then you can undo it.") % {
        "moment": moment_words(made.lapses_at)
    }


def offer_earlier(request, asked):
    made = times.offer_earlier(asked, _chosen_one(request), request.user)
    said = _(
        "Held until %(moment)s; what is booked stays. The patient is told in a minute; until then you can undo it."
    )
    return said % {"moment": moment_words(made.lapses_at)}


def take_back_offer(request, asked):
    times.take_back_offer(asked)
    return _("Taken back: the time is free again.")


def book_by_telephone(request, asked):
    time = _chosen_one(request)
    times.book(asked, time, request.user)
    return _("Booked: %(time)s. The patient is told in a minute; until then you can undo it.") % {
        "time": moment_words(time.starts_at)
    }


def move(request, asked):
    time = _chosen_one(request)
    consultations.move(asked, time, request.user, _typed(request))
    return _("Moved to %(time)s. The patient is told in a minute; until then you can undo it.") % {
        "time": moment_words(time.starts_at)
    }


def cancel(request, asked):
    consultations.cancel(asked, request.user, _typed(request))
    return _("Cancelled: the time is free. The patient is told in a minute; until then you can undo it.")


def note_arrived(request, asked):
    if consultations.note_arrived(asked, request.user).arrived_at:
        return _("%(reference)s has arrived.") % {"reference": asked.reference}
    return _("%(reference)s has not arrived after all.") % {"reference": asked.reference}


def end_attended(request, asked):
    consultations.end_consultation(asked, State.ATTENDED, request.user)
    return _("%(reference)s came to the consultation. You can undo this for a minute.") % {"reference": asked.reference}


def end_missed(request, asked):
    consultations.end_consultation(asked, State.MISSED, request.user)
    return _("%(reference)s missed it, and gets a kind mail in a minute; until then you can undo it.") % {
        "reference": asked.reference
    }


def log_call(request, asked):
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        raise IllegalStep(_("Say what came of the call. Nothing was changed."))
    again = request.POST.get("again", "")
    if again not in calls.TryAgain.values:
        raise IllegalStep(_("Choose from the list when to try again. Nothing was changed."))
    due = calls.log_call(asked, Outcome(outcome), request.user, _typed(request), again)
    if due is None:
        return _("Noted: spoke with %(reference)s.") % {"reference": asked.reference}
    return _("Noted. %(reference)s is due again: %(moment)s.") % {
        "reference": asked.reference,
        "moment": moment_words(due),
    }


def take(request, asked):
    calls.take(asked, request.user)
    return _("%(reference)s is yours.") % {"reference": asked.reference}


def ask_clinician(request, asked):
    calls.ask_clinician(asked, request.user, _typed(request))
    return _("A clinician is asked; the request stands in their list. The patient does not see it.")


def same_person(request, asked):
    return _judge(request, asked, is_same=True)


def not_same(request, asked):
    return _judge(request, asked, is_same=False)


def keep_note(request, asked):
    note = _typed(request)
    if not note:
        raise IllegalStep(_("Write something first; an empty note was not kept."))
    asked.record(Event.Kind.NOTE, Event.Actor.STAFF, staff=request.user, note=note)
    return _("Your note is in the timeline. The patient does not see it.")


def release(request, asked):
    desk.release(asked, request.user)
    return _("Released: it is on the worklist, and the patient's first mail is on its way.")


def confirm_spam(request, asked):
    desk.confirm_spam(asked, request.user)
    return _("Kept apart as spam. Its data goes 30 days after it came.")


def make_new_link(request, asked):
    desk.make_new_link(asked, request.user)
    return _("The old link no longer works. The new one is on its way to the patient.")


WISHES = {
    "step": take_step,
    "undo": undo_step,
    "answer": answer,
    "offer": offer,
    "book": book_by_telephone,
    "earlier": offer_earlier,
    "take-back": take_back_offer,
    "move": move,
    "cancel": cancel,
    "arrived": note_arrived,
    "attended": end_attended,
    "missed": end_missed,
    "call": log_call,
    "take": take,
    "clinician": ask_clinician,
    "note": keep_note,
    "same-person": same_person,
    "not-same": not_same,
    "release": release,
    "spam": confirm_spam,
    "new-link": make_new_link,
}


def _judge(request, asked, is_same):
    other = duplicates.by_reference(request.POST.get("other", ""))
    duplicates.judge(asked, other, is_same, request.user)
    said = _("Noted in both: %(one)s and %(other)s are of the same person.")
    if not is_same:
        said = _("Noted in both: %(one)s and %(other)s are of two people.")
    return said % {"one": asked.reference, "other": other.reference}


def _typed(request):
    """What was typed, its letters counted as its field counts them: a line's end is one."""
    return request.POST.get("note", "").replace("\r\n", "\n").strip()[:NOTE_LENGTH]


def _chosen(request):
    """The numbers of the chosen times, as far as they can be any."""
    return [int(pk) for pk in request.POST.getlist("time") if pk.isdecimal() and len(pk) < 19]


def _chosen_one(request):
    """The one time that was chosen. Raises IllegalStep where it is none, or several."""
    pks = _chosen(request)
    if len(pks) != 1:
        raise IllegalStep(_("Choose the one time that is meant. Nothing was changed."))
    return get_object_or_404(OpenTime, pk=pks[0])
