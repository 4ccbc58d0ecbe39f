"""
What each button of a request's page does. Each returns what to say; a refusal is an IllegalStep that says why.
"""

from django.utils.translation import gettext as _

from booking.admin.one_request.sent import (
    agreed_moment,
    chosen_one,
    colleague_in,
    note_in,
    said_in,
    times_to_offer,
)
from booking.desk import calls, clinicians, duplicates, handing_over, steps
from booking.desk.telling import how_told
from booking.models import Event, OpenTime
from booking.models.timeline import Outcome
from booking.schedule import consultations, times
from booking.states import STEPS_BY_HAND, IllegalStep, State
from clinic_site.dates import moment_words


def change_state(request, consultation_request):
    state = request.POST.get("state", "")
    if state not in STEPS_BY_HAND:
        raise IllegalStep(_("This step is not one that can be taken by hand. Nothing was changed."))
    if state == State.DECLINED:
        steps.decline(consultation_request, request.user, said_in(request.POST), note_in(request))
    else:
        steps.change_state(consultation_request, State(state), request.user, note_in(request))
    done = _("%(reference)s is now '%(state)s'.") % {
        "reference": consultation_request.reference,
        "state": consultation_request.get_state_display(),
    }
    return f"{done} {how_told(consultation_request)}"


def undo_step(request, consultation_request):
    steps.undo_step(consultation_request, request.user)
    done = _("Undone: %(reference)s is '%(state)s' again.") % {
        "reference": consultation_request.reference,
        "state": consultation_request.get_state_display(),
    }
    if consultation_request.timeline.last().times:
        lost = _("What was held or booked for them is gone.")
        return f"{done} {lost} {how_told(consultation_request)}"
    return done


def answer(request, consultation_request):
    words = note_in(request)
    if not words:
        raise IllegalStep(_("Write something first; an empty answer was not sent."))
    steps.answer(consultation_request, request.user, words)
    done = _("Your answer is on the patient's private page.")
    return f"{done} {how_told(consultation_request)}"


def offer(request, consultation_request):
    chosen = list(OpenTime.objects.filter(pk__in=times_to_offer(request.POST)))
    made = times.offer_times(consultation_request, chosen, request.user, note_in(request))
    done = _("Held until %(moment)s.") % {"moment": moment_words(made.lapses_at)}
    return f"{done} {how_told(consultation_request)}{_lacks_interpreter(consultation_request, chosen)}"


def offer_earlier(request, consultation_request):
    made = times.offer_earlier(consultation_request, chosen_one(request), request.user)
    done = _("Held until %(moment)s; what is booked stays.") % {"moment": moment_words(made.lapses_at)}
    return f"{done} {how_told(consultation_request)}"


def withdraw_offer(request, consultation_request):
    told = times.withdraw_offer(consultation_request, request.user)
    more = how_told(consultation_request) if told else _("The patient had not been told of it.")
    return f"{_('Taken back: the time is free again.')} {more}"


def book_by_telephone(request, consultation_request):
    time = chosen_one(request)
    times.book(consultation_request, time, request.user)
    done = _("Booked: %(time)s.") % {"time": moment_words(time.starts_at)}
    lacks = _lacks_interpreter(consultation_request, [time])
    if "told" in request.POST and consultation_request.call_by:
        calls.log_call(consultation_request, Outcome.SPOKE, request.user)
        return f"{done} {_('You told them on the telephone.')}{lacks}"
    return f"{done} {how_told(consultation_request)}{lacks}"


def move(request, consultation_request):
    time = chosen_one(request)
    consultations.move(consultation_request, time, request.user, note_in(request))
    done = _("Moved to %(time)s.") % {"time": moment_words(time.starts_at)}
    return f"{done} {how_told(consultation_request)}{_lacks_interpreter(consultation_request, [time])}"


def cancel(request, consultation_request):
    consultations.cancel(consultation_request, request.user, note_in(request))
    return f"{_('Canceled: the time is free.')} {how_told(consultation_request)}"


def note_arrived(request, consultation_request):
    if consultations.note_arrived(consultation_request, request.user).arrived_at:
        return _("%(reference)s has arrived.") % {"reference": consultation_request.reference}
    return _("%(reference)s has not arrived after all.") % {"reference": consultation_request.reference}


def end_attended(request, consultation_request):
    consultations.end_consultation(consultation_request, State.ATTENDED, request.user)
    return _("%(reference)s came to the consultation. You can undo this for a minute.") % {
        "reference": consultation_request.reference
    }


def end_missed(request, consultation_request):
    consultations.end_consultation(consultation_request, State.MISSED, request.user)
    done = _("%(reference)s missed it.") % {"reference": consultation_request.reference}
    return f"{done} {how_told(consultation_request)}"


