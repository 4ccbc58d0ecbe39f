"""A process killed with -9 between any two steps loses no acknowledged request and no mail."""

from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from booking.models import ConsultationRequest, Event, OutboxMail
from booking.models.outbox import LEASE
from booking.sending import deliver
from tests.booking.killing import FAILED, FINISHED, run_and_kill
from tests.factories import form_data, make_request

pytestmark = [
    pytest.mark.usefixtures("committed"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child uses one thread only
]

STEPS_OF_KEEPING = (
    "booking/views.py",
    "booking/services.py",
    "booking/models/request.py",
    "booking/models/outbox.py",
    "django/db/transaction.py",
)
STEPS_OF_SENDING = ("booking/sending.py", "booking/models/outbox.py", "smtplib.py", "django/core/mail/backends/smtp.py")


def test_a_request_killed_at_any_step_is_kept_whole_or_not_at_all_and_can_be_sent_again(tmp_path):
    acknowledged = tmp_path / "acknowledged"
    outcomes = []
    for lines in count(0, step=3):
        acknowledged.unlink(missing_ok=True)
        answers = form_data(email=f"patient{lines}@patient.example")

        def send(answers=answers):
            response = Client().post("/consultation/", answers)
            acknowledged.write_text(f"{response.status_code} {response['Location']}")

        outcomes.append(run_and_kill(send, lines, STEPS_OF_KEEPING))
        kept = ConsultationRequest.objects.filter(email=answers["email"])
        whole = (kept.count(), Event.objects.filter(request__in=kept).count(), owed(kept).count())
        assert whole in {(0, 0, 0), (1, 1, 2)}
        if acknowledged.exists():
            assert whole == (1, 1, 2)
        Client().post("/consultation/", answers)
        assert (kept.count(), owed(kept).count()) == (1, 2)
        if outcomes[-1] == FINISHED:
            break
    assert FAILED not in outcomes
    assert len(outcomes) > 20


def test_a_worker_killed_at_any_step_of_sending_loses_no_mail_and_doubles_it_at_most_once(mail_server):
    mail_server.start()
    outcomes = []
    for lines in count(0, step=7):
        mail = make_request(email=f"patient{lines}@patient.example").mails.get(kind="received")
        outcomes.append(run_and_kill(lambda mail=mail: deliver(mail.pk), lines, STEPS_OF_SENDING))
        with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
            deliver(mail.pk)
        mail.refresh_from_db()
        arrived = [message["Message-ID"] for message in mail_server.box.messages if message["To"] == mail.request.email]
        assert mail.sent_at
        assert arrived in ([mail.message_id], [mail.message_id] * 2)
        if outcomes[-1] == FINISHED:
            assert len(arrived) == 1
            break
    assert FAILED not in outcomes
    assert len(outcomes) > 20


def owed(requests):
    return OutboxMail.objects.filter(request__in=requests)
