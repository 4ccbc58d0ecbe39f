"""
What each button of a request's page does. Each returns what to say; a refusal is an IllegalStep that says why.
"""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from booking import desk
from booking.models import Event, OpenTime
from booking.states import STEPS_BY_HAND, IllegalStep, State
from booking.times import book, offer_times
from booking.wording import moment_words

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
    times = list(OpenTime.objects.filter(pk__in=_chosen(request)))
    made = offer_times(asked, times, request.user, _typed(request))
    return _("Held until %(moment)s. The patient is told in a minute; until then you can undo it.") % {
        "moment": moment_words(made.lapses_at)
    }


def book_by_telephone(request, asked):
    pks = _chosen(request)
    if len(pks) != 1:
        raise IllegalStep(_("Choose the one time that the patient took. Nothing was changed."))
    time = get_object_or_404(OpenTime, pk=pks[0])
    book(asked, time, request.user)
    return _("Booked: %(time)s.") % {"time": time}


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
    "note": keep_note,
    "release": release,
    "spam": confirm_spam,
    "new-link": make_new_link,
}


def _typed(request):
    """What was typed, its letters counted as its field counts them: a line's end is one."""
    return request.POST.get("note", "").replace("\r\n", "\n").strip()[:NOTE_LENGTH]


def _chosen(request):
    """The numbers of the chosen times, as far as they can be any."""
    return [int(pk) for pk in request.POST.getlist("time") if pk.isdecimal() and len(pk) < 19]
