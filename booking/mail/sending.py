"""Sends the mail of the outbox: at least once, never by two workers at a time."""

import logging
from email import charset
from email.mime.text import MIMEText
from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from huey.contrib.djhuey import db_task

from booking.mail.calendar_files import consultation_file, method_of
from booking.mail.calling import call_after
from booking.mail.quiet_hours import is_night, next_morning
from booking.mail.rendering import render_mail
from booking.mail.troubles import trouble_of
from booking.models import ConsultationRequest, Event, OutboxMail
from booking.models.outbox import Trouble
from clinic_site.models import Clinic
from clinic_site.staff.roles import Role, addresses_of

logger = logging.getLogger(__name__)

# UTF-8 written in seven bits: not every mail server on the way takes eight (RFC 6152).
SEVEN_BIT = charset.Charset("utf-8")
SEVEN_BIT.body_encoding = charset.QP


@db_task()
def send_mail(pk):
    """Have the worker send one mail."""
    deliver(pk)


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
        mail.mark_dropped()
        return
    if mail.kind == OutboxMail.Kind.REMINDER and is_night(timezone.now()):
        mail.postpone(next_morning(timezone.now()))
        return
    try:
        message_for(mail).send()
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the mail stays owed
        _not_sent(mail, trouble_of(error))
        logger.warning("Mail %s not sent (%s), try %s.", mail.pk, type(error).__name__, mail.attempts)
    else:
        mail.mark_sent()


@transaction.atomic
def _not_sent(mail, trouble):
    """Set the next try; what failed for good is told by voice, and an address that does not exist gets no more mail."""
    mail.record_trouble(trouble)
    if not mail.has_failed:
        return
    tried = mail.address
    mail.request.refresh_from_db(from_queryset=ConsultationRequest.objects.select_for_update())
    if trouble == Trouble.NO_SUCH_ADDRESS and mail.kind not in [*mail.TO_STAFF, mail.Kind.OLD_ADDRESS]:
        mail.request.refused_email = tried
        mail.request.save(update_fields=["refused_email"])
    call_after(mail)


def message_for(mail):
    """The message as it leaves now: a reference, a link and what is booked, nothing that the patient wrote."""
    clinic = Clinic.profile()
    if mail.request.link_is_lost:  # the mail could not be written; its link is the one that works from now on
        mail.request.renew_link(Event.Actor.SYSTEM)
    rendered = render_mail(mail.kind, mail.request, clinic)
    desk = formataddr((clinic.name, clinic.desk_email))
    message = EmailMultiAlternatives(
        rendered.subject,
        rendered.text,
        from_email=desk,
        to=_addresses_of(mail, clinic),
        reply_to=[desk],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.encoding = SEVEN_BIT
    message.attach_alternative(rendered.html, "text/html")
    if consultation := mail.consultation_attached:
        message.attach(_calendar_part(consultation))
    return message


def _addresses_of(mail, clinic):
    """To whom it goes; a question to the clinicians to the desk, where none of them has given an address."""
    if mail.is_to_clinicians:
        return addresses_of(Role.CLINICIAN) or [clinic.desk_email]
    return [clinic.desk_email if mail.is_to_the_desk else mail.address]


def _calendar_part(consultation):
    """The calendar file as a part that names its method, without which some calendars only show it (RFC 6047, 2.4)."""
    part = MIMEText(consultation_file(consultation).decode(), "calendar", "utf-8")
    part.set_param("method", method_of(consultation))
    part.add_header("Content-Disposition", "attachment", filename="consultation.ics")
    return part
