"""A day, then a time, on a phone: with and without scripts, by keyboard, in large letters; moved, and moved back."""

import pytest
from playwright.sync_api import expect

from clinic_site.models import Clinic, SelfPick
from tests.factories import make_time
from tests.journeys.overflow import width_of
from tests.journeys.test_patient_and_desk import press_send, sign_in

pytestmark = [pytest.mark.journey]

TAPS = 14


class Finger:
    """Presses what it is told to, and counts."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, locator):
        self.taps += 1
        locator.click()


def fill_in(page, name):
    page.goto("/consultation/")
    page.get_by_label("Your name").fill(name)
    page.locator("#id_email").fill(f"{name.split()[0].lower()}@patient.example")


def choose_a_day(page, number, finger=None):
    day = page.locator("button.day").nth(number)
    words = day.get_attribute("value")
    (finger or Finger(page)).tap(day)
    expect(page.locator(f'button.day[value="{words}"]')).to_have_attribute("aria-current", "date")
    return words


def heading(page, words):
    expect(page.get_by_role("heading", level=1)).to_have_text(words, use_inner_text=True)


def standing(page, words):
    """The word above a private page's heading."""
    expect(page.locator(".ticket__standing")).to_have_text(words)


def fits_its_window(page):
    assert width_of(page) <= page.viewport_size["width"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_patient_asks_for_a_chosen_time_in_few_taps(open_page, scripts):
    page = open_page(width=360, java_script_enabled=scripts)
    finger = Finger(page)
    name = "Tamar Taps" if scripts else "Plain Taps"
    fill_in(page, name)
    finger.taps += 2  # into each field
    finger.tap(page.locator("#id_consent"))
    choose_a_day(page, 2, finger)
    assert page.locator("#id_name").input_value() == name and page.locator("#id_consent").is_checked()
    time = page.locator('[name="open_time"]').nth(1)
    finger.tap(time)
    press_send(page)
    heading(page, "We have your request")
    assert finger.taps + 1 <= TAPS
    expect(page.get_by_text("The time you picked")).to_be_visible()


def test_three_answers_that_are_needed_stand_within_a_screen_and_a_half(open_page):
    page = open_page(width=360)
    page.goto("/consultation/")
    for name in ("name", "email", "consent"):
        box = page.locator(f"#id_{name}").bounding_box()
        assert box["y"] + box["height"] <= 1.5 * 740, name


def test_the_times_of_the_day_are_in_sight_after_it_was_chosen(open_page):
    page = open_page(width=360)
    fill_in(page, "Sight Seen")
    choose_a_day(page, 3)
    expect(page.locator("#times h3")).to_be_in_viewport(ratio=1)


def test_who_chooses_phone_sees_no_email_and_gets_it_back(open_page):
    page = open_page(width=360)
    page.goto("/consultation/")
    page.get_by_label("Phone", exact=True).first.check()
    expect(page.locator("#id_email")).to_be_hidden()
    page.get_by_label("Email", exact=True).first.check()
    expect(page.locator("#id_email")).to_be_visible()


def test_by_keyboard_enter_in_a_field_sends_the_form_and_chooses_no_day(open_page):
    page = open_page(width=360)
    page.goto("/consultation/")
    page.locator("#id_name").fill("Enter Key")
    page.locator("#id_name").press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()


def test_in_letters_of_twice_the_size_the_page_fits(open_page):
    page = open_page(width=360)
    page.goto("/consultation/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits_its_window(page)
    for way in ("pick", "call", "windows"):
        page.locator(f'[name="time_by"][value="{way}"]').check()
        fits_its_window(page)


def test_asked_without_a_time_picked_later_moved_and_moved_back(open_page, site):
    page, desk = open_page(width=360), open_page(width=1280)
    fill_in(page, "Lara Later")
    page.locator("#id_consent").check()
    page.locator('[name="time_by"][value="call"]').check()
    press_send(page)
    page.locator(".private-link a").click()
    page.get_by_role("link", name="Choose a time yourself").click()
    page.locator("a.day").nth(2).click()
    page.locator('[name="open_time"]').first.check()
    page.get_by_role("button", name="Hold this time for me").click()
    standing(page, "Held for you")
    picked = page.locator("h1").inner_text()

    sign_in(desk, site, "frontdesk")
    desk.goto("/admin/booking/consultationrequest/?q=Lara+Later")
    desk.get_by_role("link", name="Lara Later", exact=True).first.click()
    desk.get_by_role("button", name="Confirm: book this time").click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    page.reload()
    standing(page, "Booked")
    heading(page, picked)

    page.get_by_role("link", name="Move it to another time").click()
    page.locator("a.day").nth(4).click()
    page.locator('[name="open_time"]').last.check()
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert page.locator("h1").inner_text() != picked
    page.get_by_role("button", name="Undo").click()
    heading(page, picked)
    fits_its_window(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_booked_moved_canceled_withdrawn_and_each_undone_by_the_patient_alone(open_own_page, scripts):
    clinic = Clinic.profile()
    clinic.self_pick = SelfPick.BOOKED
    clinic.save()
    for hours in (72, 96, 120):
        make_time(hours)
    page = open_own_page(width=360, java_script_enabled=scripts)
    fill_in(page, "Alma Alone")
    page.locator("#id_consent").check()
    choose_a_day(page, 0)
    page.locator('[name="open_time"]').first.check()
    press_send(page)
    heading(page, "Your consultation is booked")
    page.locator(".private-link a").click()
    standing(page, "Booked")
    booked = page.locator("h1").inner_text()

    page.get_by_role("link", name="Move it to another time").click()
    page.locator("a.day").nth(1).click()
    page.locator('[name="open_time"]').first.check()
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert page.locator("h1").inner_text() != booked
    page.get_by_role("button", name="Undo").click()
    heading(page, booked)

    page.get_by_text("I cannot make it").click()
    page.get_by_role("button", name="Cancel this time").click()
    standing(page, "Canceled by you")
    page.get_by_role("button", name="Undo: keep my time").click()
    heading(page, booked)

    page.get_by_role("button", name="Withdraw my request").click()
    standing(page, "Withdrawn")
    page.get_by_role("button", name="Undo: keep my request").click()
    standing(page, "Booked")
    heading(page, booked)
