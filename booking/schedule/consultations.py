"""A booked consultation: confirmed, moved, cancelled, attended or missed, by the desk and by the patient."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.mail.owing import tell_desk, tell_patient
from booking.models import Consultation, Event, OpenTime, OutboxMail
from booking.schedule.times import (
    TimeTaken,
    assign_time,
    change_time,
    consultation_of,
    free_times_of,
    lock,
    lock_times,
    withdraw_offers,
)
from booking.states import UNDO_BY_STAFF, UNDO_WITHDRAWAL, IllegalStep, State
from clinic_site.hours import reply_by
from clinic_site.models import Clinic

STATE_OF_CONSULTATION = {State.ATTENDED: Consultation.State.ATTENDED, State.MISSED: Consultation.State.MISSED}


@transaction.atomic
def move(consultation_request, time, staff, words=""):
    """
    The desk moves a consultation; what is said to the patient stands on their page, and their mail rests one minute.

    Raises IllegalStep where nothing is booked, TimeTaken where the new time is free no longer.
    """
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    lock_times(consultation_request, time)
    was = consultation_request.stands_now() | {"moved": consultation.stands_now()}
    withdraw_offers(consultation_request)
    assign_time(time, consultation_request, OpenTime.State.BOOKED)
    _answer_with(consultation_request, words, staff)
    change_time(consultation, time, Event.Actor.STAFF, staff=staff, was=was, rests=UNDO_BY_STAFF)
    consultation_request.owe_nothing()
    return consultation


@transaction.atomic
def move_by_patient(consultation_request, time):
    """
    The patient moves their consultation, up to the notice for changes; they can undo it while its mail rests.

    Raises IllegalStep when late, TimeTaken where the new time is free no longer.
    """
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    stop_if_late(consultation)
    lock_times(consultation_request, time)
    if not OpenTime.objects.to_move_to(Clinic.profile()).filter(pk=time.pk).exists():
        raise TimeTaken(_("This time cannot be had any more. You still have yours. Choose another time, or call us."))
    was = consultation_request.stands_now() | {"moved": consultation.stands_now()}
    withdraw_offers(consultation_request)
    assign_time(time, consultation_request, OpenTime.State.BOOKED)
    change_time(consultation, time, Event.Actor.PATIENT, was=was, rests=UNDO_WITHDRAWAL)
    tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def cancel(consultation_request, staff, words="", note=""):
    """
    The desk cancels a consultation: its time is free, and the clinic owes the next word.

    `words` stand on the patient's page; `note` is for colleagues. Raises IllegalStep where nothing is booked.
    """
    lock(consultation_request)
    times = [consultation_of(consultation_request).time.starts_at]
    _answer_with(consultation_request, words, staff)
    owed_by = reply_by(timezone.now())
    consultation_request.move_to(
        State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff, reason=note, owed_by=owed_by, times=times
    )
    free_times_of(consultation_request)
    tell_patient(consultation_request, OutboxMail.Kind.CANCELLED, rests=UNDO_BY_STAFF)


@transaction.atomic
def note_arrived(consultation_request, staff):
    """The patient is in the waiting room; noted again, it is taken back. Raises IllegalStep on any other day."""
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    if not consultation.is_today:
        raise IllegalStep(_("This consultation is not today, so nobody can have arrived. Nothing was changed."))
    arrived = consultation.arrived_at is None
    consultation.arrived_at = timezone.now() if arrived else None
    consultation.save(update_fields=["arrived_at"])
    kind = Event.Kind.ARRIVED if arrived else Event.Kind.NOT_ARRIVED
    consultation_request.record(kind, Event.Actor.STAFF, staff=staff)
    return consultation


@transaction.atomic
def end_consultation(consultation_request, state, staff, note=""):
    """
    Say that a consultation was attended or missed; a missed one gets a kind mail and is owed a word.

    Raises IllegalStep before its day, or, for a missed one, before it has begun.
    """
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    if not (consultation.has_begun or (consultation.is_today and state == State.ATTENDED)):
        raise IllegalStep(_("This consultation has not begun yet. Nothing was changed."))
    missed = state == State.MISSED
    owed_by = reply_by(timezone.now()) if missed else None
    times = [consultation.time.starts_at]
    consultation_request.move_to(state, Event.Actor.STAFF, staff=staff, reason=note, owed_by=owed_by, times=times)
    withdraw_offers(consultation_request)
    consultation.set_state(STATE_OF_CONSULTATION[state])
    if missed:
        tell_patient(consultation_request, OutboxMail.Kind.MISSED, rests=UNDO_BY_STAFF)


@transaction.atomic
def confirm(consultation_request):
    """The patient says that they come. Saying it twice is saying it once. Raises IllegalStep."""
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    if consultation.has_begun:
        raise IllegalStep(_("This consultation has begun already. Nothing was changed."))
    if consultation.confirmed_at is None:
        consultation.confirmed_at = timezone.now()
        consultation.save(update_fields=["confirmed_at"])
        consultation_request.record(Event.Kind.CONFIRMED, Event.Actor.PATIENT, times=[consultation.time.starts_at])


@transaction.atomic
def cannot_come(consultation_request, why=""):
    """
    The patient gives their time back, up to the moment at which it begins, and the desk finds them another.

    Late word is better than an empty chair, so the notice for changes does not count here. Raises IllegalStep.
    """
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    if consultation.has_begun:
        raise IllegalStep(_("This consultation has begun already. Please call us. Nothing was changed."))
    consultation_request.move_to(
        State.IN_CONVERSATION,
        Event.Actor.PATIENT,
        reason=why,
        owed_by=reply_by(timezone.now()),
        times=[consultation.time.starts_at],
    )
    free_times_of(consultation_request)
    tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def ask_for_another_time(consultation_request, words):
    """The patient asks to be moved and keeps their time until the desk has moved them. Raises IllegalStep when late."""
    lock(consultation_request)
    stop_if_late(consultation_of(consultation_request))
    consultation_request.record(Event.Kind.OTHER_TIME, Event.Actor.PATIENT, note=words)
    consultation_request.owe_a_word()
    tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def wait_for_earlier(consultation_request, waits=True):
    """The patient joins the waiting list, or leaves it. Raises IllegalStep where nothing is booked."""
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    if waits == (consultation.earlier_wanted_at is not None):
        return
    consultation.earlier_wanted_at = timezone.now() if waits else None
    consultation.save(update_fields=["earlier_wanted_at"])
    consultation_request.record(Event.Kind.EARLIER if waits else Event.Kind.NOT_EARLIER, Event.Actor.PATIENT)


def stop_if_late(consultation):
    """Raise IllegalStep where a patient may change their consultation by telephone alone."""
    clinic = Clinic.profile()
    if timezone.now() >= consultation.changes_end_at(clinic):
        raise IllegalStep(
            _("Your consultation is less than %(hours)s hours away. Please call us at %(phone)s. Nothing was changed.")
            % {"hours": clinic.notice_hours, "phone": clinic.phone_day.as_national}
        )


def _answer_with(consultation_request, words, staff):
    if words:
        consultation_request.record(Event.Kind.ANSWER, Event.Actor.STAFF, staff=staff, note=words)
