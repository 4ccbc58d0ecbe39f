"""Sends the mail of the outbox: at least once, never by two workers at a time."""

import logging

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from booking.models import OutboxMail
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
    try:
        message_for(mail).send()
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the mail stays owed
        mail.note_trouble(error)
        logger.warning("Mail %s not sent (%s), try %s.", mail.pk, type(error).__name__, mail.attempts)
    else:
        mail.note_sent()


def message_for(mail):
    """The message as it leaves now: a reference and a link, nothing that the patient wrote."""
    clinic = Clinic.profile()
    request = mail.request
    to_desk = mail.kind == OutboxMail.Kind.TELL_THE_DESK
    text = render_to_string(f"mail/{mail.kind}.txt", {"request": request, "clinic": clinic})
    subject, _blank, body = text.partition("\n\n")
    return EmailMessage(
        subject.strip(),
        body,
        from_email=f'"{clinic.name}" <{clinic.desk_email}>',
        to=[clinic.desk_email if to_desk else request.email],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
