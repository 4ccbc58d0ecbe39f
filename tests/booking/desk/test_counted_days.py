"""Borders of what figures count: the very moment of a promise, the ends of waits, ties, and spans beside the days."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from booking.desk.calls import log_call
from booking.desk.figures import Span, figures_of, keep_figures
from booking.desk.figures.tallies import Tally, percentage
from booking.models import CountedDay
from booking.models.timeline import Outcome
from tests.factories import make_request, make_staff, open_around_the_clock

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
MONDAY_TEN = "2027-03-15T14:00Z"  # at the clinic; its desk is open


@pytest.fixture
def clock(time_machine):
    """A Monday at ten, at a clinic that is open around the clock."""
    open_around_the_clock()
    time_machine.move_to(MONDAY_TEN, tick=False)
    return time_machine


def this_week():
    return figures_of(Span.up_to_now(1))


def speak(consultation_request, after, clock):
    clock.move_to(consultation_request.received_at + after, tick=False)
    log_call(consultation_request, Outcome.SPOKE, make_staff("frontdesk"))


def test_a_word_in_the_very_moment_of_the_promise_is_in_time(clock):
    consultation_request = make_request()
    speak(consultation_request, consultation_request.reply_by - consultation_request.received_at, clock)
    assert (this_week().all.due, this_week().all.in_time) == (1, 1)


def test_a_promise_that_ends_this_moment_is_not_broken_yet(clock):
    consultation_request = make_request()
    clock.move_to(consultation_request.reply_by, tick=False)
    keep_figures()
    assert this_week().all.due == 0
    assert CountedDay.objects.get(day=date(2027, 3, 15)).counts_until == consultation_request.reply_by
    clock.move_to(consultation_request.reply_by + timedelta(seconds=1), tick=False)
    assert this_week().all.due == 1


def test_a_day_is_counted_again_when_the_first_of_its_promises_runs_out(clock):
    first = make_request()
    clock.move_to(timezone.now() + MINUTE, tick=False)
    make_request(email="second@patient.example")
    keep_figures()
    assert CountedDay.objects.get(day=date(2027, 3, 15)).counts_until == first.reply_by


@pytest.mark.parametrize(
    ("wait", "place"),
    [
        (timedelta(minutes=30), 0),
        (timedelta(minutes=31), 1),
        (timedelta(hours=1), 1),
        (timedelta(hours=2), 2),
        (timedelta(hours=4), 3),
        (timedelta(hours=8), 4),
        (timedelta(hours=8, minutes=1), 5),
    ],
)
def test_a_wait_belongs_to_the_step_that_it_does_not_exceed(clock, wait, place):
    speak(make_request(), wait, clock)
    assert [number for _end, number in this_week().waits] == [int(step == place) for step in range(6)]


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (timedelta(hours=2, minutes=59), timedelta(hours=2, minutes=59)),
        (timedelta(hours=3, minutes=1), timedelta(hours=3)),
        (timedelta(hours=23, minutes=30), timedelta(hours=23)),
        (timedelta(hours=25), timedelta(days=1)),
        (timedelta(hours=50), timedelta(days=2)),
    ],
)
def test_a_wait_is_said_to_the_minute_then_to_the_hour_then_to_the_day(clock, wait, said):
    speak(make_request(), wait, clock)
    assert this_week().half_within == said


def test_campaigns_of_which_as_many_asked_stand_by_name(clock):
    for number, tag in enumerate(("poster", "fair", "letter", "letter")):
        make_request(email=f"{number}@patient.example", campaign=tag)
    assert [tally.name for tally in this_week().campaigns] == ["letter", "fair", "poster"]


def test_a_span_is_counted_by_its_weeks_and_leaves_out_days_beside_it(clock):
    keep_figures()
    for moment in ("2027-03-14T16:00Z", "2027-03-15T04:30Z", "2027-03-21T16:00Z", "2027-03-22T16:00Z"):
        clock.move_to(moment, tick=False)
        make_request(email=f"{moment[:10]}@patient.example")
    span = Span(date(2027, 3, 15), 1)
    assert (span.last, figures_of(span).all.requests) == (date(2027, 3, 21), 2)
    two_weeks = Span(date(2027, 3, 8), 2)
    assert [week.requests for week in figures_of(two_weeks).weeks] == [1, 2]
    assert (two_weeks.week_of(date(2027, 3, 14)), two_weeks.week_of(date(2027, 3, 15))) == (0, 1)


def test_a_year_before_is_two_and_fifty_weeks_before(clock):
    assert Span(date(2027, 3, 15), 3).a_year_before == Span(date(2026, 3, 16), 3)


@pytest.mark.parametrize(("booked", "attended", "missed", "to_come"), [(5, 2, 1, 2), (1, 1, 1, 0)])
def test_to_come_are_those_booked_that_neither_came_nor_missed(booked, attended, missed, to_come):
    assert Tally(booked=booked, attended=attended, missed=missed).to_come == to_come


@pytest.mark.parametrize(("part", "whole", "expected"), [(1, 3, 33), (2, 3, 67), (0, 4, 0), (0, 0, None)])
def test_a_percentage_is_rounded_and_of_nothing_there_is_none(part, whole, expected):
    assert percentage(part, whole) == expected
