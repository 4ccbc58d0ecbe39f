"""
What each button of a request's page does. Each returns what to say; a refusal is an IllegalStep that says why.
"""

from django.utils.translation import gettext as _

from booking import desk
from booking.models import Event
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
    "note": keep_note,
    "release": release,
    "spam": confirm_spam,
    "new-link": make_new_link,
}


def _typed(request):
    return request.POST.get("note", "").strip()[:NOTE_LENGTH]
