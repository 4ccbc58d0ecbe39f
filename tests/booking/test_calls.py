"""Calls that the desk logs, requests that it takes, questions that it asks a clinician."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.calls import advise, ask_clinician, log_call, take, undo_call
from booking.desk import answer, undo_step, what_can_be_undone
from booking.models.timeline import Outcome
from booking.states import IllegalStep, State
from booking.times import book
from clinic_site.hours import after_open_time
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

NOBODY = [Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.WRONG_NUMBER]


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def staff():
    return make_staff("frontdesk")


def test_who_was_spoken_with_is_in_conversation_and_no_word_is_owed(staff):
    request = make_request()
    log_call(request, Outcome.NO_ANSWER, staff)
    assert log_call(request, Outcome.SPOKE, staff, "Wants a Friday") is None
    request = fresh(request)
    assert (request.state, request.owed_by, request.tries, request.owner) == ("in-conversation", None, 0, staff)


@pytest.mark.parametrize("outcome", NOBODY)
def test_who_was_not_reached_is_due_again_in_two_hours_of_opening_time(staff, outcome, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    request = make_request()
    again = log_call(request, outcome, staff)
    assert again == after_open_time(timezone.now(), timedelta(hours=2))
    assert (fresh(request).state, fresh(request).owed_by, fresh(request).tries) == ("received", again, 1)


def test_a_call_about_a_booked_consultation_leaves_it_booked(staff):
    request = make_request()
    book(request, make_time(72), staff)
    log_call(request, Outcome.SPOKE, staff)
    assert fresh(request).state == State.BOOKED


def test_the_timeline_keeps_the_outcome_and_the_patient_reads_that_we_called(staff, client):
    request = make_request()
    log_call(request, Outcome.VOICEMAIL, staff, "Rang twice")
    line = request.timeline.last()
    assert (line.outcome, line.staff, line.note) == ("voicemail", staff, "Rang twice")
    page = client.get(f"/consultation/r/{request.token}/").text
    assert "We called you." in page and "Rang twice" not in page


def test_a_request_that_has_ended_is_not_called(staff):
    request = make_request()
    request.move_to(State.CLOSED, "system")
    for act in (lambda: log_call(request, Outcome.SPOKE, staff), lambda: ask_clinician(request, staff)):
        with pytest.raises(IllegalStep, match="come to an end"):
            act()


def test_a_request_is_taken_once(staff):
    request, other = make_request(), make_staff("frontdesk")
    take(request, staff)
    take(request, staff)
    take(request, other)
    assert (fresh(request).owner, [line.staff for line in request.timeline.filter(kind="taken")]) == (
        other,
        [staff, other],
    )


def test_a_clinician_is_asked_and_answers_and_the_patient_sees_neither(staff, client):
    request, clinician = make_request(), make_staff("clinician")
    ask_clinician(request, staff, "Keloids: not sure")
    with pytest.raises(IllegalStep, match="already"):
        ask_clinician(request, staff)
    assert fresh(request).flagged_at
    advise(request, clinician, "Fine to offer a talk")
    assert fresh(request).flagged_at is None
    with pytest.raises(IllegalStep, match="any more"):
        advise(request, clinician, "again")
    page = client.get(f"/consultation/r/{request.token}/").text
    assert "Keloids" not in page and "Fine to offer" not in page


@pytest.mark.parametrize("outcome", Outcome.values)
def test_a_call_noted_by_mistake_is_taken_back_with_all_that_it_changed(staff, outcome):
    request = make_request()
    log_call(request, Outcome.NO_ANSWER, make_staff("frontdesk"))
    before = fresh(request)
    log_call(request, outcome, staff)
    assert what_can_be_undone(request, staff).kind == "call"
    undo_step(request, staff)
    after = fresh(request)
    for field in ("state", "owed_by", "tries", "owner"):
        assert getattr(after, field) == getattr(before, field)
    assert request.timeline.last().kind == "call-undone"


def test_a_call_is_taken_back_within_a_minute_by_who_noted_it_and_before_anything_else(staff, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    request = make_request()
    log_call(request, Outcome.NO_ANSWER, staff)
    assert what_can_be_undone(request, make_staff("frontdesk")) is None
    time_machine.move_to(start + timedelta(seconds=61), tick=False)
    with pytest.raises(IllegalStep, match="too late"):
        undo_call(request, staff)
    log_call(request, Outcome.NO_ANSWER, staff)
    answer(request, make_staff("frontdesk"), "We will write")
    with pytest.raises(IllegalStep, match="something else"):
        undo_call(request, staff)


def test_the_call_of_a_phoned_in_request_is_not_taken_back(staff):
    request = make_request(phone="+15865550142", email="", contact_by="phone")
    request.record("call", "staff", staff=staff, outcome="spoke")
    assert what_can_be_undone(request, staff) is None


def test_the_patient_reads_that_a_call_was_noted_by_mistake(staff, client):
    request = make_request()
    log_call(request, Outcome.SPOKE, staff)
    undo_step(request, staff)
    assert "That call was noted by mistake." in client.get(f"/consultation/r/{request.token}/").text


@pytest.mark.parametrize(("again", "days"), [("tomorrow", 1), ("two-days", 2), ("week", 7)])
def test_when_to_try_again_can_be_chosen(staff, again, days, time_machine):
    time_machine.move_to("2027-03-15T18:00Z", tick=False)  # a Monday afternoon at the clinic
    request = make_request()
    due = log_call(request, Outcome.NO_ANSWER, staff, again=again)
    assert timezone.localdate(due) == timezone.localdate() + timedelta(days=days)
    assert fresh(request).owed_by == due


def test_a_day_to_try_again_that_there_is_not_is_refused(as_staff):
    request = make_request()
    sent = {"outcome": "no-answer", "again": "never", "note": "Rang twice"}
    page = as_staff("frontdesk").post(f"/admin/booking/consultationrequest/{request.pk}/do/call/", sent)
    assert page.status_code == 409 and "Choose from the list" in page.text and "Rang twice" in page.text
    assert request.timeline.count() == 1
