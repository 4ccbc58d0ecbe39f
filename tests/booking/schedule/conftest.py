"""Whom the tests of times begin with; a file that needs somebody else names them itself."""

import pytest

from booking.schedule.times import book
from tests.factories import make_request, make_staff, make_time


@pytest.fixture
def staff(db):
    return make_staff("frontdesk")


@pytest.fixture
def booked(staff):
    """A request with a consultation in three days."""
    consultation_request = make_request()
    book(consultation_request, make_time(72), staff)
    return consultation_request
