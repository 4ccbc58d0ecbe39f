"""The first page of the staff: promises and visitors for the desk, and for each role its own."""

import re

import pytest

from booking.schedule.times import book
from tests.factories import make_request, make_staff, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

LIST = "/admin/booking/consultationrequest/"
NOON = "2027-03-15T16:00Z"  # a Monday, noon at the clinic


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def test_today_counts_all_that_are_due_and_not_those_it_has_room_for_alone(desk):
    for number in range(15):
        make_request(email=f"p{number}@patient.example")
    html = desk.get("/admin/").text
    assert re.search(r'Promises due\s*<span class="tally">15</span>', html)
    assert "12+" in html


def test_home_shows_promises_and_who_comes_today(as_staff, time_machine):
    time_machine.move_to(NOON)
    desk = as_staff("frontdesk")
    consultation_request = make_request(name="Comes Today", email="c@patient.example")
    book(consultation_request, make_time(2), make_staff("frontdesk"))
    make_request(name="Waits Person")
    page = desk.get("/admin/").text
    assert "Start with the oldest: Waits Person" in page and "Comes Today" in page
    desk.post(f"{LIST}{consultation_request.pk}/do/arrived/", {"back": "/admin/"})
    assert "Here" in desk.get("/admin/").text


@pytest.mark.parametrize(
    ("role", "shown", "missing"),
    [
        ("frontdesk", ["Promises due", "Consultations today", "This week"], ["Live pages that changed last"]),
        ("manager", ["Promises due", "Live pages that changed last", "This week"], ["The desk asks you"]),
        ("clinician", ["The desk asks you", "Live pages that changed last"], ["Promises due", "This week"]),
        ("marketing", ["Live pages that changed last", "This week"], ["Promises due", "Consultations today"]),
    ],
)
def test_each_role_has_a_home_of_its_own(as_staff, role, shown, missing):
    page = as_staff(role).get("/admin/").text
    assert [words for words in shown if words not in page] == [words for words in missing if words in page] == []


def test_marketing_has_a_home_without_people(as_staff):
    make_request(name="Waits Person")
    page = as_staff("marketing").get("/admin/").text
    assert "Waits Person" not in page and "All records" in page
