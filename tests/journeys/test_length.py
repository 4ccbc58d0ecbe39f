"""How many screens of a phone each page of the guide fills: ten minutes are read by thumb, too."""

import re

import pytest
from playwright.sync_api import expect

from tests.clinic_site.addresses import GUIDE, GUIDE_PAGES

pytestmark = pytest.mark.journey

WIDTH, SCREEN = 360, 740  # CSS pixels of the phone that is measured
MOST_SCREENS = {f"{GUIDE}suitability/": 12}  # with its check
MOST = 10


def test_a_page_fills_no_more_screens_of_a_phone_than_it_may(open_page):
    page = open_page(width=WIDTH, height=SCREEN)
    too_long = {}
    for address in ["/", *GUIDE_PAGES]:
        page.goto(address)
        screens = page.evaluate("document.documentElement.scrollHeight") / SCREEN
        if screens > MOST_SCREENS.get(address, MOST):
            too_long[address] = round(screens, 1)
    assert too_long == {}


def test_a_mark_is_large_enough_to_touch(open_page):
    page = open_page(width=WIDTH, height=SCREEN)
    page.goto(f"{GUIDE}benefits/scars/")
    boxes = [mark.bounding_box() for mark in page.locator("main .cite:visible").all()]
    assert boxes and [box for box in boxes if box["width"] < 24 or box["height"] < 24] == []


def test_a_mark_leads_to_its_source_in_the_fold_and_back(open_page):
    page = open_page(width=WIDTH, height=SCREEN)
    page.goto(f"{GUIDE}benefits/scars/")
    page.locator("#cite-1").click()
    source = page.locator("#source-1")
    expect(source).to_be_visible()
    source.get_by_role("link", name="Back to the text at source 1").click()
    expect(page).to_have_url(re.compile("#cite-1$"))


def test_every_fold_is_open_in_print(open_page):
    page = open_page()
    page.goto(f"{GUIDE}benefits/scars/")
    page.emulate_media(media="print")
    assert [fold.is_visible() for fold in page.locator(".layer__in").all()] == [True, True, True]
