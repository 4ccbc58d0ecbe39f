from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from booking.models import OutboxMail
from booking.models.outbox import LEASE, PAUSES
from booking.samples import fill
from booking.sending import deliver
from tests.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail():
    return make_request().mails.get(kind=OutboxMail.Kind.RECEIVED)


def due():
    return list(OutboxMail.objects.due())


def test_a_request_by_email_owes_its_patient_and_the_desk_a_mail():
    assert set(make_request().mails.values_list("kind", flat=True)) == {"received", "tell-the-desk"}


def test_a_request_by_telephone_owes_only_the_desk_a_mail():
    asked = make_request(contact_by="phone", phone="+15865550199", email="")
    assert list(asked.mails.values_list("kind", flat=True)) == ["tell-the-desk"]


def test_an_invented_request_owes_no_mail():
    assert [sample.mails.count() for sample in fill(3)] == [0, 0, 0]


def test_leased_mail_is_given_to_one_worker_only(mail):
    first, second = OutboxMail.objects.lease(mail.pk), OutboxMail.objects.lease(mail.pk)
    assert (first, second) == (mail, None)
    assert mail not in due()


def test_a_lease_that_ran_out_gives_the_mail_back(mail):
    OutboxMail.objects.lease(mail.pk)
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert mail in due()
        assert OutboxMail.objects.lease(mail.pk).attempts == 2


@pytest.mark.parametrize("end", ["note_sent", "note_dropped"])
def test_mail_that_has_come_to_an_end_is_never_sent_again(mail, end):
    getattr(OutboxMail.objects.lease(mail.pk), end)()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert mail not in due()
        assert OutboxMail.objects.lease(mail.pk) is None


def test_ten_tries_are_spread_over_four_and_a_half_hours_and_then_a_person_looks(mail):
    begin = moment = timezone.now()
    waited = []
    with time_machine.travel(moment, tick=False) as clock:
        while leased := OutboxMail.objects.lease(mail.pk):
            waited.append(timezone.now() - begin)
            leased.note_trouble(ConnectionRefusedError())
            leased.refresh_from_db()
            clock.move_to(leased.due_at)
    assert len(waited) == len(PAUSES) + 1 == 10
    assert waited[-1] == timedelta(minutes=270)
    assert list(OutboxMail.objects.failed()) == [mail]


def test_trouble_is_kept_by_its_kind_alone_for_its_text_can_hold_an_address(mail):
    leased = OutboxMail.objects.lease(mail.pk)
    leased.note_trouble(OSError("amira@patient.example refused"))
    mail.refresh_from_db()
    assert mail.trouble == "OSError"


def failed_mail():
    mail = make_request().mails.get(kind=OutboxMail.Kind.RECEIVED)
    OutboxMail.objects.filter(pk=mail.pk).update(attempts=len(PAUSES) + 1, trouble="SMTPServerDisconnected")
    return OutboxMail.objects.get(pk=mail.pk)


def test_mail_that_rests_is_due_after_its_rest_and_not_before():
    mail = OutboxMail.owe("closed", make_request(), rests=timedelta(minutes=1))
    assert mail not in due()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert mail in due()


@pytest.mark.parametrize("role", ["frontdesk", "manager"])
def test_failed_mail_is_a_red_line_on_the_desks_home(as_staff, role):
    client = as_staff(role)
    assert "could not be sent" not in client.get("/admin/").text
    failed_mail()
    assert "1 mail could not be sent." in client.get("/admin/").text


def test_marketing_sees_no_line_about_mail(as_staff):
    failed_mail()
    assert "could not be sent" not in as_staff("marketing").get("/admin/").text


@pytest.mark.parametrize("one", [True, False])
def test_failed_mail_is_tried_again_by_one_click(as_staff, one):
    mail, other = failed_mail(), failed_mail()
    as_staff("frontdesk").post("/admin/booking/outboxmail/try-again/", {"mail": mail.pk} if one else {})
    assert (mail in due(), other in due()) == (True, not one)
    assert OutboxMail.objects.get(pk=mail.pk).message_id == mail.message_id


@pytest.mark.parametrize(("role", "method", "status"), [("frontdesk", "get", 405), ("marketing", "post", 403)])
def test_nobody_else_and_no_link_tries_mail_again(as_staff, role, method, status):
    mail = failed_mail()
    assert getattr(as_staff(role), method)("/admin/booking/outboxmail/try-again/").status_code == status
    assert mail not in due()


def test_mail_that_was_sent_is_not_tried_again(as_staff):
    mail = make_request().mails.first()
    mail.note_sent()
    response = as_staff("frontdesk").post("/admin/booking/outboxmail/try-again/", {"mail": mail.pk})
    assert (response.status_code, OutboxMail.objects.get(pk=mail.pk).sent_at is not None) == (404, True)


@pytest.mark.parametrize("overtake", ["moved on", "redacted", "spam"])
def test_overtaken_mail_is_dropped_and_says_so(overtake):
    asked = make_request()
    asked.move_to("closed", "system")
    mail = OutboxMail.owe("closed", asked)
    change = {
        "moved on": {"state": "in-conversation"},
        "redacted": {"redacted_at": timezone.now(), "name": "", "email": "", "phone": "", "token_digest": None},
        "spam": {"quarantine": "spam"},
    }[overtake]
    type(asked).objects.filter(pk=asked.pk).update(**change)
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.sent_at, str(mail.fate)) == (None, "not sent: overtaken")
