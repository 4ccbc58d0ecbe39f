"""Rounds in which work is killed ever later, and taken up again each time, until it ends by itself."""

from collections import Counter
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from booking.mail.sending import deliver
from booking.models import ConsultationRequest, Event, OutboxMail
from booking.models.outbox import LEASE
from tests.booking.killing import FINISHED, KILLED, run_and_kill
from tests.factories import form_data, make_request

STEPS_OF_KEEPING = (
    "booking/patient/request_views.py",
    "booking/services.py",
    "booking/models/consultation_requests.py",
    "booking/models/requests/private_link.py",
    "booking/models/requests/steps.py",
    "booking/models/outbox.py",
    "django/db/transaction.py",
)
STEPS_OF_SENDING = (
    "booking/mail/sending.py",
    "booking/models/outbox.py",
    "smtplib.py",
    "django/core/mail/backends/smtp.py",
)


def kill_while_keeping(at_lines, acknowledged):
    """
    Send a form, killed at these lines: the request is whole or not there at all, and can be sent again.

    `acknowledged` is a file that is there once the patient was answered. Returns how many rounds were killed before
    anything was kept and after, and the line at which it was over before the kill came.
    """

    ends = Counter()
    for lines in at_lines:
        answers = form_data(email=f"patient{lines}@patient.example")

        def send(answers=answers):
            response = Client().post("/consultation/", answers)
            acknowledged.write_text(f"{response.status_code} {response['Location']}")

        outcome = run_and_kill(send, lines, STEPS_OF_KEEPING)
        kept = ConsultationRequest.objects.filter(email=answers["email"])
        whole = (kept.count(), Event.objects.filter(request__in=kept).count(), owed(kept).count())
        assert whole in {(0, 0, 0), (1, 1, 2)}
        if acknowledged.exists():
            assert whole == (1, 1, 2)
            acknowledged.unlink()
        Client().post("/consultation/", answers)
        assert (kept.count(), owed(kept).count()) == (1, 2)
        assert outcome in (KILLED, FINISHED)
        if outcome == FINISHED:
            return ends, lines
        ends["kept" if whole[0] else "nothing"] += 1
    return ends, None


def kill_while_sending(at_lines, mail_server):
    """
    Send a mail, killed at these lines: once the lease is over it is sent, and at most doubled.

    Returns how many of the killed rounds brought the mail once, and twice.
    """
    ends = Counter()
    for lines in at_lines:
        mail = make_request(email=f"patient{lines}@patient.example").mails.get(kind="received")
        outcome = run_and_kill(lambda mail=mail: deliver(mail.pk), lines, STEPS_OF_SENDING)
        with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
            deliver(mail.pk)
        mail.refresh_from_db()
        arrived = [message["Message-ID"] for message in mail_server.box.messages if message["To"] == mail.request.email]
        assert mail.sent_at
        assert arrived in ([mail.message_id], [mail.message_id] * 2)
        assert outcome in (KILLED, FINISHED)
        if outcome == FINISHED:
            assert len(arrived) == 1
            break
        ends["once" if len(arrived) == 1 else "twice"] += 1
    return ends


def owed(requests):
    return OutboxMail.objects.filter(request__in=requests)
