"""Calls that the desk logs, requests that it takes, questions that it asks a clinician."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.desk.calls import log_call, set_owner, undo_call
from booking.desk.clinicians import advise, ask_clinician
from booking.desk.steps import answer, undo_step, what_can_be_undone
from booking.models.timeline import Outcome
from booking.schedule.times import book
from booking.states import IllegalStep, State
from clinic_site.hours import after_open_time
from tests.factories import make_request, make_staff, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

NOBODY = [Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.WRONG_NUMBER]


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def staff():
    return make_staff("frontdesk")


def test_who_was_spoken_with_is_in_conversation_and_no_word_is_owed(staff):
    consultation_request = make_request()
    log_call(consultation_request, Outcome.NO_ANSWER, staff)
    assert log_call(consultation_request, Outcome.SPOKE, staff, "Wants a Friday") is None
    consultation_request = fresh(consultation_request)
    assert (
        consultation_request.state,
        consultation_request.owed_by,
        consultation_request.tries,
        consultation_request.owner,
    ) == ("in-conversation", None, 0, staff)


@pytest.mark.parametrize("outcome", Outcome.values)
def test_a_call_makes_a_request_the_callers_own_only_where_it_is_nobodys(staff, outcome):
    free, owned, colleague = make_request(), make_request(), make_staff("frontdesk")
    set_owner(owned, colleague)
    for request in (free, owned):
        log_call(request, outcome, staff)
    assert (fresh(free).owner, fresh(owned).owner) == (staff, colleague)


@pytest.mark.parametrize("outcome", NOBODY)
def test_who_was_not_reached_is_due_again_in_two_hours_of_opening_time(staff, outcome, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    consultation_request = make_request()
    again = log_call(consultation_request, outcome, staff)
    assert again == after_open_time(timezone.now(), timedelta(hours=2))
    assert (
        fresh(consultation_request).state,
        fresh(consultation_request).owed_by,
        fresh(consultation_request).tries,
    ) == ("received", again, 1)


def test_a_call_about_a_booked_consultation_leaves_it_booked(staff):
    consultation_request = make_request()
    book(consultation_request, make_time(72), staff)
    log_call(consultation_request, Outcome.SPOKE, staff)
    assert fresh(consultation_request).state == State.BOOKED


def test_the_timeline_keeps_the_outcome_and_the_patient_reads_that_we_called(staff, client):
    consultation_request = make_request()
    log_call(consultation_request, Outcome.VOICEMAIL, staff, "Rang twice")
    line = consultation_request.timeline.last()
    assert (line.outcome, line.staff, line.note) == ("voicemail", staff, "Rang twice")
    page = client.get(f"/consultation/r/{consultation_request.token}/").text
    assert "We called you and left a message." in page and "Rang twice" not in page


def test_a_request_that_has_ended_is_not_called(staff):
    consultation_request = make_request()
    consultation_request.move_to(State.CLOSED, "system")
    for act in (
        lambda: log_call(consultation_request, Outcome.SPOKE, staff),
        lambda: ask_clinician(consultation_request, staff),
    ):
        with pytest.raises(IllegalStep, match="come to an end"):
            act()


def test_a_request_is_taken_once(staff):
    consultation_request, other = make_request(), make_staff("frontdesk")
    set_owner(consultation_request, staff)
    set_owner(consultation_request, staff)
    set_owner(consultation_request, other)
    assert (
        fresh(consultation_request).owner,
        [line.staff for line in consultation_request.timeline.filter(kind="taken")],
    ) == (
        other,
        [staff, other],
    )


def test_a_clinician_is_asked_and_answers_and_the_patient_sees_neither(staff, client):
    consultation_request, clinician = make_request(), make_staff("clinician")
    ask_clinician(consultation_request, staff, "Keloids: not sure")
    with pytest.raises(IllegalStep, match="already"):
        ask_clinician(consultation_request, staff)
    assert fresh(consultation_request).flagged_at
    advise(consultation_request, clinician, "Fine to offer a talk")
    assert fresh(consultation_request).flagged_at is None
    with pytest.raises(IllegalStep, match="any more"):
        advise(consultation_request, clinician, "again")
    page = client.get(f"/consultation/r/{consultation_request.token}/").text
    assert "Keloids" not in page and "Fine to offer" not in page


@pytest.mark.parametrize("outcome", Outcome.values)
def test_a_call_noted_by_mistake_is_taken_back_with_all_that_it_changed(staff, outcome):
    consultation_request = make_request()
    log_call(consultation_request, Outcome.NO_ANSWER, make_staff("frontdesk"))
    before = fresh(consultation_request)
    log_call(consultation_request, outcome, staff)
    assert what_can_be_undone(consultation_request, staff).kind == "call"
    undo_step(consultation_request, staff)
    after = fresh(consultation_request)
    for field in ("state", "owed_by", "tries", "owner"):
        assert getattr(after, field) == getattr(before, field)
    assert consultation_request.timeline.last().kind == "call-undone"


def test_a_call_is_taken_back_within_a_minute_by_who_noted_it_and_before_anything_else(staff, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    consultation_request = make_request()
    log_call(consultation_request, Outcome.NO_ANSWER, staff)
    assert what_can_be_undone(consultation_request, make_staff("frontdesk")) is None
    time_machine.move_to(start + timedelta(seconds=61), tick=False)
    with pytest.raises(IllegalStep, match="too late"):
        undo_call(consultation_request, staff)
    log_call(consultation_request, Outcome.NO_ANSWER, staff)
    answer(consultation_request, make_staff("frontdesk"), "We will write")
    with pytest.raises(IllegalStep, match="something else"):
        undo_call(consultation_request, staff)


def test_the_call_of_a_phoned_in_request_is_not_taken_back(staff):
    consultation_request = make_request(phone="+15865550142", email="", contact_by="phone")
    consultation_request.record("call", "staff", staff=staff, outcome="spoke")
    assert what_can_be_undone(consultation_request, staff) is None


def test_the_patient_reads_that_a_call_was_noted_by_mistake(staff, client):
    consultation_request = make_request()
    log_call(consultation_request, Outcome.SPOKE, staff)
    undo_step(consultation_request, staff)
    assert "That call was noted by mistake." in client.get(f"/consultation/r/{consultation_request.token}/").text


@pytest.mark.parametrize(("again", "days"), [("tomorrow", 1), ("two-days", 2), ("week", 7)])
def test_when_to_try_again_can_be_chosen(staff, again, days, time_machine):
    time_machine.move_to("2027-03-15T18:00Z", tick=False)  # a Monday afternoon at the clinic
    consultation_request = make_request()
    due = log_call(consultation_request, Outcome.NO_ANSWER, staff, again=again)
    assert timezone.localdate(due) == timezone.localdate() + timedelta(days=days)
    assert fresh(consultation_request).owed_by == due


def test_a_day_to_try_again_that_there_is_not_is_refused(as_staff):
    consultation_request = make_request()
    sent = {"outcome": "no-answer", "again": "never", "note": "Rang twice"}
    page = as_staff("frontdesk").post(f"/admin/booking/consultationrequest/{consultation_request.pk}/do/call/", sent)
    assert page.status_code == 409 and "Choose from the list" in page.text and "Rang twice" in page.text
    assert consultation_request.timeline.count() == 1
