"""What a patient does that joins several records: asking, adding, changing, taking back, looking a link up."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.consultations import stop_if_late, take_up_again
from booking.models import ConsultationRequest, Event, LinkLookup, OutboxMail, Quarantine
from booking.models.request import new_reference
from booking.notices import take_back_news, tell_desk, tell_patient
from booking.states import UNDO_WITHDRAWAL, IllegalStep, State
from booking.times import consultation_of, free_times_of, pick
from clinic_site.hours import reply_by

REFERENCE_TRIES = 5  # two requests with the same six random letters are rare, and never a reason to lose one


def submit(consultation_request, open_time=None, staff=None):
    """
    Keep a patient's request with its timeline and the mail that it owes, and the time that she picked; all or nothing.

    Returns the request that is kept: the same form sent twice gives the first one. With suspicions it is kept apart
    for the desk to look at, owes no mail until it is released, and gets no time. Raises TimeTaken where the picked time
    is free no longer; nothing is kept then, and the patient is asked for another. `staff` is who took it down from the
    telephone.
    """
    for tries_left in reversed(range(REFERENCE_TRIES)):
        try:
            return _keep(consultation_request, open_time, staff)
        except IntegrityError:
            kept = ConsultationRequest.objects.filter(form_key=consultation_request.form_key).first()
            if kept:
                return kept
            if not tries_left:
                raise
            consultation_request.pk, consultation_request.reference = None, new_reference()


@transaction.atomic
def _keep(consultation_request, open_time, staff):
    now = timezone.now()
    consultation_request.received_at = consultation_request.state_since = consultation_request.consented_at = now
    consultation_request.reply_by = consultation_request.owed_by = reply_by(now)
    consultation_request.quarantine = Quarantine.HELD if consultation_request.suspicions else Quarantine.NOT
    consultation_request.save(force_insert=True)
    consultation_request.note_token()
    taken_by = Event.Actor.STAFF if staff else Event.Actor.PATIENT
    consultation_request.record(Event.Kind.RECEIVED, taken_by, staff=staff)
    if consultation_request.suspicions:
        wished = _("Picked: %(time)s") % {"time": open_time} if open_time else ""
        consultation_request.record(Event.Kind.HELD, Event.Actor.SYSTEM, note=wished)
        return consultation_request
    if open_time:
        pick(consultation_request, open_time)
    owe_first_mail(consultation_request)
    return consultation_request


def owe_first_mail(consultation_request):
    """Tell patient and desk; a patient whose time was booked at once has been told of that instead."""
    if consultation_request.state == State.RECEIVED:
        tell_patient(consultation_request, OutboxMail.Kind.RECEIVED)
    tell_desk(consultation_request, OutboxMail.Kind.TELL_THE_DESK)


@transaction.atomic
def withdraw(consultation_request):
    """
    The patient takes her request back, and with it any times that it had.

    The mail that says so rests for as long as she can undo it. Raises IllegalStep where it cannot be taken back, or
    where what is booked is too near for that.
    """
    if consultation_request.state == State.BOOKED:
        stop_if_late(consultation_of(consultation_request))
    consultation_request.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    free_times_of(consultation_request)
    tell_patient(consultation_request, OutboxMail.Kind.WITHDRAWN, rests=UNDO_WITHDRAWAL)


@transaction.atomic
def undo_withdrawal(consultation_request):
    """
    The patient takes back her withdrawal, within ten minutes. Raises IllegalStep where she cannot.

    Her consultation is booked again, if its time is still free; else what she waited for, a word or times, is the
    clinic's to give again.
    """
    if consultation_request.state != State.WITHDRAWN:
        raise IllegalStep(_("This request is not withdrawn. Nothing was changed."))
    step = consultation_request.undo_step(Event.Actor.PATIENT, within=UNDO_WITHDRAWAL)
    take_back_news(consultation_request, OutboxMail.Kind.WITHDRAWN)
    if not (step.before == State.BOOKED and take_up_again(consultation_request, Event.Actor.PATIENT)):
        consultation_request.owe_a_word()


@transaction.atomic
def add_words(consultation_request, words):
    """The patient adds to what she said; kept encrypted in the timeline, where the desk reads it."""
    consultation_request.record(Event.Kind.ADDED, Event.Actor.PATIENT, note=words)
    consultation_request.owe_a_word()
    if not consultation_request.is_quarantined:
        tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def change_contact(consultation_request):
    """Keep another way to reach the patient, as set on the request; the timeline says that it changed, not to what."""
    consultation_request.save(update_fields=["contact_by", "email", "phone", "may_leave_message"])
    consultation_request.record(Event.Kind.CONTACT, Event.Actor.PATIENT)
    if not consultation_request.is_quarantined:
        tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def answer_lookup(lookup):
    """Owe a fresh mail with the link for each open request of that address, and forget that it was asked."""
    for found in ConsultationRequest.objects.open().filter(email__iexact=lookup.email):
        found.record(Event.Kind.LINK_SENT_AGAIN, Event.Actor.PATIENT)
        OutboxMail.owe(OutboxMail.Kind.LINK_AGAIN, found)
    LinkLookup.objects.filter(pk=lookup.pk).delete()
