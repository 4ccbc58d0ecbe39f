"""Who else has a request open, and since when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.desk.presence import STAYS, record_viewer
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def colleague():
    return make_staff("frontdesk")


@pytest.fixture
def after(time_machine):
    """Move the clock to so long after the beginning; returns the beginning."""
    begin = timezone.now()
    time_machine.move_to(begin, tick=False)

    def move(span):
        time_machine.move_to(begin + span, tick=False)
        return begin

    return move


def test_who_looks_again_is_there_since_the_first_look(staff, colleague, after):
    for minutes in (0, 3, 6):
        begin = after(minutes * MINUTE)
        record_viewer(1, colleague)
    assert record_viewer(1, staff) == [(colleague.get_username(), begin)]


def test_who_comes_back_after_being_away_is_there_since_then(staff, colleague, after):
    begin = after(0 * MINUTE)
    record_viewer(1, colleague)
    after(STAYS - MINUTE)
    record_viewer(1, staff)  # what is kept is kept on
    after(STAYS)
    record_viewer(1, colleague)
    assert record_viewer(1, staff) == [(colleague.get_username(), begin + STAYS)]


@pytest.mark.parametrize(("span", "is_there"), [(STAYS - SECOND, True), (STAYS, False)])
def test_who_looks_no_more_is_gone_after_five_minutes(staff, colleague, after, span, is_there):
    record_viewer(1, colleague)
    after(2 * MINUTE)
    record_viewer(1, staff)  # what is kept is kept on
    after(span)
    assert bool(record_viewer(1, staff)) is is_there


def test_nobody_is_told_of_oneself_nor_of_readers_of_another_request(staff, colleague):
    record_viewer(1, staff)
    record_viewer(2, colleague)
    assert record_viewer(1, staff) == []


def test_everybody_else_is_told(staff, colleague):
    third = make_staff("manager")
    record_viewer(1, colleague)
    record_viewer(1, third)
    assert [name for name, _since in record_viewer(1, staff)] == [colleague.get_username(), third.get_username()]
