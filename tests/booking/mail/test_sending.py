"""Mail to a real server on loopback: down, back, refusing."""

from datetime import datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from huey.consumer import Worker
from huey.contrib.djhuey import HUEY

from booking.mail.owing import owe
from booking.mail.sending import deliver, send_mail
from booking.models import OutboxMail
from booking.models.outbox import LEASE, PAUSES
from booking.tasks import sweep
from clinic_site.environment import Environment
from clinic_site.models import Clinic
from tests.booking.situations import bring_about
from tests.factories import form_data, make_request

pytestmark = pytest.mark.django_db

DESK = "desk@clinic.example"
NOON = datetime(2027, 3, 15, 12, tzinfo=ZoneInfo("America/Detroit"))


def both_forms(message):
    """The plain and the HTML form of a mail, as a reader sees them."""
    return "".join(part.get_payload(decode=True).decode() for part in message.walk() if not part.is_multipart())


def arrived(server):
    return sorted(message["To"] for message in server.box.messages)


def test_a_request_sent_while_the_mail_server_is_down_is_kept_and_its_mail_arrives_once(
    client, mail_server, at_once, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/consultation/", form_data()).status_code == 303
    assert [mail.trouble for mail in OutboxMail.objects.all()] == ["not-reached"] * 2
    mail_server.start()
    for minutes in (1, 2, 10, 300):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            sweep()
    assert arrived(mail_server) == ["amira@patient.example", "desk@clinic.example"]


def test_mail_that_was_queued_under_the_old_name_of_its_task_is_sent_by_the_sweep(mail_server, request):
    """As an update leaves it: queued by `booking.tasks`, met by a worker whose task is in `booking.mail.sending`."""
    mail_server.start()
    mail = make_request(contact_by="phone", phone="+15865550199", email="").mails.get()
    queued = HUEY._registry.create_message(send_mail.s(mail.pk))
    HUEY.flush()
    HUEY.storage.enqueue(HUEY.serializer.serialize(queued._replace(name="booking.tasks.send_mail")))
    Worker(HUEY, Event(), default_delay=0.01, max_delay=0.01, backoff=1).loop()
    assert (HUEY.pending_count(), arrived(mail_server)) == (0, [])
    request.getfixturevalue("at_once")
    sweep()
    assert arrived(mail_server) == [DESK]


def test_the_mail_of_a_refusing_server_waits_and_arrives(mail_server):
    mail_server.start()
    mail_server.box.refusal = "451 Come back later"
    mail = make_request().mails.get(kind="received")
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.trouble, mail.sent_at) == ("not-now", None)
    mail_server.box.refusal = ""
    with time_machine.travel(mail.due_at):
        deliver(mail.pk)
    assert arrived(mail_server) == ["amira@patient.example"]


def test_a_mail_that_is_sent_is_not_sent_again(mail_server):
    mail_server.start()
    mail = make_request().mails.get(kind="received")
    deliver(mail.pk)
    deliver(mail.pk)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        deliver(mail.pk)
    assert arrived(mail_server) == ["amira@patient.example"]


def test_each_try_carries_the_same_message_id(mail_server):
    mail_server.start()
    mail = make_request().mails.get(kind="received")
    deliver(mail.pk)
    OutboxMail.objects.update(sent_at=None)  # as after a worker that was killed before it could say 'sent'
    deliver(mail.pk)
    assert [message["Message-ID"] for message in mail_server.box.messages] == [mail.message_id] * 2


def test_mail_asks_other_programs_not_to_answer_it(mail_server):
    mail_server.start()
    for mail in make_request().mails.all():
        deliver(mail.pk)
    assert [message["Auto-Submitted"] for message in mail_server.box.messages] == ["auto-generated"] * 2


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_mail_holds_a_reference_and_a_link_and_nothing_that_the_patient_wrote(mail_server, kind, time_machine):
    time_machine.move_to(NOON)
    mail_server.start()
    consultation_request = make_request(concern="canary of concern", safety={"pregnancy": "yes"}, name="Canary Haddad")
    mail = owe(kind, bring_about(kind, consultation_request))
    deliver(mail.pk)
    message = mail_server.box.messages[0]
    text = message["Subject"] + both_forms(message)
    assert consultation_request.reference in message["Subject"]
    assert not any(private in text.casefold() for private in ("canary", "pregnan", "scar"))


def test_the_patients_mail_tells_the_promise_and_the_private_link(mail_server):
    mail_server.start()
    consultation_request = make_request()
    deliver(consultation_request.mails.get(kind="received").pk)
    text = both_forms(mail_server.box.messages[0])
    assert "We will answer by" in text and consultation_request.private_url in text


