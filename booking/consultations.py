"""A booked consultation: confirmed, moved, cancelled, attended or missed, by the desk and by the patient."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.models import Consultation, Event, OpenTime, OutboxMail
from booking.notices import take_back_news, tell_desk, tell_patient
from booking.states import UNDO_BY_STAFF, IllegalStep, State
from booking.times import change_time, consultation_of, free_times_of, lock, lock_times, take, take_back_offers
from clinic_site.hours import reply_by
from clinic_site.models import Clinic

ENDS = {State.ATTENDED: Consultation.State.ATTENDED, State.MISSED: Consultation.State.MISSED}


@transaction.atomic
def move(request, time, staff, words=""):
    """
    The desk moves a consultation; what is said to the patient stands on her page, and her mail rests one minute.

    Raises IllegalStep where nothing is booked, TimeTaken where the new time is free no longer.
    """
    lock(request)
    consultation = consultation_of(request)
    take_back_offers(request)
    lock_times(request, time)
    take(time, request, OpenTime.State.BOOKED)
    _say(request, words, staff)
    change_time(consultation, time, Event.Actor.STAFF, staff=staff, rests=UNDO_BY_STAFF)
    request.owe_nothing()
    return consultation


@transaction.atomic
def undo_move(request, staff):
    """The desk takes its move back, within a minute. Raises IllegalStep, or TimeTaken where the old time is gone."""
    if not can_undo_move(request, staff):
        raise IllegalStep(_("It is too late to undo this move. Move the consultation instead. Nothing was changed."))
    lock(request)
    consultation = consultation_of(request)
    old = consultation.moved_from
    lock_times(request, old)
    take(old, request, OpenTime.State.BOOKED)
    OpenTime.objects.filter(pk=consultation.time_id, request=request).free_again()
    consultation.go_to(old)
    take_back_news(request, OutboxMail.Kind.MOVED)
    request.record(Event.Kind.UNDONE, Event.Actor.STAFF, staff=staff, before=State.BOOKED, after=State.BOOKED)


def can_undo_move(request, staff):
    """Whether this member of staff has just moved the consultation, and nothing else has happened since."""
    line = request.timeline.last_change()
    return (
        line is not None
        and line.kind == Event.Kind.MOVED
        and line.staff == staff
        and timezone.now() - line.at < UNDO_BY_STAFF
    )


@transaction.atomic
def cancel(request, staff, words="", note=""):
    """
    The desk cancels a consultation: its time is free, and the clinic owes the next word.

    `words` stand on the patient's page; `note` is for colleagues. Raises IllegalStep where nothing is booked.
    """
    lock(request)
    consultation_of(request)
    _say(request, words, staff)
    owed_by = reply_by(timezone.now())
    request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff, reason=note, owed_by=owed_by)
    free_times_of(request)
    tell_patient(request, OutboxMail.Kind.CANCELLED, rests=UNDO_BY_STAFF)


@transaction.atomic
def note_arrived(request, staff):
    """The patient is in the waiting room; noted again, it is taken back. Raises IllegalStep on any other day."""
    lock(request)
    consultation = consultation_of(request)
    if not consultation.is_today:
        raise IllegalStep(_("This consultation is not today, so nobody can have arrived. Nothing was changed."))
    arrived = consultation.arrived_at is None
    consultation.arrived_at = timezone.now() if arrived else None
    consultation.save(update_fields=["arrived_at"])
    kind = Event.Kind.ARRIVED if arrived else Event.Kind.NOT_ARRIVED
    request.record(kind, Event.Actor.STAFF, staff=staff)
    return consultation


@transaction.atomic
def end_consultation(request, state, staff, note=""):
    """
    Say that a consultation was attended or missed; a missed one gets a kind mail and is owed a word.

    Raises IllegalStep before its day, or, for a missed one, before it has begun.
    """
    lock(request)
    consultation = consultation_of(request)
    if not (consultation.has_begun or (consultation.is_today and state == State.ATTENDED)):
        raise IllegalStep(_("This consultation has not begun yet. Nothing was changed."))
    take_back_offers(request)
    missed = state == State.MISSED
    owed_by = reply_by(timezone.now()) if missed else None
    request.move_to(state, Event.Actor.STAFF, staff=staff, reason=note, owed_by=owed_by)
    consultation.turn(ENDS[state])
    if missed:
        tell_patient(request, OutboxMail.Kind.MISSED, rests=UNDO_BY_STAFF)


def take_up_again(request, actor, staff=None):
    """
    After the step that ended a consultation was undone: it is booked again, if its time can still be had.

    Returns whether it is. The patient is told nothing: the mail about the step had not left.
    """
    consultation = request.consultations.order_by("-pk").first()
    gave_it_up = consultation.state == Consultation.State.CANCELLED
    if gave_it_up and not OpenTime.objects.take(consultation.time_id, request, OpenTime.State.BOOKED):
        return False
    request.move_to(State.BOOKED, actor, staff=staff)
    consultation.turn(Consultation.State.BOOKED)
    return True


@transaction.atomic
def confirm(request):
    """The patient says that she comes. Saying it twice is saying it once. Raises IllegalStep."""
    lock(request)
    consultation = consultation_of(request)
    if consultation.has_begun:
        raise IllegalStep(_("This consultation has begun already. Nothing was changed."))
    if consultation.confirmed_at is None:
        consultation.confirmed_at = timezone.now()
        consultation.save(update_fields=["confirmed_at"])
        request.record(Event.Kind.CONFIRMED, Event.Actor.PATIENT)


@transaction.atomic
def cannot_come(request, why=""):
    """
    The patient gives her time back, up to the moment at which it begins, and the desk finds her another.

    Late word is better than an empty chair, so the notice for changes does not count here. Raises IllegalStep.
    """
    lock(request)
    if consultation_of(request).has_begun:
        raise IllegalStep(_("This consultation has begun already. Please call us. Nothing was changed."))
    owed_by = reply_by(timezone.now())
    request.move_to(State.IN_CONVERSATION, Event.Actor.PATIENT, reason=why, owed_by=owed_by)
    free_times_of(request)
    tell_desk(request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def ask_for_another_time(request, words):
    """The patient asks to be moved and keeps her time until the desk has moved her. Raises IllegalStep when late."""
    lock(request)
    stop_if_late(consultation_of(request))
    request.record(Event.Kind.OTHER_TIME, Event.Actor.PATIENT, note=words)
    request.owe_a_word()
    tell_desk(request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def wait_for_earlier(request, waits=True):
    """The patient joins the waiting list, or leaves it. Raises IllegalStep where nothing is booked."""
    lock(request)
    consultation = consultation_of(request)
    if waits == (consultation.earlier_wanted_at is not None):
        return
    consultation.earlier_wanted_at = timezone.now() if waits else None
    consultation.save(update_fields=["earlier_wanted_at"])
    request.record(Event.Kind.EARLIER if waits else Event.Kind.NOT_EARLIER, Event.Actor.PATIENT)


def stop_if_late(consultation):
    """Raise IllegalStep where a patient may change her consultation by telephone alone."""
    clinic = Clinic.profile()
    if timezone.now() >= consultation.changes_end_at(clinic):
        raise IllegalStep(
            _("Your consultation is less than %(hours)s hours away. Please call us at %(phone)s. Nothing was changed.")
            % {"hours": clinic.notice_hours, "phone": clinic.phone_day.as_national}
        )


def _say(request, words, staff):
    if words:
        request.record(Event.Kind.ANSWER, Event.Actor.STAFF, staff=staff, note=words)
