"""From a benefit page to the private page, on a phone: typed, without scripts, in large letters, and back again."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.overflow import width_of
from tests.journeys.test_patient_and_desk import press_send

pytestmark = pytest.mark.journey

SCARS = "/treatments/microneedling/benefits/scars/"
PHONE = {"width": 390, "height": 844}
SECONDS_A_LETTER = 60 / (40 * 5)  # forty words a minute, five letters a word
NAME, EMAIL = "Amira Haddad-Khalil", "amira.haddad.khalil@patient.example"


def open_the_form(page):
    page.goto(SCARS)
    page.get_by_role("link", name="Request a consultation").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request a consultation")


def fill_in(page):
    page.get_by_label("Your name").fill(NAME)
    page.locator("#id_email").fill(EMAIL)
    page.locator("#id_consent").check()


def send(page):
    open_the_form(page)
    fill_in(page)
    press_send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")


def go_to_the_private_page(page):
    page.locator(".private-link a").click()
    expect(page.locator(".stations")).to_be_visible()


def reference_on(page):
    return page.locator(".reference").get_by_text(re.compile(r"^\w{3}-\w{3}$")).inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_benefit_page_to_the_private_page_in_less_than_a_minute_of_typing(open_page, scripts):
    page = open_page(**PHONE, java_script_enabled=scripts)
    open_the_form(page)
    expect(page.locator("#id_benefit")).to_have_value("scars")
    typed = 0
    for field, words in (("#id_name", NAME), ("#id_email", EMAIL)):
        page.locator(field).press_sequentially(words)
        typed += len(words)
    page.locator("#id_consent").check()
    if scripts:
        press_send(page)
    else:
        page.wait_for_timeout(2100)  # without scripts a page has no clock to ask
        page.get_by_role("button", name="Send my request").click()
    go_to_the_private_page(page)
    assert typed * SECONDS_A_LETTER < 60


def test_everything_can_be_done_in_letters_of_twice_the_size(open_page):
    page = open_page(**PHONE, bypass_csp=True, kept=False)
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"
    )
    send(page)
    assert width_of(page) <= PHONE["width"]
    go_to_the_private_page(page)
    assert width_of(page) <= PHONE["width"]
    page.get_by_text("Add to what you told us").click()
    page.get_by_label("What would you like to add?").fill("Fridays are good.")
    page.get_by_role("button", name="Add this").click()
    expect(page.locator(".log__words")).to_have_text("Fridays are good.")
    open_the_form(page)
    assert width_of(page) <= PHONE["width"]


def test_going_back_and_sending_again_is_the_same_request(open_page, site):
    page = open_page(**PHONE)
    send(page)
    reference = reference_on(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request a consultation")
    fill_in(page)
    press_send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    assert reference_on(page) == reference


def test_a_patient_adds_changes_withdraws_and_thinks_again(open_page):
    page = open_page(**PHONE)
    send(page)
    go_to_the_private_page(page)
    page.get_by_text("Correct this").click()
    page.get_by_label("Phone", exact=True).check()
    page.locator("#contact-phone").fill("(586) 555-0142")
    page.get_by_role("button", name="Save this").click()
    expect(page.locator(".log")).to_contain_text("You changed how we reach you:")
    page.get_by_role("button", name="Withdraw my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew this request")
    page.get_by_role("button", name="Undo: keep my request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You hear from us by")
