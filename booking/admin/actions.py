"""
What each button of a request's page does. Each returns what to say; a refusal is an IllegalStep that says why.
"""

from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from booking.desk import calls, clinicians, duplicates, handing_over, steps
from booking.desk.telling import how_told
from booking.models import Event, Offer, OpenTime, PreparedAnswer
from booking.models.timeline import Outcome
from booking.schedule import consultations, times
from booking.states import STEPS_BY_HAND, IllegalStep, State
from clinic_site.dates import midnight, moment_words
from clinic_site.hours import next_opening
from clinic_site.numbers import number_in

NOTE_LENGTH = 2000  # characters
FURTHEST_CALL = timedelta(days=730)


def change_state(request, consultation_request):
    state = request.POST.get("state", "")
    if state not in STEPS_BY_HAND:
        raise IllegalStep(_("This step is not one that can be taken by hand. Nothing was changed."))
    if state == State.DECLINED:
        steps.decline(consultation_request, request.user, _said_in(request.POST), _note_in(request))
    else:
        steps.change_state(consultation_request, State(state), request.user, _note_in(request))
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
    words = _note_in(request)
    if not words:
        raise IllegalStep(_("Write something first; an empty answer was not sent."))
    steps.answer(consultation_request, request.user, words)
    done = _("Your answer is on the patient's private page.")
    return f"{done} {how_told(consultation_request)}"


def offer(request, consultation_request):
    chosen = list(OpenTime.objects.filter(pk__in=_to_offer(request.POST)))
    made = times.offer_times(consultation_request, chosen, request.user, _note_in(request))
    done = _("Held until %(moment)s.") % {"moment": moment_words(made.lapses_at)}
    return f"{done} {how_told(consultation_request)}{_lacks_interpreter(consultation_request, chosen)}"


def offer_earlier(request, consultation_request):
    made = times.offer_earlier(consultation_request, _chosen_one(request), request.user)
    done = _("Held until %(moment)s; what is booked stays.") % {"moment": moment_words(made.lapses_at)}
    return f"{done} {how_told(consultation_request)}"


def withdraw_offer(request, consultation_request):
    told = times.withdraw_offer(consultation_request, request.user)
    more = how_told(consultation_request) if told else _("The patient had not been told of it.")
    return f"{_('Taken back: the time is free again.')} {more}"


def book_by_telephone(request, consultation_request):
    time = _chosen_one(request)
    times.book(consultation_request, time, request.user)
    done = _("Booked: %(time)s.") % {"time": moment_words(time.starts_at)}
    lacks = _lacks_interpreter(consultation_request, [time])
    if "told" in request.POST and consultation_request.call_by:
        calls.log_call(consultation_request, Outcome.SPOKE, request.user)
        return f"{done} {_('You told them on the telephone.')}{lacks}"
    return f"{done} {how_told(consultation_request)}{lacks}"


def move(request, consultation_request):
    time = _chosen_one(request)
    consultations.move(consultation_request, time, request.user, _note_in(request))
    done = _("Moved to %(time)s.") % {"time": moment_words(time.starts_at)}
    return f"{done} {how_told(consultation_request)}{_lacks_interpreter(consultation_request, [time])}"


def cancel(request, consultation_request):
    consultations.cancel(consultation_request, request.user, _note_in(request))
    return f"{_('Cancelled: the time is free.')} {how_told(consultation_request)}"


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
    at = _agreed_moment(request.POST)
    due = calls.log_call(consultation_request, Outcome(outcome), request.user, _note_in(request), again, at)
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
    calls.give_up_calling(consultation_request, request.user, _note_in(request))
    return _("Noted: nobody could tell %(reference)s. It is in the timeline.") % {
        "reference": consultation_request.reference
    }


def take_ownership(request, consultation_request):
    calls.set_owner(consultation_request, request.user)
    return _("%(reference)s is yours.") % {"reference": consultation_request.reference}


def assign(request, consultation_request):
    colleague = _colleague_in(request.POST)
    handing_over.assign(consultation_request, colleague, request.user, _note_in(request))
    named = {"reference": consultation_request.reference, "name": colleague}
    if colleague is None:
        return _("%(reference)s is nobody's now.") % named
    return _("%(reference)s is %(name)s's now.") % named


