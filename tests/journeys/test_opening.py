"""Closing a Friday, an absence, shorter hours and another length, with forty patients in the way."""

import re
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from booking.models import Clinician, Consultation, ConsultationRequest, OpenTime
from booking.schedule.picking import pick
from booking.schedule.publishing import Pattern, publish
from booking.schedule.times import book, offer_times
from clinic_site.models import ClosedDay
from tests.booking.schedule.doors import set_hours
from tests.factories import make_request, make_staff

pytestmark = [pytest.mark.journey]

TIMES = "/admin/booking/opentime/"
PATIENTS, A_PICK = 40, 4  # of each four patients, two are booked, one is offered a time and one picked theirs


def next_but_one_monday():
    today = timezone.localdate()
    return today + timedelta(days=14 - today.weekday())


@pytest.fixture
def week(committed):
    """Two clinicians with open times for two weeks, and forty patients spread over the first of them."""
    monday = next_but_one_monday()
    ClosedDay.objects.all().delete()
    set_hours("08:00", "17:00", range(5))
    clinicians = tuple(Clinician.objects.create(name=name) for name in ("Dr. Adler", "Dr. Birch"))
    Clinician.objects.exclude(pk__in=[clinician.pk for clinician in clinicians]).update(sees_patients=False)
    OpenTime.objects.all().delete()
    publish(
        Pattern(clinicians, monday, monday + timedelta(days=11), frozenset(range(5)), time(8), time(17), minutes=20)
    )
    staff, free = make_staff("frontdesk"), list(OpenTime.objects.bookable().filter(starts_at__lt=_at(monday, 5)))
    step = len(free) // PATIENTS
    for number in range(PATIENTS):
        patient = make_request(name=f"Patient {number:02}", email=f"p{number}@patient.example")
        wanted = free[number * step]
        if number % A_PICK == 1:
            offer_times(patient, [wanted], staff)
        elif number % A_PICK == 2:
            with transaction.atomic():  # in which a request is kept, and its time picked
                pick(patient, wanted)
        else:
            book(patient, wanted, staff)
    return monday


def _at(monday, days):
    return datetime.combine(monday + timedelta(days=days), time.min, tzinfo=timezone.get_default_timezone())


def look_and_do(page, first, button):
    """See whom it touches, leave what is proposed, and do it."""
    page.get_by_role("button", name="See whom it touches").click()
    expect(page.locator("#touched-h")).to_contain_text("This touches")
    assert first in page.locator("h1").inner_text()
    page.get_by_role("button", name=re.compile(button)).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def shown_in_the_calendar(page, monday):
    """The names that the calendar shows in three weeks."""
    names = set()
    for week in range(3):
        page.goto(f"{TIMES}calendar/?day={monday + timedelta(weeks=week)}")
        names |= set(page.locator(".cell.booked, .cell.held").evaluate_all("cells => cells.map(cell => cell.title)"))
    return names


def test_after_four_changes_nobody_is_booked_where_nobody_can_be_and_the_calendar_shows_everybody(open_own_page, week):
    page = open_own_page("manager", width=1280)
    friday = week + timedelta(days=4)

    page.goto("/admin/")
    page.get_by_role("link", name="Hours", exact=True).click()
    page.get_by_role("link", name="Close a day").click()
    page.get_by_label("Which day").fill(friday.isoformat())
    page.get_by_label("Why, in a word").fill("Inventory")
    look_and_do(page, "Close Friday", "^Close ")

    page.goto(f"{TIMES}opening/")
    page.get_by_role("link", name=re.compile("Enter an absence.*Birch")).click()
    page.get_by_label("From").fill(week.isoformat())
    page.get_by_label("Until").fill((week + timedelta(days=2)).isoformat())
    look_and_do(page, "Dr. Birch is away", "^Dr. Birch is away")

    page.goto(f"{TIMES}opening/")
    page.get_by_role("region", name="Hours of the week").get_by_role("link", name="Change").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_label(f"{day}, to").first.fill("15:00")
    look_and_do(page, "Change the hours", "^Change the hours")

    page.goto("/admin/clinic_site/clinic/1/change/")
    page.get_by_label("Length of a consultation").fill("30")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{TIMES}publish/")
    page.get_by_label("From").fill(week.isoformat())
    page.get_by_label("To", exact=True).fill((week + timedelta(days=18)).isoformat())
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name=re.compile("^Publish ")).click()
    expect(page.locator(".messagelist .success")).to_contain_text("open now")

    assert not OpenTime.objects.cannot_stand().exists()
    assert not Consultation.objects.booked().exclude(time__state="booked").exists()
    everybody = set(OpenTime.objects.given().values_list("request__name", flat=True))
    booked = set(ConsultationRequest.objects.filter(state="booked").values_list("name", flat=True))
    assert booked == {f"Patient {number:02}" for number in range(PATIENTS) if number % A_PICK in (0, 3)}
    assert shown_in_the_calendar(page, week) == everybody
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Cannot stand")).to_have_count(0)
    for day in range(19):
        taken = OpenTime.objects.exclude(state="withdrawn").on_day(week + timedelta(days=day)).order_by("starts_at")
        for clinician in Clinician.objects.filter(sees_patients=True):
            times = list(taken.filter(clinician=clinician))
            assert all(one.ends_at <= other.starts_at for one, other in pairwise(times))
