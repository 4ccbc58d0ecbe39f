"""A reader answers the page For you on a phone, sees their choices, prints them, and takes them into the form."""

import pytest
from playwright.sync_api import expect

from tests.clinic_site.addresses import FOR_YOU
from tests.journeys.overflow import width_of
from tests.journeys.test_print import printed_pages
from tests.journeys.test_weight import KB, Wire
from tests.treatments.guide.for_you import LATER, MATTERS, every_combination, sent

pytestmark = pytest.mark.journey

MOST = 60 * KB


def answer(page, given):
    page.goto(FOR_YOU)
    for name in ("benefit", "skin", "prp"):
        if name in given:
            page.locator(f'input[name="{name}"][value="{given[name]}"]').check()
    for matter in given.get("matters", []):
        page.locator(f'input[name="matters"][value="{matter}"]').check()
    if "date" in given:
        page.locator("#ready-by").fill(given["date"])
    page.get_by_role("button", name="Show my choices").click()
    page.locator(".options").wait_for()


def test_answers_on_a_phone_reach_the_form_and_no_address(open_page):
    page = open_page(width=360, height=740)
    answer(page, sent("scars", "brown", "unsure", LATER, ["result", "marks"]))
    assert page.url.endswith(FOR_YOU)
    expect(page.get_by_role("heading", name="Scars on brown skin: your choices")).to_be_visible()
    assert width_of(page) == 360
    page.get_by_role("button", name="Request a consultation with these answers").click()
    page.wait_for_url("**/consultation/")
    expect(page.locator('input[name="skin"][value="brown"]')).to_have_count(1)
    assert page.context.cookies() == []


def test_it_prints_on_one_page(open_page):
    page = open_page()
    answer(page, sent("fine-lines-and-wrinkles", "", "with", LATER, MATTERS[-1]))
    assert [printed_pages(page, paper) for paper in ("Letter", "A4")] == [1, 1]


@pytest.mark.prove
@pytest.mark.parametrize("place", range(24))
def test_each_kind_of_answer_prints_on_one_page(open_page, place):
    page = open_page()
    for given in every_combination()[place * 13 :: 13 * 24]:
        answer(page, given)
        assert [printed_pages(page, paper) for paper in ("Letter", "A4")] == [1, 1], given


def test_questions_and_answers_are_light(open_page):
    page = open_page()
    wire = Wire(page)
    page.goto(FOR_YOU)
    page.wait_for_load_state("networkidle")
    assert sum(wire.of()) <= MOST and sum(wire.of("Script")) == 0
    page.get_by_role("button", name="Show my choices").click()
    page.locator(".options").wait_for()
    page.wait_for_load_state("networkidle")
    wire.end()
    assert wire.of("Document")[-1] <= MOST / 4
