from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinic_site.hours import days_ahead, desk_at, reply_by, weekly_table
from clinic_site.models import Clinic, ClosedDay, OpeningHours

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
OFFICE = [("09:00", "12:00"), ("13:00", "17:00")]


def set_hours(weekdays, stretches):
    for weekday in weekdays:
        for opens, closes in stretches:
            OpeningHours.objects.create(
                weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
            )


def close(*days):
    for day in days:
        ClosedDay.objects.create(date=date.fromisoformat(day), name="Closed")


def promise(minutes):
    Clinic.objects.update(answer_within=minutes)


def answered(received):
    """The reply-by of a request that arrived at that clinic time, or at that moment where an offset is given."""
    moment = datetime.fromisoformat(received)
    return reply_by(moment if moment.tzinfo else moment.replace(tzinfo=DETROIT)).isoformat(timespec="minutes")


@pytest.fixture(autouse=True)
def empty_week():
    """No hours, no closed days, and a promise of four hours of opening time."""
    OpeningHours.objects.all().delete()
    ClosedDay.objects.all().delete()
    promise(240)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param("2026-02-04T10:00", "2026-02-04T15:00-05:00", id="in the morning, over the lunch break"),
        pytest.param("2026-02-04T06:30", "2026-02-04T14:00-05:00", id="before opening"),
        pytest.param("2026-02-04T12:30", "2026-02-04T17:00-05:00", id="in the lunch break, due as the desk closes"),
        pytest.param("2026-02-04T13:01", "2026-02-05T09:01-05:00", id="one minute more than the day has left"),
        pytest.param("2026-02-04T17:00", "2026-02-05T14:00-05:00", id="as the desk closes"),
        pytest.param("2026-02-04T23:59", "2026-02-05T14:00-05:00", id="at night"),
        pytest.param("2026-02-06T16:55", "2026-02-09T13:55-05:00", id="Friday at 4:55 pm"),
        pytest.param("2026-02-07T11:00", "2026-02-09T14:00-05:00", id="on a weekend"),
        pytest.param("2026-02-05T02:30+00:00", "2026-02-05T14:00-05:00", id="given in UTC, a day ahead of the clinic"),
        pytest.param("2026-03-06T16:55", "2026-03-09T13:55-04:00", id="the weekend on which summer time begins"),
        pytest.param("2026-10-30T16:55", "2026-11-02T13:55-05:00", id="the weekend on which summer time ends"),
        pytest.param("2026-03-08T02:30", "2026-03-09T14:00-04:00", id="an hour that the clock leaves out"),
    ],
)
def test_a_promise_counts_opening_time(received, expected):
    set_hours(range(5), OFFICE)
    assert answered(received) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param("2026-03-08T00:30", "2026-03-08T05:30-04:00", id="the night that loses an hour"),
        pytest.param("2026-11-01T00:30", "2026-11-01T03:30-05:00", id="the night that has an hour twice"),
        pytest.param("2026-11-01T05:30+00:00", "2026-11-01T04:30-05:00", id="1:30 for the first time"),
        pytest.param("2026-11-01T06:30+00:00", "2026-11-01T05:30-05:00", id="1:30 for the second time"),
    ],
)
def test_a_desk_that_is_open_at_night_counts_real_minutes(received, expected):
    set_hours([6], [("00:00", "06:00")])
    assert answered(received) == expected


def test_a_holiday_does_not_count():
    set_hours(range(5), OFFICE)
    close("2026-11-26")
    assert answered("2026-11-25T16:00") == "2026-11-27T12:00-05:00"


def test_a_closed_week_does_not_count():
    set_hours(range(5), OFFICE)
    close("2026-12-25", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01")
    assert answered("2026-12-24T16:00") == "2027-01-04T12:00-05:00"


def test_a_request_on_a_closed_day_waits_for_the_next_open_one():
    set_hours(range(5), OFFICE)
    close("2026-11-26")
    assert answered("2026-11-26T10:00") == "2026-11-27T14:00-05:00"


def test_a_promise_may_run_over_several_days():
    set_hours(range(5), OFFICE)
    promise(3 * 7 * 60 + 1)
    assert answered("2026-02-04T10:00") == "2026-02-09T10:01-05:00"


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param("2026-02-04T10:00", "2026-02-05T14:00-05:00", id="on a plain day"),
        pytest.param("2026-03-07T10:00", "2026-03-08T15:00-04:00", id="before a day of 23 hours"),
    ],
)
def test_without_any_hours_the_clock_counts_after_a_day_of_grace(received, expected):
    assert answered(received) == expected


def test_a_longer_promise_never_ends_earlier():
    set_hours(range(5), OFFICE)
    ends = []
    for minutes in (240, 4800, 16000, 20000, 32767):
        promise(minutes)
        ends.append(answered("2026-02-04T10:00"))
    assert ends == sorted(ends)


def test_a_promise_costs_the_same_few_queries_however_long_it_runs(django_assert_num_queries):
    set_hours(range(5), OFFICE)
    for minutes in (240, 4800):
        promise(minutes)
        with django_assert_num_queries(3):  # the profile, the hours, the closed days
            answered("2026-02-04T10:00")


def test_the_table_puts_equal_weekdays_together():
    set_hours([0, 1, 3, 4], OFFICE)
    set_hours([2], [("09:00", "12:00")])
    office = [(time(9), time(12)), (time(13), time(17))]
    assert weekly_table() == [
        {"first": "Monday", "last": "Tuesday", "stretches": office},
        {"first": "Wednesday", "last": "Wednesday", "stretches": [(time(9), time(12))]},
        {"first": "Thursday", "last": "Friday", "stretches": office},
        {"first": "Saturday", "last": "Sunday", "stretches": []},
    ]


def test_the_table_of_a_clinic_without_hours_is_one_closed_week():
    assert weekly_table() == [{"first": "Monday", "last": "Sunday", "stretches": []}]


def desk(local):
    now = desk_at(datetime.fromisoformat(local).replace(tzinfo=DETROIT))
    return now.is_open, now.changes and now.changes.isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        pytest.param("2026-02-04T08:59", (False, "2026-02-04T09:00-05:00"), id="before opening"),
        pytest.param("2026-02-04T09:00", (True, "2026-02-04T12:00-05:00"), id="as it opens"),
        pytest.param("2026-02-04T12:00", (False, "2026-02-04T13:00-05:00"), id="as the break begins"),
        pytest.param("2026-02-04T16:59", (True, "2026-02-04T17:00-05:00"), id="in the last minute"),
        pytest.param("2026-02-04T17:00", (False, "2026-02-06T09:00-05:00"), id="as it closes, before a closed day"),
        pytest.param("2026-03-07T12:00", (False, "2026-03-09T09:00-04:00"), id="over the night summer time begins"),
    ],
)
def test_the_desk_is_open_or_says_when_it_opens(local, expected):
    set_hours(range(5), OFFICE)
    close("2026-02-05")
    assert desk(local) == expected


def test_a_desk_without_hours_has_no_next_change():
    assert desk("2026-02-04T10:00") == (False, None)


def test_the_days_ahead_have_their_hours_and_what_they_are_closed_for():
    set_hours([2, 3], OFFICE)
    close("2026-02-05")
    days = days_ahead(date(2026, 2, 4), 3)
    office = [(time(9), time(12)), (time(13), time(17))]
    assert days == [
        {"date": date(2026, 2, 4), "stretches": office, "closed_for": ""},
        {"date": date(2026, 2, 5), "stretches": [], "closed_for": "Closed"},
        {"date": date(2026, 2, 6), "stretches": [], "closed_for": ""},
    ]
