"""Who waits for an earlier time is found when one is free."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from booking.models import OpenTime
from booking.schedule import consultations as do
from booking.schedule.times import book, offer_earlier
from booking.schedule.waiting_list import chances, earlier_times_for, waiting_for, waiting_matches
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

DETROIT = ZoneInfo("America/Detroit")


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def waiting(staff):
    """A patient who is booked in ten days and waits."""

    def make(**fields):
        consultation_request = make_request(**fields)
        book(consultation_request, make_time(240 + OpenTime.objects.count()), staff)
        do.wait_for_earlier(consultation_request)
        return consultation_request

    return make


def on(weekday, hour):
    """A free time in the next seven days on that weekday and hour."""
    local = timezone.localtime() + timedelta(days=1)
    day = next(local.date() + timedelta(days=n) for n in range(7) if (local + timedelta(days=n)).weekday() == weekday)
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=DETROIT)
    time = make_time(1)
    shift_time(time, moment)
    time.refresh_from_db()
    return time


def requests(consultations):
    return [consultation.request for consultation in consultations]


def test_who_asked_first_stands_first(waiting):
    first, second = waiting(email="a@patient.example"), waiting(email="b@patient.example")
    assert requests(waiting_for(make_time(24))) == [first, second]


def test_who_does_not_wait_or_comes_earlier_does_not_fit(waiting, staff):
    consultation_request = waiting()
    assert waiting_for(make_time(24 * 30)) == []
    do.wait_for_earlier(consultation_request, waits=False)
    assert waiting_for(make_time(24)) == []


@pytest.mark.parametrize(
    ("windows", "weekday", "hour", "fits"),
    [
        (["weekday-am"], 1, 9, True),
        (["weekday-am"], 1, 14, False),
        (["weekday-am"], 4, 11, True),
        (["weekday-am"], 1, 12, False),
        (["weekday-am"], 5, 9, False),
        (["weekday-pm"], 1, 11, False),
        (["weekday-pm"], 1, 12, True),
        (["weekday-pm"], 4, 14, True),
        (["weekday-pm"], 5, 14, False),
        (["friday-am"], 4, 11, True),
        (["friday-am"], 4, 12, False),
        (["friday-am"], 3, 11, False),
        (["friday-am"], 5, 11, False),
        (["friday-am", "weekday-pm"], 3, 13, True),
        (["any"], 5, 9, True),
        ([], 5, 9, True),
    ],
)
def test_a_time_suits_the_windows_that_were_named(waiting, windows, weekday, hour, fits):
    waiting(windows=windows)
    assert bool(waiting_for(on(weekday, hour))) is fits


def test_who_needs_an_interpreter_is_offered_only_times_with_one(waiting):
    waiting(interpreter=True)
    assert waiting_for(make_time(24)) == []
    assert waiting_for(make_time(25, with_interpreter=True))


def test_chances_are_the_free_times_that_suit_somebody(waiting, django_assert_max_num_queries):
    consultation_request = waiting()
    free, blocked = make_time(24), make_time(30)
    blocked.set_state_unless_given("blocked")
    make_time(24 * 40)
    with django_assert_max_num_queries(2):
        found = waiting_matches()
    assert [(time, requests(who)) for time, who in found] == [(free, [consultation_request])]


def test_a_time_at_the_same_moment_with_another_clinician_is_not_earlier(waiting):
    consultation = waiting().consultation
    other = make_time(1, "Dr. Other", starts_at=consultation.time.starts_at)
    assert (waiting_for(other), waiting_matches(), earlier_times_for(consultation)) == ([], [], [])


def test_chances_are_for_those_alone_whose_own_time_is_later(waiting, staff):
    sooner, later = waiting(email="a@patient.example"), make_request(email="b@patient.example")
    book(later, make_time(24 * 20), staff)
    do.wait_for_earlier(later)
    free = make_time(24 * 15)
    assert [(time, requests(who)) for time, who in waiting_matches()] == [(free, [later])]
    assert (earlier_times_for(sooner.consultation), earlier_times_for(later.consultation)) == ([], [free])


def test_an_earlier_time_that_suits_nobody_is_no_chance(waiting):
    consultation = waiting(windows=["weekday-am"]).consultation
    on(1, 14)
    assert (waiting_matches(), earlier_times_for(consultation)) == ([], [])


def test_who_does_not_wait_has_no_earlier_times(waiting):
    request = waiting()
    make_time(24)
    do.wait_for_earlier(request, waits=False)
    assert (earlier_times_for(request.consultation), earlier_times_for(None)) == ([], [])


def test_without_anybody_waiting_free_times_are_not_even_read(django_assert_num_queries):
    make_time(24)
    with django_assert_num_queries(1):
        assert waiting_matches() == []


def test_for_whom_a_time_is_held_already_does_not_come_up_again(waiting, staff):
    consultation_request, free = waiting(), make_time(24)
    assert earlier_times_for(consultation_request.consultation) == [free]
    offer_earlier(consultation_request, free, staff)
    make_time(30)
    assert (waiting_matches(), earlier_times_for(consultation_request.consultation)) == ([], [])


def test_who_waits_longest_is_proposed_the_first_time_and_the_next_in_line_another(
    waiting, django_assert_max_num_queries
):
    first, second, third = (waiting(email=f"{number}@patient.example") for number in range(3))
    early, later = make_time(24), make_time(30)
    with django_assert_max_num_queries(2):
        found = chances()
    assert [(consultation.request, time) for consultation, time in found] == [(first, early), (second, later)]
    do.wait_for_earlier(first, waits=False)
    do.wait_for_earlier(first)  # asks anew, and stands behind the others now
    assert [(consultation.request, time) for consultation, time in chances()] == [(second, early), (third, later)]
