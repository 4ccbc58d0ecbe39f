"""Open times in bulk."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from booking.models import Clinician, OpenTime
from booking.schedule.publishing import Pattern, plan, publish
from clinic_site.models import ClosedDay, OpeningHours

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
WEEK = {"first_day": date(2027, 2, 1), "last_day": date(2027, 2, 7)}  # Monday to Sunday


@pytest.fixture(autouse=True)
def long_before(time_machine):
    time_machine.move_to("2027-01-20T12:00Z")
    ClosedDay.objects.all().delete()


def pattern(*names, **fields):
    clinicians = tuple(Clinician.objects.get_or_create(name=name)[0] for name in names or ["Dr. Example"])
    defaults = {
        **WEEK,
        "weekdays": frozenset(range(7)),
        "begins": time(0),
        "ends": time(23, 59),
        "minutes": 60,
    }
    return Pattern(clinicians=clinicians, **(defaults | fields))


def local_starts():
    return [f"{start.astimezone(DETROIT):%a %H:%M}" for start in OpenTime.objects.values_list("starts_at", flat=True)]


def set_hours(*rows):
    OpeningHours.objects.all().delete()
    for weekday, opens, closes in rows:
        OpeningHours.objects.create(weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


def test_times_fill_the_clinics_hours_and_leave_its_break_free():
    set_hours((0, "09:00", "12:00"), (0, "13:00", "15:00"))
    assert len(publish(pattern()).times) == 5
    assert local_starts() == ["Mon 09:00", "Mon 10:00", "Mon 11:00", "Mon 13:00", "Mon 14:00"]


def test_a_time_that_would_not_end_in_the_hours_is_not_published():
    set_hours((0, "09:00", "10:45"))
    publish(pattern(minutes=30))
    assert local_starts() == ["Mon 09:00", "Mon 09:30", "Mon 10:00"]


def test_the_pattern_cuts_the_hours_down():
    set_hours(*((weekday, "08:00", "17:00") for weekday in range(5)))
    publish(pattern(weekdays=frozenset({1, 3}), begins=time(9, 30), ends=time(11, 30)))
    assert local_starts() == ["Tue 09:30", "Tue 10:30", "Thu 09:30", "Thu 10:30"]


def test_a_closed_day_gets_no_times():
    set_hours((0, "09:00", "10:00"), (1, "09:00", "10:00"))
    ClosedDay.objects.create(date=date(2027, 2, 1), name="Closed")
    publish(pattern())
    assert local_starts() == ["Tue 09:00"]


def test_the_clock_of_the_clinic_holds_over_both_daylight_saving_nights():
    set_hours((5, "09:00", "10:00"), (6, "09:00", "10:00"))
    publish(pattern(first_day=date(2027, 3, 13), last_day=date(2027, 3, 14)))
    publish(pattern(first_day=date(2027, 11, 6), last_day=date(2027, 11, 7)))
    utc_hours = [start.hour for start in OpenTime.objects.values_list("starts_at", flat=True)]
    assert (local_starts(), utc_hours) == (["Sat 09:00", "Sun 09:00"] * 2, [14, 13, 13, 14])


def test_times_that_have_passed_are_not_published(time_machine):
    set_hours((0, "09:00", "12:00"))
    time_machine.move_to("2027-02-01T15:10Z")  # 10:10 at the clinic
    publish(pattern())
    assert local_starts() == ["Mon 11:00"]


def test_publishing_again_adds_nothing_and_says_what_is_left_out():
    set_hours((0, "09:00", "12:00"))
    publish(pattern())
    assert publish(pattern()).times == []
    assert (plan(pattern()).left_out, OpenTime.objects.count()) == (3, 3)


def test_a_time_that_would_overlap_another_of_the_same_clinician_is_left_out():
    set_hours((0, "09:00", "12:00"))
    publish(pattern(minutes=60, ends=time(10)))
    assert plan(pattern(minutes=45)).left_out == 2
    assert plan(pattern("Dr. Other", minutes=45)).left_out == 0


def test_a_preview_publishes_nothing():
    set_hours((0, "09:00", "12:00"))
    assert (len(plan(pattern()).times), OpenTime.objects.count()) == (3, 0)


def test_a_month_for_two_clinicians_costs_ten_queries(django_assert_max_num_queries):
    set_hours(
        *(
            (weekday, opens, closes)
            for weekday in range(5)
            for opens, closes in [("08:00", "12:00"), ("13:00", "17:00")]
        )
    )
    month = pattern("Dr. A", "Dr. B", first_day=date(2027, 3, 1), last_day=date(2027, 3, 31), minutes=20)
    with django_assert_max_num_queries(10):
        publish(month)
    assert OpenTime.objects.count() == 2 * 23 * 24
