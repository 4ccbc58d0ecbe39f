"""What is owed by voice: when it is due, where it stands, what ticks it, and what overtakes it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.desk.calls import give_up_calling, log_call, undo_call
from booking.desk.steps import undo_step
from booking.desk.telling import call_owed, calls_owed
from booking.desk.worklist import QUESTIONS, counts_of
from booking.mail.owing import tell_patient, try_again
from booking.mail.sending import deliver
from booking.models import ConsultationRequest, OutboxMail, ToCall
from booking.models.timeline import Outcome
from booking.models.to_calls import call_due
from booking.retention import redact
from booking.schedule.consultations import cancel, move
from booking.schedule.times import book, offer_times, refuse
from booking.services import correct_contact
from booking.states import IllegalStep
from clinic_site.dates import clock_words, day_words, midnight
from clinic_site.models import ClosedDay, OpeningHours
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
LIST = "/admin/booking/consultationrequest/"
PHONE = "+15865550142"


def at(day, hour, minute=0):
    """A moment of June 2026, of which the first is a Monday, by the clinic's clock: open nine to five on weekdays."""
    return datetime(2026, 6, day, hour, minute, tzinfo=DETROIT)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def caller():
    return make_request(contact_by="phone", phone=PHONE, email="", may_leave_message=True)


@pytest.fixture
def cancelled(caller, staff):
    """Somebody without email whose consultation of in three days was cancelled."""
    book(caller, make_time(72), staff)
    caller.to_calls.update(done_at=timezone.now())
    cancel(caller, staff)
    return caller


@pytest.fixture
def hours():
    OpeningHours.objects.all().delete()
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens="09:00", closes="17:00")
    ClosedDay.objects.all().delete()


@pytest.mark.parametrize(
    ("now", "promise", "before", "due"),
    [
        (at(1, 10), at(2, 10), None, at(2, 10)),  # nothing is too late: the promise
        (at(1, 10), at(2, 10), at(5, 13), at(2, 10)),  # the promise comes first
        (at(1, 10), at(8, 17), at(5, 13), at(5, 12)),  # an hour ahead of a lost time
        (at(1, 10), at(8, 17), at(5, 9, 30), at(4, 17)),  # which the desk would not be there for: the day before
        (at(1, 10), at(8, 17), at(8, 9), at(5, 17)),  # over a weekend
        (at(1, 10), at(2, 10), at(1, 10, 30), at(1, 10, 15)),  # nearer than that: half of what is left
        (at(1, 18), at(2, 17), at(2, 9), at(2, 8)),  # no hour of the desk is left: an hour ahead all the same
        (at(1, 10), at(2, 10), at(1, 10), at(1, 10)),  # too late already: now
    ],
)
def test_a_call_is_due_by_the_promise_and_before_it_is_too_late_within_the_desks_hours(
    hours, now, promise, before, due
):
    assert call_due(now, promise, before) == due


def test_a_call_about_a_day_that_is_closed_is_due_on_the_open_day_before(hours):
    ClosedDay.objects.create(date=at(5, 0).date(), name="Snow")
    assert call_due(at(1, 10), at(8, 17), at(5, 13)) == at(4, 17)


def test_what_is_owed_by_voice_stands_on_today_and_in_the_worklist_with_number_and_words(as_staff, cancelled):
    client = as_staff("frontdesk")
    today, worklist = client.get("/admin/").text, client.get(f"{LIST}?view=call").text
    assert "586-555-0142" in today or "555-0142" in today
    assert "Your consultation is canceled" in today and "Reached" in today and "Left voicemail" in today
    assert cancelled.reference in worklist and cancelled.reference in client.get(f"{LIST}?view=answer").text


def test_times_of_one_day_are_said_with_that_day_once(caller, staff):
    ten = midnight(timezone.localdate() + timedelta(days=3)) + timedelta(hours=10)
    moments = [ten, ten + timedelta(minutes=20), ten + timedelta(days=1)]
    offer_times(caller, [make_time(0, starts_at=moment) for moment in moments], staff)
    said = " ".join(call_owed(caller)["says"])
    assert [said.count(day_words(moment)) for moment in (ten, moments[-1])] == [1, 1]
    assert all(clock_words(moment) in said for moment in moments) and "; " in said


