"""Owing mail to a patient or to the desk. Invented requests owe none."""

from django.utils import timezone

from booking.models import OutboxMail


def tell_patient(consultation_request, kind, **options):
    """Owe the patient a mail, if she gave an address."""
    if consultation_request.email and not consultation_request.is_sample:
        OutboxMail.owe(kind, consultation_request, **options)


def take_back_news(consultation_request, *kinds):
    """Mail about what was undone or overtaken is dropped at once: the same may come to be true again."""
    waiting = consultation_request.mails.waiting().filter(kind__in=kinds)
    waiting.update(dropped_at=timezone.now(), leased_until=None)


def tell_desk(consultation_request, kind):
    """Owe the desk a notice, which names the request by its reference alone."""
    if not consultation_request.is_sample:
        OutboxMail.owe(kind, consultation_request)
