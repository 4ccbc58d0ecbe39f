"""A clinician at their own pages, by keyboard alone, each press counted; and marketing where it may not."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_staff
from tests.journeys.keys import press
from tests.journeys.ten_requests import Hand
from tests.treatments.editing import signed
from treatments.models import Benefit, Section, Source, Unit, Version
from treatments.publishing.drafts import save_draft
from treatments.words.wording import Wording

pytestmark = pytest.mark.journey

MOST_PRESSES = 40


def open_the_first(hand):
    """Of what waits, from any page of the staff's."""
    for key in ("g", "r"):
        hand.press(key)
    expect(hand.page.get_by_role("heading", level=1, name="To sign")).to_be_visible()
    hand.press("Enter")


def test_a_clinician_signs_all_shipped_pages_in_one_sitting_by_keyboard(open_own_page):
    page = open_own_page("clinician", width=1280)
    hand, number = Hand(page), Unit.objects.count()
    page.goto("/admin/")
    open_the_first(hand)
    for left in range(number, 0, -1):
        expect(page.locator(".read-page__about")).to_contain_text(re.compile(rf"1 of {left} that wait"))
        hand.press("Control+Enter")
    expect(page.locator("#content")).to_contain_text("Everything that patients read is signed")
    assert Version.objects.exclude(signed_by=None).count() == number
    assert hand.actions <= MOST_PRESSES


def test_a_due_review_is_done_by_keyboard_and_signs_what_is_live(open_own_page):
    live = signed(Benefit.objects.get(slug="sun-damage").newest_version())
    Version.objects.filter(pk=live.pk).update(review_due="2026-01-01")
    wording = Wording.of(live)
    wording.version.lead = "It may look"
    save_draft(live.unit, wording, live, make_staff("marketing"))
    page = open_own_page("clinician", width=390)
    page.goto("/admin/")
    page.get_by_role("link", name=re.compile("Review.*Sun damage")).focus()
    press(page, "Enter")
    expect(page.get_by_text("Patients read these words now.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign and next")).to_be_in_viewport()
    press(page, "Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("Signed off: Sun damage, version 1")
    live.refresh_from_db()
    assert live.review_due.year > 2026


def test_a_source_is_corrected_from_draft_to_live(open_own_page):
    source = Source.objects.get(key="S69")
    marketing = open_own_page("marketing", width=1280)
    marketing.goto(f"/admin/treatments/source/{source.pk}/change/")
    marketing.get_by_label("Title").fill("The title exactly as it is printed")
    press(marketing, "Enter")
    expect(marketing.locator(".messagelist .success").first).to_be_visible()
    patient = open_own_page(width=360)
    scars = "/treatments/microneedling/benefits/scars/"
    patient.goto(scars)
    assert "exactly as it is printed" not in patient.content()
    clinician = open_own_page("clinician", width=1280)
    clinician.goto("/admin/")
    open_the_first(Hand(clinician))
    expect(clinician.get_by_text("A change waits for a clinician")).to_be_visible()
    expect(clinician.locator(".reference-panel")).to_contain_text("Scars")
    Hand(clinician).press("Control+Enter")
    expect(clinician.locator(".messagelist")).to_contain_text("Signed off: S69")
    patient.reload()
    assert "The title exactly as it is printed" in patient.content()


def test_marketing_is_refused_at_the_risks(open_own_page):
    page = open_own_page("marketing", width=1280)
    page.goto(Section.objects.get(slug="risks").get_staff_url())
    page.get_by_role("link", name="Take the page down").focus()
    press(page, "Enter")
    expect(page.get_by_text("Only a clinician takes it down: ask one.")).to_be_visible()
    expect(page.get_by_role("button", name="Take it down")).to_have_count(0)