def test_a_call_is_in_the_worklist_though_no_word_is_owed(caller, staff):
    book(caller, make_time(72), staff)
    assert fresh(caller).owed_by is None and fresh(caller).due_by == fresh(caller).call_by is not None
    assert (counts_of(staff)["call"], counts_of(staff)["answer"]) == (1, 1)
    found = ConsultationRequest.objects.filter(QUESTIONS["call"].condition(staff))
    assert list(found) == [caller]


def test_the_worklist_is_ordered_by_what_is_due_first_a_call_or_a_word(caller, staff):
    other = make_request(email="b@patient.example")
    book(caller, make_time(72), staff)
    for first, moment in ((caller, -1), (other, 1)):
        ConsultationRequest.objects.filter(pk=caller.pk).update(call_by=other.owed_by + timedelta(minutes=moment))
        assert ConsultationRequest.objects.for_worklist().first() == first


@pytest.mark.parametrize("outcome", [Outcome.SPOKE, Outcome.VOICEMAIL])
def test_who_was_told_has_no_call_left_and_keeps_the_promise_of_a_word(cancelled, staff, outcome):
    promised = cancelled.owed_by
    log_call(cancelled, outcome, staff)
    assert (fresh(cancelled).call_by, fresh(cancelled).owed_by) == (None, promised)
    assert not cancelled.to_calls.open().exists()


def test_a_message_tells_nothing_where_none_may_be_left(cancelled, staff):
    ConsultationRequest.objects.update(may_leave_message=False)
    log_call(fresh(cancelled), Outcome.VOICEMAIL, staff)
    assert cancelled.to_calls.open().exists()


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.WRONG_NUMBER])
def test_who_was_not_reached_is_called_again_and_before_it_is_too_late(cancelled, staff, outcome):
    due = log_call(cancelled, outcome, staff, again="week")
    [to_call] = cancelled.to_calls.open()
    assert to_call.tries == 1 and fresh(cancelled).call_by == to_call.due_at
    assert to_call.due_at < to_call.before and due <= to_call.due_at


def test_a_tick_by_mistake_is_taken_back_whole(cancelled, staff):
    before = fresh(cancelled).call_by
    log_call(cancelled, Outcome.SPOKE, staff)
    undo_call(cancelled, staff)
    assert (fresh(cancelled).call_by, cancelled.to_calls.open().count()) == (before, 1)


def test_a_put_off_call_that_is_undone_is_due_as_before(cancelled, staff):
    before = cancelled.to_calls.open().values("due_at", "tries", "tried_at").get()
    log_call(cancelled, Outcome.NO_ANSWER, staff, again="tomorrow")
    undo_call(cancelled, staff)
    assert cancelled.to_calls.open().values("due_at", "tries", "tried_at").get() == before


def test_who_cannot_be_told_leaves_the_list_with_a_line(as_staff, cancelled):
    client = as_staff("frontdesk")
    client.post(f"{LIST}{cancelled.pk}/do/not-told/", {"note": "Number is somebody else's"})
    assert (fresh(cancelled).call_by, cancelled.timeline.last().kind) == (None, "not-told")
    with pytest.raises(IllegalStep, match="Nothing is to be told"):
        give_up_calling(fresh(cancelled), make_staff("frontdesk"))


def test_an_offer_that_has_ended_is_told_to_nobody(caller, staff):
    offer = offer_times(caller, [make_time(72)], staff)
    refuse(offer)
    assert fresh(caller).call_by is None and not caller.to_calls.open().exists()


def test_a_second_move_is_told_in_one_call_that_names_the_last_time(caller, staff):
    book(caller, make_time(72), staff)
    last = make_time(120)
    move(caller, make_time(96), staff)
    move(caller, last, staff)
    [to_call] = caller.to_calls.open().filter(kind="moved")
    assert to_call.moments == [last.starts_at]


def test_two_cancelled_consultations_are_both_named(cancelled, staff):
    first = cancelled.consultations.get().time
    second = make_time(96)
    book(cancelled, second, staff)
    cancel(cancelled, staff)
    [to_call] = cancelled.to_calls.open()
    assert to_call.moments == [first.starts_at, second.starts_at]
    words = call_owed(fresh(cancelled))["says"]
    assert len(words) == 1


