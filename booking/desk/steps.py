"""What the front desk does with a request that joins several records. Admin and commands call these."""

from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from booking.desk.calls import call_to_undo, undo_call
from booking.mail.owing import tell_clinicians, tell_patient
from booking.models import ConsultationRequest, Event, OpenTime, OutboxMail, Quarantine
from booking.schedule.consultations import cancel, end_consultation
from booking.schedule.times import free_times_of, starts_of, withdraw_offers
from booking.schedule.undoing import step_of_staff, undo_step_of_staff
from booking.services import owe_first_mail
from booking.states import UNDO_BY_STAFF, IllegalStep, State


@transaction.atomic
def change_state(consultation_request, state, staff, note=""):
    """
    Take a step by hand; times that were held or booked are free again. The mail that tells the patient rests one
    minute, so that the click can be undone.

    Raises IllegalStep, and changes nothing, where the step is not one from here.
    """
    if consultation_request.state == State.BOOKED and state == State.IN_CONVERSATION:
        return cancel(consultation_request, staff, note=note)
    if state in (State.ATTENDED, State.MISSED):
        return end_consultation(consultation_request, state, staff, note)
    given = starts_of(consultation_request.times.filter(state__in=OpenTime.GIVEN))
    consultation_request.move_to(state, Event.Actor.STAFF, staff=staff, reason=note, times=given)
    if state == State.IN_CONVERSATION:
        withdraw_offers(consultation_request)  # a time that the patient picked stays held while we talk
    else:
        free_times_of(consultation_request)
    if kind := OutboxMail.ABOUT_A_STATE.get(state):
        tell_patient(consultation_request, kind, rests=UNDO_BY_STAFF)
    return None


@transaction.atomic
def decline(consultation_request, staff, words="", note=""):
    """
    Decline a request, with words that the patient reads on their page; undone, those are gone from it as well.

    Raises IllegalStep where it cannot be declined.
    """
    change_state(consultation_request, State.DECLINED, staff, note)
    if words:
        step = consultation_request.timeline.filter(kind=Event.Kind.STEP).last()
        just_before = step.at - timedelta(milliseconds=1)  # the step stays the last line, which can be undone
        consultation_request.record(
            Event.Kind.ANSWER, Event.Actor.STAFF, staff=staff, note=words, at=just_before, was={"said_with": step.pk}
        )


def what_can_be_undone(consultation_request, staff):
    """The line of the step, move, offer or call that this member could still undo, or None."""
    return call_to_undo(consultation_request, staff) or step_of_staff(consultation_request, staff)


def remember_for_undo(consultation_request, staff):
    """Keep for a minute, away from the database, which request this member has just changed."""
    cache.set(_just_changed_by(staff), consultation_request.pk, UNDO_BY_STAFF.total_seconds())


def just_done(staff):
    """The request that this member changed last, and the line that they can still undo; (None, None) for neither."""
    pk = cache.get(_just_changed_by(staff))
    changed = ConsultationRequest.objects.filter(pk=pk).first() if pk else None
    line = what_can_be_undone(changed, staff) if changed else None
    return (changed, line) if line else (None, None)


def _just_changed_by(staff):
    return f"just-changed-by-{staff.pk}"


@transaction.atomic
def undo_step(consultation_request, staff):
    """
    Take back this member's own last step, move, offer or call, within a minute; returns its line.

    Raises IllegalStep where they cannot, or where what it would bring back is gone.
    """
    if call_to_undo(consultation_request, staff):
        return undo_call(consultation_request, staff)
    return undo_step_of_staff(consultation_request, staff)


@transaction.atomic
def answer(consultation_request, staff, words):
    """
    Answer on the private page. The mail says that there is an answer, never what it is.

    A request that still waited for its first answer is in conversation from then on.
    """
    if consultation_request.state == State.RECEIVED:
        consultation_request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff)
    else:
        consultation_request.owe_nothing()
    consultation_request.record(Event.Kind.ANSWER, Event.Actor.STAFF, staff=staff, note=words)
    tell_patient(consultation_request, OutboxMail.Kind.ANSWERED)


@transaction.atomic
def release(consultation_request, staff):
    """
    Say that a suspect is a person: it joins the worklist with the promise it was given, and owes its first mail.

    Also one that was confirmed as spam by mistake. Raises IllegalStep where it is not kept apart.
    """
    _judge(consultation_request, [Quarantine.HELD, Quarantine.SPAM], Quarantine.RELEASED)
    consultation_request.record(Event.Kind.RELEASED, Event.Actor.STAFF, staff=staff)
    owe_first_mail(consultation_request)
    if consultation_request.urgent_at:
        tell_clinicians(consultation_request, OutboxMail.Kind.URGENT)


@transaction.atomic
def confirm_spam(consultation_request, staff):
    """Say that a suspect is spam: it stays apart until its time to be purged comes. Raises IllegalStep."""
    _judge(consultation_request, [Quarantine.HELD], Quarantine.SPAM)
    consultation_request.record(Event.Kind.SPAM, Event.Actor.STAFF, staff=staff)


@transaction.atomic
def make_new_link(consultation_request, staff):
    """Revoke the private link and send a new one: for a link that fell into other hands."""
    consultation_request.renew_link(Event.Actor.STAFF, staff)
    tell_patient(consultation_request, OutboxMail.Kind.LINK_AGAIN)


def _judge(consultation_request, expected, verdict):
    suspects = ConsultationRequest.objects.filter(pk=consultation_request.pk, quarantine__in=expected, redacted_at=None)
    if not suspects.update(quarantine=verdict):
        raise IllegalStep(_("This request is not kept apart any more. Nothing was changed."))
    consultation_request.quarantine = verdict
