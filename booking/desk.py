"""What the front desk does with a request that joins several records. Admin and commands call these."""

from django.db import transaction
from django.utils.translation import gettext as _

from booking.models import ConsultationRequest, Event, OutboxMail, Quarantine
from booking.notices import take_back_news, tell_patient
from booking.services import owe_a_word, owe_first_mail
from booking.states import UNDO_BY_STAFF, IllegalStep, State
from booking.times import free_times_of


@transaction.atomic
def take_step(consultation_request, state, staff, note=""):
    """
    Take a step by hand; times that were held or booked are free again. The mail that tells the patient rests one
    minute, so that the click can be undone.

    Raises IllegalStep, and changes nothing, where the step is not one from here.
    """
    consultation_request.move_to(state, Event.Actor.STAFF, staff=staff, reason=note)
    free_times_of(consultation_request)
    if kind := OutboxMail.ABOUT_A_STATE.get(state):
        tell_patient(consultation_request, kind, rests=UNDO_BY_STAFF)


@transaction.atomic
def undo_step(consultation_request, staff):
    """
    Take back this member's own last step, within a minute: its mail is dropped, times that it gave are free again.

    Back in the conversation a word is owed: whether one was owed before is no longer known. Raises IllegalStep.
    """
    undone = consultation_request.undo_step(Event.Actor.STAFF, staff=staff)
    free_times_of(consultation_request)
    take_back_news(consultation_request, undone.before)
    if undone.after == State.IN_CONVERSATION:
        owe_a_word(consultation_request)


@transaction.atomic
def answer(consultation_request, staff, words):
    """
    Answer on the private page. The mail says that there is an answer, never what it is.

    A request that still waited for its first answer is in conversation from then on.
    """
    if consultation_request.state == State.RECEIVED:
        consultation_request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff)
    consultation_request.record(Event.Kind.ANSWER, Event.Actor.STAFF, staff=staff, note=words)
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(owed_by=None)
    consultation_request.owed_by = None
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


@transaction.atomic
def confirm_spam(consultation_request, staff):
    """Say that a suspect is spam: it stays apart until its time to be purged comes. Raises IllegalStep."""
    _judge(consultation_request, [Quarantine.HELD], Quarantine.SPAM)
    consultation_request.record(Event.Kind.SPAM, Event.Actor.STAFF, staff=staff)


@transaction.atomic
def make_new_link(consultation_request, staff):
    """Revoke the private link and send a new one: for a link that fell into other hands."""
    consultation_request.token_generation += 1
    consultation_request.save(update_fields=["token_generation"])
    consultation_request.note_token()
    consultation_request.record(Event.Kind.NEW_LINK, Event.Actor.STAFF, staff=staff)
    tell_patient(consultation_request, OutboxMail.Kind.LINK_AGAIN)


def _judge(consultation_request, expected, verdict):
    suspects = ConsultationRequest.objects.filter(pk=consultation_request.pk, quarantine__in=expected, redacted_at=None)
    if not suspects.update(quarantine=verdict):
        raise IllegalStep(_("This request is not kept apart any more. Nothing was changed."))
    consultation_request.quarantine = verdict
