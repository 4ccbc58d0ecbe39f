"""A call has its note and, whatever came of it, the day and hour of the next; nobody is forgotten after 'Spoke'."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from booking.desk.calls import log_call, undo_call
from booking.desk.next_steps import next_step_of
from booking.models import ConsultationRequest, Event
from booking.models.timeline import Outcome
from booking.schedule.times import book
from booking.states import IllegalStep
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"
DETROIT = ZoneInfo("America/Detroit")
NOW = datetime(2026, 11, 24, 10, tzinfo=DETROIT)  # a Tuesday in opening time
THURSDAY_AT_THREE = datetime(2026, 12, 3, 15, tzinfo=DETROIT)


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def desk(client, staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    sign_in(client, staff)
    return client


def fresh(record):
    return type(record).objects.for_worklist().get(pk=record.pk)


def call(desk, asked, **sent):
    return desk.post(f"{LIST}{asked.pk}/do/call/", {"outcome": "spoke"} | sent, follow=True)


@pytest.mark.parametrize("outcome", ["spoke", "no-answer", "voicemail"])
def test_the_next_call_is_due_on_the_day_and_hour_that_was_agreed_whatever_came_of_this_one(desk, outcome):
    asked = make_request()
    call(desk, asked, outcome=outcome, note="At work until two", again_day="2026-12-03", again_at="15:00")
    asked = fresh(asked)
    assert (asked.owed_by, asked.due_by, next_step_of(asked).words) == (THURSDAY_AT_THREE, THURSDAY_AT_THREE, "Call")
    assert asked.timeline.get(kind="call").note == "At work until two"


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ({"again_day": "2026-12-03"}, datetime(2026, 12, 3, 8, tzinfo=DETROIT)),
        ({"again_at": "15:30"}, NOW.replace(hour=15, minute=30)),
        ({"again": "tomorrow"}, datetime(2026, 11, 25, 10, tzinfo=DETROIT)),
        ({}, None),
    ],
)
def test_a_day_alone_an_hour_alone_and_a_choice_of_the_list_are_understood(desk, sent, due):
    asked = make_request()
    call(desk, asked, **sent)
    assert fresh(asked).owed_by == due


@pytest.mark.parametrize(
    "sent",
    [
        {"again_day": "2026-11-23", "again_at": "09:00"},
        {"again_at": "09:00"},
        {"again_day": "2026-02-30"},
        {"again_day": "soon"},
        {"again_day": "9999-12-31"},
        {"again_day": "2026-12-03", "again_at": "25:00"},
    ],
)
def test_a_moment_that_is_none_or_has_passed_is_refused_and_nothing_is_noted(desk, sent):
    asked = make_request()
    assert "Choose a day and hour to come" in call(desk, asked, **sent).text
    assert not asked.timeline.filter(kind="call").exists()


def test_who_was_told_what_was_owed_and_wants_another_call_gets_it(desk, staff):
    asked = make_request(contact_by="phone", email="", phone="+15865550142")
    book(asked, make_time(24 * 20), staff)
    call(desk, asked, again_day="2026-12-03", again_at="15:00")
    asked = fresh(asked)
    assert (asked.call_by, asked.owed_by, next_step_of(asked).words) == (None, THURSDAY_AT_THREE, "Call")


def test_undone_the_agreed_call_is_owed_no_more_and_the_promise_stands_as_before(staff):
    asked = make_request()
    promise = asked.owed_by
    log_call(asked, Outcome.SPOKE, staff, at=timezone.now() + timedelta(days=9))
    undo_call(asked, staff)
    asked = fresh(asked)
    assert (asked.state, asked.owed_by, next_step_of(asked).words) == ("received", promise, "Offer times")


def test_another_promise_is_no_agreed_call(staff):
    asked = make_request()
    log_call(asked, Outcome.SPOKE, staff, at=timezone.now() + timedelta(days=9))
    asked.owe_nothing()
    asked.owe_a_word()
    assert next_step_of(fresh(asked)).words == "Offer times"


def test_a_moment_that_has_passed_is_no_promise(staff):
    asked = make_request()
    with pytest.raises(IllegalStep):
        log_call(asked, Outcome.SPOKE, staff, at=timezone.now() - timedelta(minutes=1))


def test_who_was_spoken_with_and_is_owed_nothing_has_gone_silent_after_a_week(desk, time_machine):
    asked, waits, tried = make_request(), make_request(), make_request()
    call(desk, asked), call(desk, waits, again_day="2026-12-18"), call(desk, tried, outcome="no-answer")

    def silent():
        return list(desk.get(LIST, {"view": "silent"}).context["cl"].result_list)

    assert silent() == []
    Event.objects.update(at=timezone.now() - timedelta(days=7, minutes=1))
    assert silent() == [asked]
    fresh(asked).record("note", "patient")
    assert silent() == []
    ConsultationRequest.objects.filter(pk=asked.pk).update(quarantine="spam")
    Event.objects.update(at=timezone.now() - timedelta(days=8))
    assert silent() == []
