"""The calendar by keyboard alone, from the first Tab: a consultation is picked up, carried, put down, and told."""

import pytest
import time_machine
from playwright.sync_api import expect

from booking.models import OpenTime
from booking.schedule.times import book
from tests.factories import make_request, make_staff, make_time
from tests.journeys.keys import press
from tests.journeys.long_data import A_TUESDAY

pytestmark = pytest.mark.journey


@pytest.fixture
def day(open_own_page):
    """A Tuesday on which one consultation is booked and the two times after it are open."""
    with time_machine.travel(A_TUESDAY):
        booked, *free = [make_time(0, starts_at=A_TUESDAY.replace(hour=hour, minute=0)) for hour in (11, 12, 13)]
        book(make_request(name="Amira Haddad"), booked, make_staff("frontdesk"))
        page = open_own_page("frontdesk", width=1280)
        page.goto("/admin/booking/opentime/calendar/")
        page.wait_for_load_state()
        yield page, booked, free


def test_a_consultation_is_moved_by_keys_alone(day):
    page, _booked, free = day
    press(page, "Tab")
    press(page, "Enter")  # the first thing on the page leads past the bar, into the calendar
    expect(page.locator("a.cell.booked")).to_be_focused()
    press(page, "m")
    expect(page.locator("a.cell.moving")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#moving-h")).to_have_count(0)
    press(page, "ArrowDown")  # wherever one is, an arrow goes to the calendar
    expect(page.locator("a.cell.booked")).to_be_focused()
    press(page, "m")
    expect(page.locator("a.cell.moving")).to_be_focused()
    while page.evaluate("!document.activeElement.matches('.open')"):
        press(page, "ArrowDown")
    press(page, "Enter")
    expect(page.locator("a.cell.landing")).to_be_focused()
    press(page, "Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("Moved to")
    assert OpenTime.objects.get(pk=free[0].pk).state == "booked"


def test_arrows_go_from_day_to_day_and_brackets_widen_another(day):
    page, _booked, _free = day
    press(page, "ArrowRight")
    here = page.evaluate("document.activeElement.getBoundingClientRect().left")
    press(page, "ArrowRight")
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") > here
    assert page.locator(".cal a[tabindex='0']").count() == 1
    press(page, "]")
    expect(page.locator("th.wide").first).to_contain_text("Wednesday 9")
