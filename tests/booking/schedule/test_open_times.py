"""Which times can be given, taken, freed and set aside: the borders of each."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from booking.models import Clinician, OpenTime
from clinic_site.models import Clinic, SelfPick
from tests.factories import make_request, open_around_the_clock

pytestmark = pytest.mark.django_db

NOON = parse_datetime("2027-03-15T16:00Z")  # a Monday, noon at the clinic
SECOND = timedelta(seconds=1)
GIVEN = ["held", "booked"]


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def request_of_somebody():
    return make_request()


def at(moment, clinician="Dr. Example", **fields):
    """A time of twenty minutes that begins then; the clinic is open around the clock."""
    open_around_the_clock()
    someone, _made = Clinician.objects.get_or_create(name=clinician)
    ends_at = moment + timedelta(minutes=20)
    return OpenTime.objects.create(clinician=someone, starts_at=moment, ends_at=ends_at, **fields)


def given(state, request, moment=NOON + timedelta(days=3)):
    return at(moment, state=state, request=request)


def row_of(time):
    return OpenTime.objects.values_list("state", "request").get(pk=time.pk)


def test_a_time_is_free_while_it_has_not_begun(time_machine):
    past, now, next_one = at(NOON - SECOND, "Dr. A"), at(NOON, "Dr. B"), at(NOON + SECOND, "Dr. C")
    assert list(OpenTime.objects.bookable()) == list(OpenTime.objects.ahead()) == [next_one]
    time_machine.move_to(NOON - SECOND, tick=False)
    assert list(OpenTime.objects.bookable()) == [now, next_one]
    assert past not in OpenTime.objects.bookable()


def test_times_ahead_are_free_or_given_and_free_ones_open_alone(request_of_somebody):
    times = {"open": at(NOON + timedelta(days=1))}
    for number, state in enumerate(["held", "booked"], start=2):
        times[state] = given(state, request_of_somebody, NOON + timedelta(days=number))
    for number, state in enumerate(["blocked", "withdrawn"], start=4):
        times[state] = at(NOON + timedelta(days=number), state=state)
    assert list(OpenTime.objects.bookable()) == [times["open"]]
    assert list(OpenTime.objects.ahead()) == [times["open"], times["held"], times["booked"]]


def test_who_sees_no_patients_has_no_times():
    time = at(NOON + timedelta(days=3))
    Clinician.objects.filter(pk=time.clinician_id).update(sees_patients=False)
    assert not OpenTime.objects.bookable() and not OpenTime.objects.ahead()
    assert not OpenTime.objects.assign(time.pk, make_request(), "held")


def test_patients_pick_times_beyond_the_notice_the_next_first():
    clinic = Clinic.profile()
    notice = NOON + timedelta(hours=clinic.notice_hours)
    at(notice, "Dr. At Notice")
    later, other, first = at(notice + 2 * SECOND, "Dr. Late"), at(notice + SECOND, "Dr. Zo"), at(notice + SECOND)
    assert list(OpenTime.objects.to_pick(clinic, NOON)) == [first, other, later]
    assert len(OpenTime.objects.to_pick(clinic, NOON, 2)) == 2
    clinic.self_pick = SelfPick.NONE
    assert list(OpenTime.objects.to_pick(clinic, NOON)) == []


@pytest.mark.parametrize("state", GIVEN)
def test_a_free_time_is_taken_once_and_no_other(request_of_somebody, state):
    time, other = at(NOON + timedelta(days=3)), at(NOON + timedelta(days=4))
    assert OpenTime.objects.assign(time.pk, request_of_somebody, state) is True
    assert OpenTime.objects.assign(time.pk, make_request(email="b@patient.example"), state) is False
    assert (row_of(time), row_of(other)) == ((state, request_of_somebody.pk), ("open", None))


@pytest.mark.parametrize("state", ["blocked", "withdrawn"])
def test_a_time_that_is_set_aside_is_not_taken_while_others_are_free(request_of_somebody, state):
    time, _free = at(NOON + timedelta(days=3), state=state), at(NOON + timedelta(days=4))
    assert OpenTime.objects.assign(time.pk, request_of_somebody, "held") is False
    assert row_of(time) == (state, None)


def test_a_time_that_has_begun_is_not_taken(request_of_somebody):
    time = at(NOON)
    assert OpenTime.objects.assign(time.pk, request_of_somebody, "held") is False
    assert row_of(time) == ("open", None)


def test_a_held_time_is_booked_by_the_request_that_has_it_and_no_other_time(request_of_somebody):
    time, other = (given("held", request_of_somebody, NOON + timedelta(days=days)) for days in (3, 4))
    assert OpenTime.objects.book_held(time.pk, make_request(email="b@patient.example")) is False
    assert OpenTime.objects.book_held(time.pk, request_of_somebody) is True
    assert OpenTime.objects.book_held(time.pk, request_of_somebody) is False
    assert [row_of(each)[0] for each in (time, other)] == ["booked", "held"]


@pytest.mark.parametrize("state", ["open", "blocked"])
def test_given_times_are_freed_or_blocked_and_others_stay(request_of_somebody, state):
    times = [given(each, request_of_somebody, NOON + timedelta(days=n)) for n, each in enumerate(GIVEN, start=1)]
    withdrawn = at(NOON + timedelta(days=5), state="withdrawn")
    assert OpenTime.objects.all().free_again(state) == 2
    assert [row_of(time) for time in times] == [(state, None)] * 2
    assert row_of(withdrawn) == ("withdrawn", None)


def test_a_time_that_is_freed_is_open():
    time = given("held", make_request())
    OpenTime.objects.filter(pk=time.pk).free_again()
    assert row_of(time) == ("open", None)


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2027, 3, 15), "2027-03-15T04:00Z", "2027-03-16T04:00Z"),
        (date(2027, 3, 14), "2027-03-14T05:00Z", "2027-03-15T04:00Z"),  # clocks go forward: 23 hours
        (date(2027, 11, 7), "2027-11-07T04:00Z", "2027-11-08T05:00Z"),  # and back: 25 hours
    ],
)
def test_a_day_is_the_clinics_from_midnight_to_midnight(day, begins, ends):
    begins, ends = parse_datetime(begins), parse_datetime(ends)
    at(begins - SECOND, "Dr. Before"), at(ends, "Dr. After")
    within = [at(begins), at(ends - SECOND)]
    assert list(OpenTime.objects.on_day(day)) == within


@pytest.mark.parametrize("state", GIVEN)
def test_a_given_time_is_not_set_aside(request_of_somebody, state):
    time = given(state, request_of_somebody)
    assert time.set_state_unless_given("blocked", "Meeting") is False
    assert row_of(time) == (state, request_of_somebody.pk)


@pytest.mark.parametrize(("state", "reason"), [("blocked", "Meeting"), ("withdrawn", ""), ("open", "")])
def test_a_time_is_set_aside_with_the_reason_of_a_block_and_no_other_is(state, reason):
    time, other = at(NOON + timedelta(days=3), reason="Before"), at(NOON + timedelta(days=4))
    assert time.set_state_unless_given(state, "Meeting") is True
    time.refresh_from_db()
    assert (time.state, time.reason, row_of(other)) == (state, reason, ("open", None))


def test_a_time_has_as_many_minutes_as_lie_between_its_beginning_and_its_end():
    assert OpenTime(starts_at=NOON, ends_at=NOON + timedelta(minutes=45)).minutes == 45


def test_a_feed_has_an_address_until_it_is_ended_and_a_new_one_each_time(client):
    clinician = at(timezone.now()).clinician
    assert clinician.feed_url == ""
    clinician.make_feed()
    first = clinician.feed_url
    clinician = Clinician.objects.get(pk=clinician.pk)
    assert (clinician.feed_url, client.get(first).status_code) == (first, 200)
    clinician.make_feed()
    assert (client.get(first).status_code, client.get(clinician.feed_url).status_code) == (404, 200)
    clinician.end_feed()
    assert Clinician.objects.get(pk=clinician.pk).feed_url == ""
