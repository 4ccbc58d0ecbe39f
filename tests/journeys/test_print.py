"""What comes out of a printer."""

import re

import pytest
from playwright.sync_api import expect

from tests.clinic_site.addresses import BENEFITS, GUIDE

pytestmark = pytest.mark.journey

PAGE_OF_A_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")


def printed_pages(page, paper):
    return len(PAGE_OF_A_PDF.findall(page.pdf(format=paper)))


PAPERS = ["Letter", "A4"]


@pytest.mark.parametrize("section", ["numbing", "recovery"])
def test_a_sheet_to_take_home_is_one_page(open_page, section):
    page, pages = open_page(), {}
    page.goto(f"{GUIDE}{section}/")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        pages |= {(scheme, paper): printed_pages(page, paper) for paper in PAPERS}
    assert set(pages.values()) == {1}, pages


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


@pytest.mark.parametrize("address", ["/", *(f"{GUIDE}benefits/{benefit}/" for benefit in BENEFITS)])
def test_home_and_a_benefit_are_two_pages_at_most(open_page, address):
    page = open_page()
    page.goto(address)
    pages = {paper: printed_pages(page, paper) for paper in PAPERS}
    assert max(pages.values()) <= 2, pages


def test_printed_questions_have_their_answers(open_page):
    page = open_page()
    page.goto(f"{GUIDE}questions/")
    page.emulate_media(media="print")
    answers = page.locator(".questions details > div")
    assert answers.count() > 10 and all(answer.is_visible() for answer in answers.all())


def test_printed_sources_are_their_titles_alone(open_page):
    page = open_page()
    page.goto(f"{GUIDE}benefits/scars/")
    page.emulate_media(media="print")
    expect(page.locator("#source-1")).to_be_visible()
    assert [note.is_visible() for note in page.locator(".sources :is(small, .sources__back)").all()].count(True) == 0


def test_every_skin_is_printed_whatever_was_chosen(open_page):
    page = open_page()
    page.goto(f"{GUIDE}risks/")
    page.get_by_role("radio", name="Brown").check()
    expect(page.get_by_role("heading", name="Light skin")).to_be_hidden()
    page.emulate_media(media="print")
    for tone in ("Light", "Olive", "Brown", "Black"):
        expect(page.get_by_role("heading", name=f"{tone} skin")).to_be_visible()
