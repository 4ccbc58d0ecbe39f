"""A benefit from nothing to live, in a real browser, with each action of the hands counted."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import wrong_with
from tests.journeys.ten_requests import Hand
from treatments.models import Benefit

pytestmark = pytest.mark.journey

MOST_ACTIONS = 40  # besides typing
PORES = "/treatments/microneedling/benefits/enlarged-pores/"
CLAIM = "This sample says that needling may make pores look smaller [S2]."
PASSAGE = "This is sample text of a test. It says that little is known, and that a clinician decides with you."


def say(hand, field, words):
    """Type in a field; typing is not counted, as it is the same in any tool."""
    hand.page.locator(f"#id_{field}").fill(words)


def test_enlarged_pores_from_nothing_to_live(open_own_page):
    page = open_own_page("marketing", width=1280)
    writer = Hand(page)
    page.goto("/admin/")
    writer.click(page.get_by_role("navigation", name="Staff").get_by_role("link", name="Benefits"))
    writer.click(page.get_by_role("link", name=re.compile("Add benefit", re.IGNORECASE)))
    say(writer, "title", "Enlarged pores")
    assert wrong_with(page) == {}
    writer.click(page.get_by_role("button", name="Make the benefit"))
    expect(page.locator(".messagelist")).to_contain_text("Made as a draft")
    parts = page.locator("#parts")
    expect(parts).to_contain_text("7 of 10 still to do")
    assert wrong_with(page) == {}

    say(writer, "summary", "This sample says that pores may look smaller.")
    writer.click(page.locator("summary", has_text="Add a claim"))
    say(writer, "claim-0-sentence", CLAIM)
    page.locator("#id_claim-0-grade").select_option("limited")
    page.locator("#id_claim-0-use").select_option("off-label")
    writer.actions += 2
    say(writer, "claim-0-sources", "S2")
    for number in range(5):
        say(writer, f"passage-{number}-body", PASSAGE)
    writer.click(page.get_by_role("button", name="Save and send for sign-off"))
    expect(page.locator(".messagelist")).to_contain_text("Sent for sign-off")
    expect(parts).to_contain_text("0 of 10 still to do")
    assert page.context.request.get(page.url.partition("/admin/")[0] + PORES).status == 404

    clinician = open_own_page("clinician", width=1280)
    signer = Hand(clinician)
    clinician.goto("/admin/")
    signer.click(clinician.get_by_role("link", name=re.compile("Read and sign.*Enlarged pores")))
    signer.click(clinician.get_by_role("button", name="Sign and next"))
    expect(clinician.locator("body")).to_contain_text("Signed off: Enlarged pores")

    page.goto(Benefit.objects.get(slug="enlarged-pores").get_staff_url())
    writer.click(page.get_by_role("button", name="Publish", exact=True))
    expect(page.locator(".messagelist")).to_contain_text("is live now")
    assert writer.actions + signer.actions <= MOST_ACTIONS

    reader = open_own_page(width=360)
    for address in ("/", PORES, "/consultation/", "/search/?q=enlarged+pores"):
        assert reader.goto(address).status == 200
        expect(reader.locator("body")).to_contain_text("Enlarged pores")
