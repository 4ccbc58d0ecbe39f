"""How a person is reached, corrected on their page: told to the desk and to both addresses, kept encrypted beside."""

import json

import pytest
from django.core import mail as mailed
from django.db import connection

from booking.mail.sending import deliver
from booking.models import ConsultationRequest, OutboxMail
from booking.retention import redact
from booking.schedule.times import book
from booking.services import ChangedMeanwhile, correct_contact
from booking.states import IllegalStep, State
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

OLD, NEW = "amira@patient.example", "amira.h@patient.example"
PERSON = {
    "name": "Amira Haddad",
    "contact_by": "email",
    "email": OLD,
    "phone": "(586) 555-0199",
    "language": "en",
}


@pytest.fixture
def asked():
    return make_request(phone="+15865550199")


def correct(client, asked, **changed):
    return client.post(asked.private_url, {"contact": "1"} | PERSON | changed)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def lines(asked):
    return [line.note for line in asked.timeline.filter(kind="contact").order_by("pk")]


def mails(asked, kind):
    return list(fresh(asked).mails.filter(kind=kind))


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"name": "Amira  Hadad"}, "Name: Amira Hadad (before: Amira Haddad)"),
        ({"phone": "586 555 0142"}, "Phone: (586) 555-0142 (before: (586) 555-0199)"),
        ({"phone": "586 555 0199 ext. 4"}, "Phone: (586) 555-0199 ext. 4 (before: (586) 555-0199)"),
        ({"language": "ar"}, "Language: العربية (before: English)"),
        ({"interpreter": "on"}, "Interpreter: yes (before: none)"),
        ({"needs": ["wheelchair", "sight"]}, "Make ready for: wheelchair, sight (before: none)"),
        ({"may_leave_message": "on"}, "May leave a message: yes (before: none)"),
        ({"contact_by": "phone"}, "Answer by: Phone (before: Email)"),
    ],
)
def test_each_detail_can_be_corrected_and_the_desk_reads_what_it_was(client, asked, changed, line):
    assert correct(client, asked, **changed).status_code == 303
    assert lines(asked) == [line]
    assert len(mails(asked, "news-for-the-desk")) == 1
    assert not mails(asked, "new-address") and not mails(asked, "old-address")


def test_what_is_corrected_shows_on_the_page_and_on_the_desk(client, asked, as_staff):
    correct(client, asked, name="Amira Hadad", needs=["hearing"])
    assert "Amira Hadad" in client.get(asked.private_url).text
    page = as_staff("frontdesk").get(f"/admin/booking/consultationrequest/{asked.pk}/change/").text
    assert "Name: Amira Hadad (before: Amira Haddad)" in page and "Make ready for" in page


