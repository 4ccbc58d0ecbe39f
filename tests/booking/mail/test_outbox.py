from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from booking.mail.owing import owe, try_again
from booking.mail.sending import deliver
from booking.mail.troubles import trouble_of
from booking.models import OutboxMail
from booking.models.outbox import LEASE, PAUSES, Trouble
from booking.samples import fill
from tests.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


@pytest.fixture
def mail():
    return make_request().mails.get(kind=OutboxMail.Kind.RECEIVED)


def due():
    return list(OutboxMail.objects.due())


def test_a_request_by_email_owes_its_patient_and_the_desk_a_mail():
    assert set(make_request().mails.values_list("kind", flat=True)) == {"received", "tell-the-desk"}


def test_a_request_by_telephone_owes_only_the_desk_a_mail():
    consultation_request = make_request(contact_by="phone", phone="+15865550199", email="")
    assert list(consultation_request.mails.values_list("kind", flat=True)) == ["tell-the-desk"]


def test_an_invented_request_owes_no_mail():
    assert [sample.mails.count() for sample in fill(3)] == [0, 0, 0]


def keep(mail, **fields):
    """Write columns as they are, and read the mail anew."""
    OutboxMail.objects.filter(pk=mail.pk).update(**fields)
    return fresh(mail)


def fresh(mail):
    return OutboxMail.objects.get(pk=mail.pk)


NOW = datetime(2027, 3, 15, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("fields", "is_due"),
    [
        ({"due_at": NOW}, True),
        ({"due_at": NOW + SECOND}, False),
        ({"leased_until": NOW}, True),
        ({"leased_until": NOW + SECOND}, False),
        ({"attempts": len(PAUSES)}, True),
        ({"attempts": len(PAUSES) + 1}, True),
        ({"given_up_at": NOW}, False),
        ({"sent_at": NOW}, False),
        ({"dropped_at": NOW}, False),
    ],
)
def test_mail_is_due_from_its_moment_on_while_nobody_has_it_and_it_has_not_ended(mail, fields, is_due):
    mail = keep(mail, **({"due_at": NOW - SECOND} | fields))
    assert (mail in OutboxMail.objects.due(NOW)) is is_due
    with time_machine.travel(NOW, tick=False):
        assert (mail in OutboxMail.objects.due()) is is_due
        assert (OutboxMail.objects.lease(mail.pk) == mail) is is_due


@pytest.mark.parametrize(
    ("fields", "has_failed", "fate"),
    [
        ({}, False, "waiting"),
        ({"attempts": 1}, False, "not sent yet, tried 1 times"),
        ({"attempts": len(PAUSES)}, False, "not sent yet, tried 9 times"),
        ({"given_up_at": NOW}, True, "failed ten times: a person has to look"),
        ({"given_up_at": NOW, "trouble": "no-such-address"}, True, "not taken: the address does not exist"),
        ({"given_up_at": NOW, "sent_at": NOW}, False, "sent"),
        ({"given_up_at": NOW, "dropped_at": NOW}, False, "not sent: overtaken"),
    ],
)
@pytest.mark.timeless
def test_what_became_of_mail_is_told_and_what_failed_is_found(mail, fields, has_failed, fate):
    mail = keep(mail, **fields)
    assert (mail.has_failed, str(mail.fate)) == (has_failed, fate)
    assert (mail in OutboxMail.objects.failed()) is has_failed


def test_a_lease_counts_a_try_and_lasts_two_minutes(mail):
    with time_machine.travel(NOW, tick=False):
        keep(mail, due_at=NOW, attempts=3)
        leased = OutboxMail.objects.lease(mail.pk)
    assert (leased.attempts, leased.leased_until) == (4, NOW + timedelta(minutes=2))
    assert [other.attempts for other in OutboxMail.objects.exclude(pk=mail.pk)] == [0]


def test_the_end_of_a_mail_is_kept_and_its_lease_given_back(mail):
    other = mail.request.mails.exclude(pk=mail.pk).get()
    for one in (mail, other):
        keep(one, leased_until=NOW, trouble="ours")
    with time_machine.travel(NOW, tick=False):
        fresh(mail).mark_sent(), fresh(other).mark_dropped()
    assert (fresh(mail).sent_at, fresh(mail).leased_until, fresh(mail).trouble) == (NOW, None, "")
    assert (fresh(other).dropped_at, fresh(other).leased_until, fresh(other).sent_at) == (NOW, None, None)


def test_mail_that_is_put_off_counts_no_try(mail):
    keep(mail, attempts=3, leased_until=NOW).postpone(NOW + timedelta(hours=8))
    mail = fresh(mail)
    assert (mail.attempts, mail.due_at, mail.leased_until) == (2, NOW + timedelta(hours=8), None)


