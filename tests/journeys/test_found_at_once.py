"""A reader with one question reaches its passage on a phone: in two taps at most, and on three screens."""

import pytest
from playwright.sync_api import expect

from tests.clinic_site.addresses import GUIDE

pytestmark = pytest.mark.journey

WIDTH, SCREEN = 360, 740  # CSS pixels
MOST_TAPS = 2


def in_view(page, place):
    """Whether the beginning of a passage is on the screen."""
    expect(page.locator(f'[id="{place}"]')).to_be_in_viewport()
    return True


def search(page, words):
    """From home: what was typed, and one tap."""
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("main").get_by_role("button", name="Search").tap()
    page.wait_for_url("**/search/**")


def tap_result(page, address):
    """The result that leads there; it is among the first three and on the first two screens."""
    places = [link.get_attribute("href") for link in page.locator(".results h2 a").all()]
    assert address in places[:3]
    link = page.locator(f'.results h2 a[href="{address}"]')
    assert link.bounding_box()["y"] < 2 * SCREEN
    link.tap()
    page.wait_for_url(f"**{address}")


@pytest.fixture
def phone(open_page):
    return open_page(width=WIDTH, height=SCREEN, has_touch=True)


def test_acne_scars_on_a_phone(phone):
    search(phone, "acne scars")
    tap_result(phone, f"{GUIDE}benefits/scars/")
    expect(phone.get_by_role("heading", level=1, name="Scars, including acne scars")).to_be_in_viewport()
    expect(phone.locator(".answer")).to_be_in_viewport()


def test_acne_scars_on_a_phone_without_typing(phone):
    phone.goto("/")
    link = phone.get_by_role("main").get_by_role("link", name="Scars", exact=True)
    assert link.bounding_box()["y"] < 3 * SCREEN
    link.tap()
    expect(phone.locator(".answer")).to_be_in_viewport()


def test_brown_skin_and_dark_spots(phone):
    search(phone, "brown skin and dark spots")
    tap_result(phone, f"{GUIDE}risks/#dark-marks")
    assert in_view(phone, "dark-marks")


def test_how_much_and_how_long_off_work(phone):
    search(phone, "how much and how long off work")
    tap_result(phone, f"{GUIDE}cost/")
    expect(phone.locator(".answer")).to_be_in_viewport()
    phone.go_back()
    tap_result(phone, f"{GUIDE}recovery/#plans")
    assert in_view(phone, "plans")


def test_the_ways_in_fill_no_more_than_a_screen_and_each_is_one_tap(phone):
    phone.goto("/")
    ways = phone.locator("nav.ways")
    assert ways.bounding_box()["height"] <= SCREEN
    assert ways.get_by_role("link").count() == 8 and ways.get_by_role("searchbox").count() == 1


def test_the_menu_of_a_phone_is_on_one_screen(phone):
    phone.goto(f"{GUIDE}prp/")
    phone.get_by_text("Menu", exact=True).tap()
    last = phone.locator(".menu").get_by_role("link", name="Request a consultation").bounding_box()
    assert last["y"] + last["height"] <= SCREEN


def test_a_passage_in_a_fold_is_in_view_when_a_result_leads_there(phone):
    phone.goto("/search/?q=stretch+marks+laser")
    tap_result(phone, f"{GUIDE}benefits/scars/#claim-stretch-marks")
    assert in_view(phone, "claim-stretch-marks")


def test_a_hard_word_opens_in_place_and_closes_again_without_a_script(open_page):
    page = open_page(width=WIDTH, height=SCREEN, java_script_enabled=False)
    page.goto(f"{GUIDE}risks/")
    word = page.locator("button.term").first
    meaning = page.locator(f'[id="{word.get_attribute("popovertarget")}"]')
    expect(meaning).to_be_hidden()
    word.click()
    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= WIDTH and box["y"] + box["height"] <= SCREEN
    meaning.get_by_role("button", name="Close").click()
    expect(meaning).to_be_hidden()