def test_a_correction_stands_encrypted_in_the_timeline(client, asked):
    correct(client, asked, email=NEW, needs=["hearing"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT note, was, times FROM booking_event WHERE kind = 'contact'")
        kept = json.dumps(cursor.fetchone(), default=str)
    assert not [word for word in (OLD, NEW, "hearing", "Email") if word in kept]


def test_what_changes_nothing_leaves_no_line_and_tells_nobody(client, asked):
    assert correct(client, asked).status_code == 303
    assert lines(asked) == [] and not mails(asked, "news-for-the-desk")


@pytest.mark.parametrize("field", ["name", "email", "phone", "language", "needs"])
def test_a_wrong_answer_is_refused_and_every_answer_stays(client, asked, field):
    wrong = {"name": "123", "email": "amira@", "phone": "12", "language": "xx", "needs": ["piano"]}
    sent = {"name": "Amira Hadad", "email": NEW, "interpreter": "on"} | {field: wrong[field]}
    answer = correct(client, asked, **sent)
    assert (answer.status_code, lines(asked), fresh(asked).name) == (422, [], "Amira Haddad")
    form = answer.context["forms"]["contact"]
    assert field in form.errors and {name: form[name].value() for name in sent} == sent | {"interpreter": True}
    assert 'class="change" open' in answer.text


class TestAnotherAddress:
    def test_is_told_to_both_and_the_link_goes_to_the_new_one_alone(self, client, asked):
        correct(client, asked, email=NEW)
        for kind in ("old-address", "new-address"):
            deliver(mails(asked, kind)[0].pk)
        to_old, to_new = mailed.outbox[-2:]
        assert (to_old.to, to_new.to) == ([OLD], [NEW])
        assert asked.token not in to_old.body + str(to_old.alternatives)
        assert fresh(asked).private_url in to_new.body

    def test_of_an_unknown_kind_of_letters_alone_tells_nobody(self, client, asked):
        correct(client, asked, email=OLD.upper())
        assert not mails(asked, "old-address") and not mails(asked, "new-address")

    def test_is_forgotten_by_the_outbox_once_its_mail_has_left(self, client, asked):
        correct(client, asked, email=NEW)
        mail = mails(asked, "old-address")[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT old_address FROM booking_outboxmail WHERE id = %s", [mail.pk])
            assert OLD not in cursor.fetchone()[0]
        assert mail.old_address == OLD
        deliver(mail.pk)
        assert fresh(mail).sent_at and fresh(mail).old_address is None

    def test_given_up_for_the_telephone_is_told_to_the_old_one(self, client, asked):
        correct(client, asked, contact_by="phone", email="")
        assert mails(asked, "old-address") and not mails(asked, "new-address")
        assert not asked.to_calls.open().exists()

    def test_where_there_was_none_is_told_to_the_new_one(self, client):
        asked = make_request(contact_by="phone", phone="+15865550199", email="")
        correct(client, asked, email=NEW)
        assert mails(asked, "new-address") and not mails(asked, "old-address")

    def test_given_twice_gets_one_mail_at_the_last_one(self, client, asked):
        OutboxMail.objects.all().delete()
        for address in (NEW, "amira.third@patient.example"):
            correct(client, asked, email=address)
        waiting = [mail for mail in mails(asked, "new-address") if not mail.dropped_at]
        assert [mail.address for mail in waiting] == ["amira.third@patient.example"]
        assert [mail.address for mail in mails(asked, "old-address")] == [OLD, NEW]

    def test_after_one_that_does_not_exist_is_not_told_there(self, client, asked):
        ConsultationRequest.objects.filter(pk=asked.pk).update(refused_email=OLD)
        correct(client, asked, email=NEW)
        assert not mails(asked, "old-address") and mails(asked, "new-address")

    def test_that_does_not_exist_is_told_by_telephone(self, client, asked, mail_server):
        mail_server.start()
        mail_server.box.dead = {NEW}
        correct(client, asked, email=NEW)
        deliver(mails(asked, "new-address")[0].pk)
        assert fresh(asked).refused_email == NEW
        assert asked.to_calls.open().get().kind == "new-address"

    def test_whose_old_one_is_dead_bothers_nobody(self, client, asked, mail_server):
        mail_server.start()
        mail_server.box.dead = {OLD}
        correct(client, asked, email=NEW)
        deliver(mails(asked, "old-address")[0].pk)
        assert fresh(asked).refused_email == "" and not asked.to_calls.open().exists()
        assert not OutboxMail.objects.to_look_after().exists()

    def test_goes_with_what_is_personal(self, client, asked):
        correct(client, asked, email=NEW)
        redact(fresh(asked))
        assert not asked.mails.filter(old_address__isnull=False).exists() and lines(asked) == [""]


class TestInTwoWindows:
    def test_the_second_is_shown_what_stands_and_keeps_its_answers(self, client, asked):
        seen = client.get(asked.private_url).context["forms"]["contact"]["seen"].value()
        correct(client, asked, email=NEW, seen=seen)
        answer = correct(client, asked, name="Amira Hadad", seen=seen)
        assert (answer.status_code, fresh(asked).email, fresh(asked).name) == (409, NEW, "Amira Haddad")
        assert "changed meanwhile" in answer.text and NEW in answer.text
        form = answer.context["forms"]["contact"]
        assert (form["name"].value(), form["email"].value()) == ("Amira Hadad", OLD)
        again = correct(client, asked, name="Amira Hadad", email=NEW, seen=form["seen"].value())
        assert (again.status_code, fresh(asked).email, fresh(asked).name) == (303, NEW, "Amira Hadad")

    def test_the_same_twice_is_one_correction(self, client, asked):
        seen = client.get(asked.private_url).context["forms"]["contact"]["seen"].value()
        assert [correct(client, asked, email=NEW, seen=seen).status_code for _time in range(2)] == [303, 303]
        assert len(lines(asked)) == 1 and len(mails(asked, "new-address")) == 1

    def test_what_the_desk_corrects_counts_as_well(self, asked):
        seen = asked.contact_version
        by_desk = fresh(asked)
        by_desk.phone = "+15865550142"
        correct_contact(by_desk, staff=make_staff("frontdesk"))
        late = fresh(asked)
        late.name = "Amira Hadad"
        with pytest.raises(ChangedMeanwhile):
            correct_contact(late, seen=seen)


def test_what_the_desk_corrects_is_recorded_as_theirs_and_told_to_no_desk(asked):
    dana = make_staff("frontdesk")
    asked.email = NEW
    correct_contact(asked, staff=dana)
    line = asked.timeline.get(kind="contact")
    assert (line.actor, line.staff) == ("staff", dana)
    assert not mails(asked, "news-for-the-desk") and mails(asked, "old-address")


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.DECLINED, State.CLOSED, State.ATTENDED])
def test_nothing_is_corrected_once_the_request_has_ended(client, asked, state):
    ConsultationRequest.objects.filter(pk=asked.pk).update(state=state)
    answer = correct(client, asked, email=NEW)
    assert (answer.status_code, fresh(asked).email, lines(asked)) == (409, OLD, [])
    asked.email = NEW
    with pytest.raises(IllegalStep, match="come to an end"):
        correct_contact(asked)


def test_a_sample_owes_no_mail(client):
    sample = make_request(phone="+15865550199", is_sample=True)
    correct(client, sample, email=NEW)
    assert lines(sample) and not sample.mails.exists()


def test_a_correction_leaves_what_is_booked(client, asked):
    book(asked, make_time(72), make_staff("frontdesk"))
    time = asked.consultation.time
    correct(client, asked, interpreter="on", email=NEW)
    assert (fresh(asked).state, fresh(asked).consultation.time) == ("booked", time)
