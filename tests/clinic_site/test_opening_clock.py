from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic_site.hours import OpenClock, desk_clock, last_open_moment, next_opening, open_stretches
from clinic_site.models import ClosedDay, OpeningHours

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
WEDNESDAY, FRIDAY = date(2026, 2, 4), date(2026, 2, 6)


@pytest.fixture(autouse=True)
def from_nine_to_twelve_and_one_to_five():
    OpeningHours.objects.all().delete()
    ClosedDay.objects.all().delete()
    for weekday in range(5):
        for opens, closes in ((time(9), time(12)), (time(13), time(17))):
            OpeningHours.objects.create(weekday=weekday, opens=opens, closes=closes)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=DETROIT)


def test_the_stretches_of_a_span_are_those_of_its_last_day_too():
    stretches = list(open_stretches(WEDNESDAY, WEDNESDAY))
    assert stretches == [
        (at("2026-02-04T09:00"), at("2026-02-04T12:00")),
        (at("2026-02-04T13:00"), at("2026-02-04T17:00")),
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        pytest.param("2026-02-04T09:00", "2026-02-04T12:00", 3, id="a whole stretch"),
        pytest.param("2026-02-04T11:00", "2026-02-04T14:00", 2, id="over the break"),
        pytest.param("2026-02-04T12:00", "2026-02-04T13:00", 0, id="the break itself"),
        pytest.param("2026-02-04T16:00", "2026-02-05T10:00", 2, id="over a night"),
        pytest.param("2026-02-04T02:00", "2026-02-04T08:00", 0, id="before the span's first opening"),
        pytest.param("2026-02-04T14:00", "2026-02-04T11:00", 0, id="the first is the later one"),
    ],
)
def test_the_clock_counts_for_how_long_the_clinic_is_open_between_two_moments(begins, ends, hours):
    assert OpenClock(WEDNESDAY, FRIDAY).between(at(begins), at(ends)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-02-04T10:30", "2026-02-04T10:30", id="while it is open"),
        pytest.param("2026-02-04T09:00", "2026-02-04T09:00", id="as it opens"),
        pytest.param("2026-02-04T12:30", "2026-02-04T12:00", id="in the break"),
        pytest.param("2026-02-05T03:00", "2026-02-04T17:00", id="at night"),
        pytest.param("2026-02-04T08:59", "2026-02-04T08:59", id="before the span's first opening"),
    ],
)
def test_the_clock_knows_the_last_moment_at_which_the_clinic_was_open(moment, expected):
    assert OpenClock(WEDNESDAY, FRIDAY).open_before(at(moment)) == at(expected)


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        pytest.param("2026-02-04T09:00", 3, "2026-02-04T12:00", id="until the break begins"),
        pytest.param("2026-02-04T11:00", 2, "2026-02-04T14:00", id="over the break"),
        pytest.param("2026-02-04T16:30", 1, "2026-02-05T09:30", id="over a night"),
        pytest.param("2026-02-06T16:00", 1, "2026-02-06T17:00", id="until the span's last moment"),
        pytest.param("2026-02-06T16:00", 2, "2026-02-06T18:00", id="past the span, around the clock"),
        pytest.param("2026-02-04T07:00", 1, "2026-02-04T10:00", id="from before the first opening"),
    ],
)
def test_the_clock_knows_when_the_clinic_has_been_open_for_so_long(moment, hours, expected):
    assert OpenClock(WEDNESDAY, FRIDAY).after(at(moment), timedelta(hours=hours)) == at(expected)


def test_the_clock_of_the_desk_reaches_from_before_the_longest_closure_to_the_last_moment_asked(time_machine):
    time_machine.move_to(at("2026-02-04T10:00"), tick=False)
    ClosedDay.objects.bulk_create(ClosedDay(date=WEDNESDAY - timedelta(days=days), name="Closed") for days in range(31))
    clock = desk_clock([at("2026-03-03T20:00"), at("2026-02-20T10:00")])
    assert clock.open_before(at("2026-02-04T10:00")) == at("2026-02-04T10:00")
    assert clock.open_before(at("2026-03-03T20:00")) == at("2026-03-03T17:00")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-02-04T08:00", "2026-02-04T09:00", id="before it opens"),
        pytest.param("2026-02-04T09:00", "2026-02-04T09:00", id="as it opens"),
        pytest.param("2026-02-04T09:01", "2026-02-04T13:00", id="while it is open"),
        pytest.param("2026-02-06T13:01", "2026-02-09T09:00", id="on Friday afternoon"),
    ],
)
def test_the_next_opening_is_at_that_moment_or_later(moment, expected):
    assert next_opening(at(moment)) == at(expected)


def test_without_hours_the_next_opening_is_the_moment_itself():
    OpeningHours.objects.all().delete()
    assert next_opening(at("2026-02-04T08:00")) == at("2026-02-04T08:00")


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        pytest.param("2026-02-04T08:00", "2026-02-04T10:00", "2026-02-04T10:00", id="while it is open"),
        pytest.param("2026-02-04T08:00", "2026-02-04T12:30", "2026-02-04T12:00", id="in the break"),
        pytest.param("2026-02-04T10:00", "2026-02-05T03:00", "2026-02-04T17:00", id="over a night"),
        pytest.param("2026-02-04T16:59", "2026-02-04T20:00", "2026-02-04T17:00", id="from its last minute"),
        pytest.param("2026-02-04T17:00", "2026-02-04T20:00", None, id="from its close on"),
        pytest.param("2026-02-04T06:00", "2026-02-04T09:00", None, id="until it opens"),
        pytest.param("2026-02-04T11:00", "2026-02-04T10:00", None, id="nothing lies between"),
        pytest.param("2026-02-04T10:00", "2026-02-04T10:00", None, id="one moment"),
    ],
)
def test_the_last_open_moment_lies_between_the_two(after, until, expected):
    found = last_open_moment(at(after), at(until))
    assert found == (at(expected) if expected else None)
    assert found is None or found.tzinfo == DETROIT