def ask_clinician(request, consultation_request):
    clinicians.ask_clinician(consultation_request, request.user, _note_in(request))
    return _("A clinician is asked, by email too; it stands in their list. The patient does not see it.")


def alert_clinicians(request, consultation_request):
    clinicians.alert_clinicians(consultation_request, request.user, _note_in(request))
    return _("Urgent: it stands on top of Today, and the clinicians are alerted by email until one answers.")


def take_question_back(request, consultation_request):
    clinicians.take_question_back(consultation_request, request.user)
    return _("No clinician is asked about %(reference)s any more.") % {"reference": consultation_request.reference}


def same_person(request, consultation_request):
    return _judge(request, consultation_request, is_same=True)


def not_same(request, consultation_request):
    return _judge(request, consultation_request, is_same=False)


def keep_note(request, consultation_request):
    note = _note_in(request)
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


def _note_in(request):
    """What was typed, its letters counted as its field counts them: a line's end is one."""
    return request.POST.get("note", "").replace("\r\n", "\n").strip()[:NOTE_LENGTH]


def _said_in(data):
    """What the patient is to read: the prepared answer that is chosen, and below it what was typed."""
    prepared = PreparedAnswer.objects.filter(pk=number_in(data.get("prepared"))).first()
    own = data.get("said", "").replace("\r\n", "\n").strip()[:NOTE_LENGTH]
    return "\n\n".join(filter(None, [prepared and prepared.text, own]))


def _colleague_in(data):
    """Who is chosen to have a request; None for nobody. Raises IllegalStep where it is no colleague."""
    if data.get("to") == "nobody":
        return None
    colleague = handing_over.who_can_own().filter(pk=number_in(data.get("to"))).first()
    if colleague is None:
        raise IllegalStep(_("Choose the colleague who is to have it. Nothing was changed."))
    return colleague


def _agreed_moment(data):
    """
    When the next call was agreed for: a day and hour, a day, or an hour of today. None where nothing was said.

    On a day without an hour as the clinic opens. Raises IllegalStep where it is no day or hour.
    """
    day, clock = data.get("again_day", "").strip(), data.get("again_at", "").strip()
    if not day and not clock:
        return None
    try:
        on, at = parse_date(day) if day else timezone.localdate(), parse_time(clock) if clock else None
    except ValueError:
        on = at = None
    if on is None or (clock and at is None) or on > timezone.localdate() + FURTHEST_CALL:
        raise IllegalStep(_("Choose a day and hour to come for the next call. Nothing was changed."))
    if at is None:
        return next_opening(midnight(on))
    return datetime.combine(on, at, tzinfo=timezone.get_default_timezone())


def one_to_book(data):
    """
    The number of the time whose own button was pressed, else of the one ticked last: what was ticked before is no
    hindrance. Without a script nobody knows which was the last: then it is the only one that was ticked by hand, or at
    all. None where it is none of these.
    """
    chosen, suggested = _numbers_in(data, "time"), _numbers_in(data, "suggested")
    by_hand = [pk for pk in chosen if pk not in suggested]
    last = [pk for pk in _numbers_in(data, "last") if pk in chosen]
    return next((one[0] for one in (_numbers_in(data, "this"), last, by_hand, chosen) if len(one) == 1), None)


def _to_offer(data):
    """What was ticked; where that is too much, what was ticked by hand comes before what was suggested."""
    chosen, suggested = _numbers_in(data, "time"), _numbers_in(data, "suggested")
    return sorted(chosen, key=lambda pk: pk in suggested)[: max(Offer.MOST_TIMES, len(set(chosen) - set(suggested)))]


def _numbers_in(data, field):
    """The numbers of the times in that field, as far as they can be any."""
    return [number for text in data.getlist(field) if (number := number_in(text)) is not None]


def _chosen_one(request):
    """The one time that was chosen. Raises IllegalStep where it is none, or several."""
    pks = _numbers_in(request.POST, "time")
    if len(pks) != 1:
        raise IllegalStep(_("Choose the one time that is meant: press 'Book' beside it. Nothing was changed."))
    return get_object_or_404(OpenTime, pk=pks[0])


def _lacks_interpreter(consultation_request, given):
    """A warning, where they asked for an interpreter and none is there."""
    if not consultation_request.interpreter or all(time.with_interpreter for time in given):
        return ""
    return f" {_('No interpreter is there then, and they asked for one.')}"