def test_the_database_holds_one_call_about_a_thing(cancelled):
    [to_call] = cancelled.to_calls.open()
    with pytest.raises(IntegrityError), transaction.atomic():
        ToCall.objects.create(request=cancelled, kind=to_call.kind, why="no-email", due_at=timezone.now())


def test_mail_that_is_refused_for_good_is_a_call_at_once_and_says_why(as_staff, mail_server):
    mail_server.start()
    mail_server.box.dead = {"amira@patient.example"}
    consultation_request = make_request(phone=PHONE)
    mail = consultation_request.mails.get(kind="received")
    deliver(mail.pk)
    assert (fresh(mail).attempts, fresh(mail).has_failed) == (1, True)
    assert str(fresh(mail).fate) == "not taken: the address does not exist"
    page = as_staff("frontdesk").get("/admin/").text
    assert "the email address does not exist" in page and "Our email to you came back." in page
    assert "could not be sent" not in page and "Error" not in page


def test_an_address_that_does_not_exist_gets_no_more_mail_until_it_is_another(mail_server, staff):
    mail_server.start()
    mail_server.box.dead = {"amira@patient.example"}
    consultation_request = make_request(phone=PHONE)
    deliver(consultation_request.mails.get(kind="received").pk)
    consultation_request = fresh(consultation_request)
    tell_patient(consultation_request, OutboxMail.Kind.ANSWERED)
    assert not consultation_request.mails.filter(kind="answered").exists()
    assert consultation_request.to_calls.open().get(kind="answered").why == "no-such-address"
    consultation_request.email = "amira.h@patient.example"
    correct_contact(consultation_request)
    tell_patient(consultation_request, OutboxMail.Kind.ANSWERED)
    assert consultation_request.mails.filter(kind="answered").exists()


@pytest.mark.parametrize(
    ("answer", "trouble", "is_called"),
    [
        ("550 No such user", "no-such-address", True),
        ("550 5.7.1 Message refused", "refused", True),
        ("552 5.2.2 Mailbox full", "refused", True),
        ("554 Looks like spam", "refused", True),
        ("451 Come back later", "not-now", False),
        ("421 Too busy", "not-now", False),
        ("530 Sign in first", "sign-in", False),
    ],
)
def test_what_a_mail_server_answers_is_said_in_words(mail_server, answer, trouble, is_called):
    mail_server.start()
    mail_server.box.refusal = answer
    consultation_request = make_request()
    mail = consultation_request.mails.get(kind="received")
    deliver(mail.pk)
    assert (fresh(mail).trouble, fresh(mail).has_failed) == (trouble, is_called)
    assert consultation_request.to_calls.open().exists() is is_called


def test_a_mail_that_is_tried_again_is_no_call_meanwhile(mail_server):
    mail_server.start()
    mail_server.box.refusal = "554 no"
    consultation_request = make_request()
    mail = consultation_request.mails.get(kind="received")
    deliver(mail.pk)
    try_again(fresh(mail))
    assert fresh(consultation_request).call_by is None


def test_mail_to_the_desk_becomes_no_call(mail_server):
    mail_server.start()
    mail_server.box.refusal = "550 no"
    mail = make_request().mails.get(kind="tell-the-desk")
    deliver(mail.pk)
    assert fresh(mail).has_failed and not ToCall.objects.exists()
    assert list(OutboxMail.objects.to_look_after()) == [mail]


def test_an_undone_step_is_told_to_nobody(caller, staff):
    book(caller, make_time(72), staff)
    undo_step(caller, staff)
    assert fresh(caller).call_by is None and not caller.to_calls.open().exists()


def test_data_that_is_taken_out_leaves_nobody_to_call(cancelled):
    redact(cancelled)
    assert (fresh(cancelled).call_by, cancelled.to_calls.open().count()) == (None, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_calls_on_today_cost_the_same_for_one_and_for_three(as_staff, staff, django_assert_max_num_queries, number):
    for each in range(number):
        one = make_request(contact_by="phone", phone=f"+1586555011{each}", email="")
        book(one, make_time(72 + each), staff)
    with django_assert_max_num_queries(3):
        assert len(calls_owed(9)) == number
