"""What joins several records: keeping a request, and answering a look-up."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.models import ConsultationRequest, Event, LinkLookup, OutboxMail
from booking.models.request import new_reference
from clinic_site.hours import reply_by

REFERENCE_TRIES = 5  # two requests with the same six random letters are rare, and never a reason to lose one


def submit(consultation_request):
    """
    Keep a patient's request with its timeline and the mail that it owes, all or nothing.

    Returns the request that is kept: the same form sent twice gives the first one.
    """
    for tries_left in reversed(range(REFERENCE_TRIES)):
        try:
            return _keep(consultation_request)
        except IntegrityError:
            kept = ConsultationRequest.objects.filter(form_key=consultation_request.form_key).first()
            if kept:
                return kept
            if not tries_left:
                raise
            consultation_request.pk, consultation_request.reference = None, new_reference()


@transaction.atomic
def _keep(consultation_request):
    now = timezone.now()
    consultation_request.received_at = consultation_request.consented_at = now
    consultation_request.reply_by = reply_by(now)
    consultation_request.save(force_insert=True)
    consultation_request.note_token()
    consultation_request.record(Event.Kind.RECEIVED, Event.Actor.PATIENT)
    if not consultation_request.is_sample:
        _owe_first_mail(consultation_request)
    return consultation_request


def _owe_first_mail(consultation_request):
    if consultation_request.email:
        OutboxMail.owe(OutboxMail.Kind.RECEIVED, consultation_request)
    OutboxMail.owe(OutboxMail.Kind.TELL_THE_DESK, consultation_request)


@transaction.atomic
def answer_lookup(lookup):
    """Owe a fresh mail with the link for each open request of that address, and forget that it was asked."""
    for found in ConsultationRequest.objects.open().filter(email__iexact=lookup.email):
        found.record(Event.Kind.LINK_SENT_AGAIN, Event.Actor.PATIENT)
        OutboxMail.owe(OutboxMail.Kind.LINK_AGAIN, found)
    LinkLookup.objects.filter(pk=lookup.pk).delete()