@pytest.mark.parametrize("kind", ["received", "booked", "old-address"])
def test_what_a_patient_answers_to_a_mail_reaches_the_desk(mail_server, kind, time_machine):
    time_machine.move_to(NOON)
    mail_server.start()
    deliver(owe(kind, bring_about(kind, make_request())).pk)
    clinic = Clinic.profile()
    assert mail_server.box.messages[0]["Reply-To"] == f"{clinic.name} <{clinic.desk_email}>"


def test_the_desks_mail_does_not_open_the_private_page(mail_server):
    mail_server.start()
    consultation_request = make_request()
    deliver(consultation_request.mails.get(kind="tell-the-desk").pk)
    text = both_forms(mail_server.box.messages[0])
    assert (
        consultation_request.token not in text
        and consultation_request.email not in text
        and consultation_request.desk_url in text
    )


@pytest.mark.parametrize("refusal", ["451 try later", "452 no"])
@pytest.mark.parametrize("times", [1, 3])
def test_mail_that_was_refused_arrives_once_when_it_is_taken(mail_server, time_machine, refusal, times):
    mail_server.start()
    consultation_request = make_request()
    mail_server.box.refusal = refusal
    for _try in range(times):
        sweep_now(time_machine)
    mail_server.box.refusal = ""
    sweep_now(time_machine)
    sweep_now(time_machine)
    assert arrived(mail_server) == sorted([consultation_request.email, DESK])


def test_a_mail_server_that_hangs_up_before_it_took_the_mail_gets_it_again(mail_server, time_machine):
    mail_server.start()
    consultation_request = make_request()
    mail_server.box.drops = "before"
    sweep_now(time_machine)
    assert arrived(mail_server) == []
    mail_server.box.drops = ""
    sweep_now(time_machine)
    assert arrived(mail_server) == sorted([consultation_request.email, DESK])


def test_a_mail_server_that_hangs_up_after_it_took_a_mail_gets_one_double_of_it(mail_server, time_machine):
    mail_server.start()
    make_request(contact_by="phone", phone="+15865550199", email="")
    mail_server.box.drops = "after"
    sweep_now(time_machine)
    mail_server.box.drops = ""
    sweep_now(time_machine)
    sweep_now(time_machine)
    numbers = [message["Message-ID"] for message in mail_server.box.messages]
    assert len(numbers) == 2 and len(set(numbers)) == 1


def test_a_slow_mail_server_is_given_up_before_the_lease_ends(mail_server, settings, time_machine):
    settings.EMAIL_TIMEOUT = 1
    mail_server.start()
    mail_server.box.slow = 3
    make_request(contact_by="phone", phone="+15865550199", email="")
    sweep_now(time_machine)
    mail = OutboxMail.objects.get()
    assert (mail.sent_at, mail.trouble) == (None, "not-reached")
    mail_server.box.slow = 0
    sweep_now(time_machine)
    assert OutboxMail.objects.get().sent_at is not None


def test_one_try_takes_less_time_than_a_lease(tmp_path):
    shipped = Environment({"EMAIL_URL": "smtp://localhost:25"}, default_data_dir=tmp_path).mail()
    assert 0 < shipped["EMAIL_TIMEOUT"] < LEASE.total_seconds() / 2


def test_mail_waits_for_an_hour_without_a_server(mail_server, time_machine):
    consultation_request = make_request()
    for _try in range(6):
        sweep_now(time_machine)
    mail_server.start()
    sweep_now(time_machine)
    assert arrived(mail_server) == sorted([consultation_request.email, DESK])


def test_mail_without_any_server_ends_with_a_person_who_looks(mail_server, time_machine, as_staff):
    make_request(contact_by="phone", phone="+15865550199", email="")
    for _try in range(len(PAUSES) + 3):
        sweep_now(time_machine)
    mail = OutboxMail.objects.get()
    assert (mail.attempts, list(OutboxMail.objects.failed())) == (10, [mail])
    client = as_staff("frontdesk")
    assert "1 mail could not be sent." in client.get("/admin/").text
    mail_server.start()
    client.post("/admin/booking/outboxmail/try-again/")
    sweep_now(time_machine)
    assert [message["Message-ID"] for message in mail_server.box.messages] == [mail.message_id]


def sweep_now(time_machine):
    """Let an hour and a half pass, longer than any pause, and send what is due then."""
    time_machine.move_to(timezone.now() + timedelta(minutes=91))
    for pk in OutboxMail.objects.due().values_list("pk", flat=True):
        deliver(pk)
