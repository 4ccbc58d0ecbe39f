"""What comes out of a printer."""

import re

import pytest
from playwright.sync_api import expect

from tests.clinic_site.addresses import GUIDE

pytestmark = pytest.mark.journey

PAGE_OF_A_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")


def printed_pages(page, paper):
    return len(PAGE_OF_A_PDF.findall(page.pdf(format=paper)))


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("section", ["numbing", "recovery"])
def test_a_sheet_to_take_home_is_one_page(open_page, section, paper, scheme):
    page = open_page(color_scheme=scheme)
    page.goto(f"{GUIDE}{section}/")
    assert printed_pages(page, paper) == 1


def test_the_pages_of_a_long_page_are_counted(open_page):
    page = open_page()
    page.goto(f"{GUIDE}questions/")
    assert printed_pages(page, "A4") > 1


@pytest.mark.parametrize("section", ["numbing", "recovery"])
def test_a_sheet_has_the_signs_and_the_numbers_to_call(open_page, section):
    page = open_page()
    page.goto(f"{GUIDE}{section}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="When to call")).to_be_visible()
    expect(page.locator(".care a[href^='tel:']").first).to_be_visible()
    expect(page.locator(".signoff")).to_be_visible()
    for left_off in ("nav.contents", ".next-step", ".request-bar", ".sources-section"):
        expect(page.locator(left_off)).to_be_hidden()


def test_a_printed_overview_shows_what_every_needle_setting_reaches(open_page):
    page = open_page()
    page.goto(GUIDE)
    page.emulate_media(media="print")
    answers = page.locator(".depth__answers > div")
    assert [answer.is_visible() for answer in answers.all()] == [True, True, True]
    expect(page.locator(".depth__choices")).to_be_hidden()
