"""Who waits for an earlier time is found when one is free."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from booking import consultations as do
from booking.models import OpenTime
from booking.times import book, offer_earlier
from booking.waiting_list import chances, earlier_times_for, who_fits
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def waiting(staff):
    """A patient who is booked in ten days and waits."""

    def make(**fields):
        request = make_request(**fields)
        book(request, make_time(240 + OpenTime.objects.count()), staff)
        do.wait_for_earlier(request)
        return request

    return make


def on(weekday, hour):
    """A free time in the next seven days on that weekday and hour."""
    local = timezone.localtime() + timedelta(days=1)
    day = next(local.date() + timedelta(days=n) for n in range(7) if (local + timedelta(days=n)).weekday() == weekday)
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=DETROIT)
    time = make_time(1)
    OpenTime.objects.filter(pk=time.pk).update(starts_at=moment)
    time.refresh_from_db()
    return time


def requests(consultations):
    return [consultation.request for consultation in consultations]


def test_who_asked_first_stands_first(waiting):
    first, second = waiting(email="a@patient.example"), waiting(email="b@patient.example")
    assert requests(who_fits(make_time(24))) == [first, second]


def test_who_does_not_wait_or_is_earlier_herself_does_not_fit(waiting, staff):
    request = waiting()
    assert who_fits(make_time(24 * 30)) == []
    do.wait_for_earlier(request, waits=False)
    assert who_fits(make_time(24)) == []


@pytest.mark.parametrize(
    ("windows", "weekday", "hour", "fits"),
    [
        (["weekday-am"], 1, 9, True),
        (["weekday-am"], 1, 14, False),
        (["weekday-am"], 5, 9, False),
        (["weekday-pm"], 1, 12, True),
        (["friday-am"], 4, 11, True),
        (["friday-am"], 3, 11, False),
        (["friday-am", "weekday-pm"], 3, 13, True),
        (["any"], 5, 9, True),
        ([], 5, 9, True),
    ],
)
def test_a_time_suits_the_windows_that_were_named(waiting, windows, weekday, hour, fits):
    waiting(windows=windows)
    assert bool(who_fits(on(weekday, hour))) is fits


def test_who_needs_an_interpreter_is_offered_only_times_with_one(waiting):
    waiting(interpreter=True)
    assert who_fits(make_time(24)) == []
    assert who_fits(make_time(25, with_interpreter=True))


def test_chances_are_the_free_times_that_suit_somebody(waiting, django_assert_max_num_queries):
    request = waiting()
    free, blocked = make_time(24), make_time(30)
    blocked.set_aside("blocked")
    make_time(24 * 40)
    with django_assert_max_num_queries(2):
        found = chances()
    assert [(time, requests(who)) for time, who in found] == [(free, [request])]


def test_without_anybody_waiting_free_times_are_not_even_read(django_assert_num_queries):
    make_time(24)
    with django_assert_num_queries(1):
        assert chances() == []


def test_for_whom_a_time_is_held_already_does_not_come_up_again(waiting, staff):
    request, free = waiting(), make_time(24)
    assert earlier_times_for(request.consultation) == [free]
    offer_earlier(request, free, staff)
    make_time(30)
    assert (chances(), earlier_times_for(request.consultation)) == ([], [])
