"""The private page on a phone, in each state: what matters stands on the first screen, and one button is filled."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import RULES, violations
from tests.journeys.conftest import tabs
from tests.journeys.each_state import LONG_ADDRESS, STATES, tokens_of_each
from tests.journeys.overflow import width_of
from tests.journeys.test_print import printed_pages

pytestmark = pytest.mark.journey

PHONE = {"width": 360, "height": 740}
WITH_A_TIME = {"held", "booked", "chosen", "earlier", "moved", "begun"}
# What can be done next, by the words of the filled button; none where nothing is to be done, or was just done.
FILLED = {
    "received": "Choose a time yourself",
    "in_conversation": "Choose a time yourself",
    "canceled_by_staff": "Choose a time yourself",
    "offered": "Book this time",
    "booked": "I will be there",
    "chosen": "Add to my calendar",
    "moved": "Add to my calendar",
    "earlier": "Take this time instead",
    "canceled_by_patient": "Undo: keep my time",
    "withdrawn": "Undo: keep my request",
}


@pytest.fixture(scope="module")
def tokens(site):
    return tokens_of_each(site)


@pytest.fixture(scope="module")
def tab(browser, site):
    """One tab for all states, as each is only looked at."""
    with tabs(browser, site.url) as open_tab:
        yield open_tab(**PHONE, bypass_csp=True, reduced_motion="reduce")


def open_state(tab, tokens, state):
    tab.set_viewport_size(PHONE)
    tab.emulate_media(media="null")  # neither, so that a page is shown on a screen and printed on paper
    tab.goto(f"/consultation/r/{tokens[state]}/")


def on_the_first_screen(locator):
    box = locator.bounding_box()
    return box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] and box["y"] + box["height"] <= PHONE["height"]


@pytest.mark.parametrize("state", STATES)
def test_the_first_screen_says_what_when_where_and_what_next_and_fills_one_button_at_most(tab, tokens, state):
    open_state(tab, tokens, state)
    parts = [tab.locator(".ticket__standing"), tab.get_by_role("heading", level=1)]
    if "canceled" not in state:
        parts.append(tab.locator(".ticket__place"))
    if state in WITH_A_TIME:
        assert re.search(r"day,\s\w+\s\d+.*\d:\d\d", parts[1].inner_text(), re.S)
        parts.append(tab.get_by_text("Consultation with"))
    parts += tab.locator(".ticket__do").get_by_role("button").all()[:1]
    if state not in ("offered", "earlier"):
        parts.append(tab.locator(".ticket__last"))  # the last thing that happened
    filled = tab.locator("main .button:not(.plain)").all()
    assert [button.inner_text() for button in filled] == ([FILLED[state]] if state in FILLED else [])
    assert all(on_the_first_screen(part) for part in [*parts, *filled])
    assert width_of(tab) == PHONE["width"]


LOOKED_AT = {"received", "offered", "booked", "moved", "closed"}  # the others: `make prove ARGS=accessibility`
OTHERS = [pytest.param(state, marks=pytest.mark.prove) for state in STATES if state not in LOOKED_AT]


@pytest.mark.parametrize("state", [*sorted(LOOKED_AT), *OTHERS])
def test_axe_finds_nothing_wrong_in_any_state(tab, tokens, state):
    open_state(tab, tokens, state)
    for details in tab.locator("main details").all():
        details.evaluate("element => element.open = true")
    assert violations(tab, RULES["light"]) == []


@pytest.mark.parametrize("state", ["booked", "offered", "moved"])
def test_in_letters_of_twice_the_size_nothing_is_wider_than_the_window(tab, tokens, state):
    open_state(tab, tokens, state)
    tab.evaluate("document.documentElement.style.fontSize = '200%'")
    for details in tab.locator("main details").all():
        details.evaluate("element => element.open = true")
    assert width_of(tab) == PHONE["width"]


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize("state", ["booked", "held", "received"])
def test_it_prints_as_one_page_without_forms(tab, tokens, state, paper):
    open_state(tab, tokens, state)
    assert printed_pages(tab, paper) == 1
    tab.emulate_media(media="print")
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.get_by_text(LONG_ADDRESS)).to_be_visible()
    shown = tab.locator("main :is(button, input, textarea, select, summary, .button)").all()
    assert [part.inner_text() for part in shown if part.is_visible()] == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_contact_is_corrected_and_a_slip_keeps_every_answer(open_page, site, scripts):
    token = site.manage("shell", "-v0", "-c", ASK.format(nth=scripts)).splitlines()[-1]
    page = open_page(**PHONE, java_script_enabled=scripts)
    page.goto(f"/consultation/r/{token}/")
    page.get_by_text("Correct this").click()
    page.locator("#contact-name").fill("Corinna Corrected")
    page.locator("#contact-email").fill("corinna@")
    page.get_by_label("I would like an interpreter").check()
    page.get_by_role("button", name="Save this").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#contact-name")).to_have_value("Corinna Corrected")
    expect(page.get_by_label("I would like an interpreter")).to_be_checked()
    page.locator("#contact-email").fill("corinna@patient.example")
    page.get_by_role("button", name="Save this").click()
    expect(page.locator(".rows.reach")).to_contain_text("corinna@patient.example")
    expect(page.locator(".rows.reach")).to_be_in_viewport()
    expect(page.locator(".ticket__last")).to_contain_text("You changed how we reach you.")
    expect(page.locator(".error-summary")).to_have_count(0)


ASK = """
from booking.models import ConsultationRequest
from booking.services import submit
print(submit(ConsultationRequest(
    name="Corina", contact_by="email", email="corina@patient.example", form_key="a slip {nth}"
)).token)
"""


def test_what_a_mail_says_of_not_coming_leads_to_where_it_is_said(open_page, tokens):
    page = open_page(**PHONE)
    page.goto(f"/consultation/r/{tokens['booked']}/#cannot-come")
    expect(page.get_by_role("button", name="Cancel this time")).to_be_visible()
    page.goto(f"/consultation/r/{tokens['booked']}/?choose=1#times")
    expect(page.get_by_role("button", name="Move to this time")).to_be_visible()
