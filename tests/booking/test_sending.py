"""Mail to a real server on loopback: down, back, refusing."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from booking.models import Event, OutboxMail
from booking.sending import deliver
from booking.tasks import sweep
from tests.factories import form_data, make_request

pytestmark = pytest.mark.django_db


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
    assert [mail.trouble for mail in OutboxMail.objects.all()] == ["ConnectionRefusedError"] * 2
    mail_server.start()
    for minutes in (1, 2, 10, 300):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            sweep()
    assert arrived(mail_server) == ["amira@patient.example", "desk@clinic.example"]


def test_the_mail_of_a_refusing_server_waits_and_arrives(mail_server):
    mail_server.start()
    mail_server.box.refusal = "451 Come back later"
    mail = make_request().mails.get(kind="received")
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.trouble, mail.sent_at) == ("SMTPDataError", None)
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


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_mail_holds_a_reference_and_a_link_and_nothing_that_the_patient_wrote(mail_server, kind):
    mail_server.start()
    asked = make_request(concern="canary of concern", safety={"pregnancy": "yes"}, name="Canary Haddad")
    if state := next((state for state, of_kind in OutboxMail.ABOUT_A_STATE.items() if of_kind == kind), None):
        asked.move_to(state, Event.Actor.STAFF)
    mail = OutboxMail.owe(kind, asked)
    deliver(mail.pk)
    message = mail_server.box.messages[0]
    text = message["Subject"] + both_forms(message)
    assert asked.reference in message["Subject"]
    assert not any(private in text.casefold() for private in ("canary", "pregnan", "scar"))


def test_the_patients_mail_tells_the_promise_and_the_private_link(mail_server):
    mail_server.start()
    asked = make_request()
    deliver(asked.mails.get(kind="received").pk)
    text = both_forms(mail_server.box.messages[0])
    assert "We will answer by" in text and asked.private_url in text


def test_the_desks_mail_does_not_open_the_private_page(mail_server):
    mail_server.start()
    asked = make_request()
    deliver(asked.mails.get(kind="tell-the-desk").pk)
    text = both_forms(mail_server.box.messages[0])
    assert asked.token not in text and asked.email not in text and asked.desk_url in text