def test_mail_that_is_tried_again_has_ten_more_tries(mail, django_capture_on_commit_callbacks):
    keep(mail, attempts=len(PAUSES) + 1, leased_until=NOW, given_up_at=NOW)
    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks() as carried:
        try_again(fresh(mail))
    mail = fresh(mail)
    assert (mail.attempts, mail.due_at, mail.leased_until, mail.given_up_at, len(carried)) == (0, NOW, None, None, 1)


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 30), (7, 60), (8, 60), (9, 90)]
)
def test_the_pause_until_the_next_try_grows(mail, tries, minutes):
    with time_machine.travel(NOW, tick=False):
        keep(mail, attempts=tries, leased_until=NOW).record_trouble(Trouble.NOT_REACHED)
    mail = fresh(mail)
    assert (mail.due_at, mail.leased_until, mail.attempts) == (NOW + timedelta(minutes=minutes), None, tries)


def test_mail_without_a_rest_is_carried_when_its_cause_is_committed_and_mail_that_rests_by_the_worker(
    mail, django_capture_on_commit_callbacks, settings
):
    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks() as carried:
        at_once = owe("answered", mail.request)
        rests = owe("closed", mail.request, rests=timedelta(minutes=1))
    assert [(fresh(each).due_at, fresh(each).kind) for each in (at_once, rests)] == [
        (NOW, "answered"),
        (NOW + timedelta(minutes=1), "closed"),
    ]
    assert len(carried) == 1
    assert at_once.message_id != rests.message_id


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
@pytest.mark.timeless
def test_mail_for_the_desk_is_told_apart(mail, kind):
    mail.kind = kind
    assert mail.is_to_the_desk is (kind in ("tell-the-desk", "news-for-the-desk"))


@pytest.mark.parametrize(
    ("kind", "state", "is_overtaken"),
    [
        ("in-conversation", "in-conversation", False),
        ("in-conversation", "closed", True),
        ("offered", "offered", False),
        ("offered", "in-conversation", True),
        ("booked", "booked", False),
        ("booked", "in-conversation", True),
        ("missed", "missed", False),
        ("missed", "booked", True),
        ("withdrawn", "withdrawn", False),
        ("withdrawn", "received", True),
        ("declined", "declined", False),
        ("declined", "received", True),
        ("unreachable", "unreachable", False),
        ("unreachable", "booked", True),
        ("closed", "closed", False),
        ("closed", "received", True),
        ("moved", "booked", False),
        ("moved", "in-conversation", True),
        ("cancelled", "in-conversation", False),
        ("cancelled", "booked", False),
        ("answered", "closed", False),
        ("link-again", "booked", False),
    ],
)
@pytest.mark.timeless
def test_mail_about_a_state_is_overtaken_by_another_and_other_mail_is_not(mail, kind, state, is_overtaken):
    mail.kind, mail.request.state = kind, state
    assert mail.is_overtaken is is_overtaken


def test_leased_mail_is_given_to_one_worker_only(mail):
    first, second = OutboxMail.objects.lease(mail.pk), OutboxMail.objects.lease(mail.pk)
    assert (first, second) == (mail, None)
    assert mail not in due()


def test_a_lease_that_ran_out_gives_the_mail_back(mail):
    OutboxMail.objects.lease(mail.pk)
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert mail in due()
        assert OutboxMail.objects.lease(mail.pk).attempts == 2


@pytest.mark.parametrize("end", ["mark_sent", "mark_dropped"])
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
            leased.record_trouble(Trouble.NOT_REACHED)
            leased.refresh_from_db()
            clock.move_to(leased.due_at)
    assert len(waited) == len(PAUSES) + 1 == 10
    assert waited[-1] == timedelta(minutes=270)
    assert list(OutboxMail.objects.failed()) == [mail]


def test_trouble_is_kept_by_its_kind_alone_for_its_text_can_hold_an_address(mail):
    leased = OutboxMail.objects.lease(mail.pk)
    leased.record_trouble(trouble_of(OSError("amira@patient.example refused")))
    mail.refresh_from_db()
    assert mail.trouble == "ours"


def failed_mail():
    mail = make_request().mails.get(kind=OutboxMail.Kind.RECEIVED)
    OutboxMail.objects.filter(pk=mail.pk).update(
        attempts=len(PAUSES) + 1, given_up_at=timezone.now(), trouble=Trouble.NOT_REACHED
    )
    return OutboxMail.objects.get(pk=mail.pk)


def test_mail_that_rests_is_due_after_its_rest_and_not_before():
    mail = owe("closed", make_request(), rests=timedelta(minutes=1))
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
    mail.mark_sent()
    response = as_staff("frontdesk").post("/admin/booking/outboxmail/try-again/", {"mail": mail.pk})
    assert (response.status_code, OutboxMail.objects.get(pk=mail.pk).sent_at is not None) == (404, True)


@pytest.mark.parametrize("overtake", ["moved on", "redacted", "spam"])
def test_overtaken_mail_is_dropped_and_says_so(overtake):
    consultation_request = make_request()
    consultation_request.move_to("closed", "system")
    mail = owe("closed", consultation_request)
    change = {
        "moved on": {"state": "in-conversation"},
        "redacted": {"redacted_at": timezone.now(), "name": "", "email": "", "phone": "", "token_digest": None},
        "spam": {"quarantine": "spam"},
    }[overtake]
    type(consultation_request).objects.filter(pk=consultation_request.pk).update(**change)
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.sent_at, str(mail.fate)) == (None, "not sent: overtaken")
