"""Sends the mail of the outbox: at least once, never by two workers at a time."""

import logging

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from booking.calendar_files import consultation_file
from booking.letters import write
from booking.models import OutboxMail
from booking.reminders import is_night, next_morning
from clinic_site.models import Clinic

logger = logging.getLogger(__name__)


def deliver(pk):
    """
    Send one mail, if it is due and nobody else is at it.

    It is marked as sent after the server took it: a worker killed between the two sends it once more, with the same
    Message-ID, and never loses it. Trouble of any kind sets the next try.
    """
    mail = OutboxMail.objects.lease(pk)
    if mail is None:
        return
    if mail.is_overtaken:
        mail.note_dropped()
        return
    if mail.kind == OutboxMail.Kind.REMINDER and is_night(timezone.now()):
        mail.rest_until(next_morning(timezone.now()))
        return
    try:
        message_for(mail).send()
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the mail stays owed
        mail.note_trouble(error)
        logger.warning("Mail %s not sent (%s), try %s.", mail.pk, type(error).__name__, mail.attempts)
    else:
        mail.note_sent()


def message_for(mail):
    """The message as it leaves now: a reference, a link and what is booked, nothing that the patient wrote."""
    clinic = Clinic.profile()
    written = write(mail.kind, mail.request, clinic)
    message = EmailMultiAlternatives(
        written.subject,
        written.text,
        from_email=f'"{clinic.name}" <{clinic.desk_email}>',
        to=[clinic.desk_email if mail.is_to_the_desk else mail.request.email],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(written.html, "text/html")
    if consultation := mail.consultation_attached:
        message.attach("consultation.ics", consultation_file(consultation), "text/calendar")
    return message