def log_call(request, consultation_request):
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        raise IllegalStep(_("Say what came of the call. Nothing was changed."))
    again = request.POST.get("again", "")
    if again not in calls.TryAgain.values:
        raise IllegalStep(_("Choose from the list when to try again. Nothing was changed."))
    was_to_call = consultation_request.call_by is not None
    at = agreed_moment(request.POST)
    due = calls.log_call(consultation_request, Outcome(outcome), request.user, note_in(request), again, at)
    if was_to_call and consultation_request.call_by is None:
        done = _("Noted: %(reference)s has been told.")
    elif due is None:
        done = _("Noted: spoke with %(reference)s. If both are silent for a week, it stands under 'Gone silent'.")
    else:
        return _("Noted. %(reference)s is due again: %(moment)s.") % {
            "reference": consultation_request.reference,
            "moment": moment_words(due),
        }
    return done % {"reference": consultation_request.reference}


def give_up_calling(request, consultation_request):
    calls.give_up_calling(consultation_request, request.user, note_in(request))
    return _("Noted: nobody could tell %(reference)s. It is in the timeline.") % {
        "reference": consultation_request.reference
    }


def take_ownership(request, consultation_request):
    calls.set_owner(consultation_request, request.user)
    return _("%(reference)s is yours.") % {"reference": consultation_request.reference}


def assign(request, consultation_request):
    colleague = colleague_in(request.POST)
    handing_over.assign(consultation_request, colleague, request.user, note_in(request))
    named = {"reference": consultation_request.reference, "name": colleague}
    if colleague is None:
        return _("%(reference)s is nobody's now.") % named
    return _("%(reference)s is %(name)s's now.") % named


def ask_clinician(request, consultation_request):
    clinicians.ask_clinician(consultation_request, request.user, note_in(request))
    return _("A clinician is asked, by email too; it stands in their list. The patient does not see it.")


def alert_clinicians(request, consultation_request):
    clinicians.alert_clinicians(consultation_request, request.user, note_in(request))
    return _("Urgent: it stands on top of Today, and the clinicians are alerted by email until one answers.")


def take_question_back(request, consultation_request):
    clinicians.take_question_back(consultation_request, request.user)
    return _("No clinician is asked about %(reference)s any more.") % {"reference": consultation_request.reference}


def same_person(request, consultation_request):
    return _judge(request, consultation_request, is_same=True)


def not_same(request, consultation_request):
    return _judge(request, consultation_request, is_same=False)


def keep_note(request, consultation_request):
    note = note_in(request)
    if not note:
        raise IllegalStep(_("Write something first; an empty note was not kept."))
    consultation_request.record(Event.Kind.NOTE, Event.Actor.STAFF, staff=request.user, note=note)
    return _("Your note is in the timeline. The patient does not see it.")


def release(request, consultation_request):
    steps.release(consultation_request, request.user)
    return f"{_('Released: it is on the worklist.')} {how_told(consultation_request)}"


def confirm_spam(request, consultation_request):
    steps.confirm_spam(consultation_request, request.user)
    return _("Kept apart as spam. Its data goes 30 days after it came.")


def make_new_link(request, consultation_request):
    steps.make_new_link(consultation_request, request.user)
    return f"{_('The old link no longer works.')} {how_told(consultation_request)}"


ACTIONS = {
    "step": change_state,
    "undo": undo_step,
    "answer": answer,
    "offer": offer,
    "book": book_by_telephone,
    "earlier": offer_earlier,
    "take-back": withdraw_offer,
    "move": move,
    "cancel": cancel,
    "arrived": note_arrived,
    "attended": end_attended,
    "missed": end_missed,
    "call": log_call,
    "not-told": give_up_calling,
    "take": take_ownership,
    "assign": assign,
    "clinician": ask_clinician,
    "urgent": alert_clinicians,
    "unask": take_question_back,
    "note": keep_note,
    "same-person": same_person,
    "not-same": not_same,
    "release": release,
    "spam": confirm_spam,
    "new-link": make_new_link,
}


def _judge(request, consultation_request, is_same):
    other = duplicates.request_with_reference(request.POST.get("other", ""))
    duplicates.judge(consultation_request, other, is_same, request.user)
    message = _("Noted in both: %(one)s and %(other)s are of the same person.")
    if not is_same:
        message = _("Noted in both: %(one)s and %(other)s are of two people.")
    return message % {"one": consultation_request.reference, "other": other.reference}


def _lacks_interpreter(consultation_request, given):
    """A warning, where they asked for an interpreter and none is there."""
    if not consultation_request.interpreter or all(time.with_interpreter for time in given):
        return ""
    return f" {_('No interpreter is there then, and they asked for one.')}"
