"""The whole way, in a real browser: a patient reads and asks on a phone, the desk finds the request and answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.overflow import width_of

pytestmark = pytest.mark.journey


def read_the_guide(page):
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name=re.compile("guide", re.I)).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for slug in ("numbing", "procedure", "prp", "benefits"):
        page.goto(f"/treatments/microneedling/{slug}/")
        expect(page.locator("ol.sources li").first).to_be_attached()
        expect(page.locator("body")).to_contain_text("No clinician has approved")
    page.goto("/treatments/microneedling/benefits/scars/")


def press_send(page):
    """Send the form as a person does: not in the first two seconds, in which only programs are ready."""
    open_for = page.evaluate("performance.now() - performance.getEntriesByType('navigation')[0].responseStart")
    page.wait_for_timeout(max(0, 2100 - open_for))
    page.get_by_role("button", name="Send my request").click()


def send_a_request(page, name):
    page.get_by_role("link", name="Request a consultation").last.click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email", exact=False).last.fill("amira@patient.example")
    page.get_by_label("These days often suit me").check()
    page.get_by_label("Monday mornings").check()
    page.get_by_label(re.compile("may use these answers")).check()
    press_send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    return page.locator(".reference").get_by_text(re.compile(r"^\w{3}-\w{3}$")).inner_text()


def sign_in(page, site, role):
    """Inside as that role; the door itself is walked through in test_door.py."""
    page.context.add_cookies([site.session(role)])
    page.goto("/admin/")


def test_a_patient_reads_and_asks_on_a_phone_and_the_desk_answers(site, open_page):
    patient = open_page(width=360)
    read_the_guide(patient)
    reference = send_a_request(patient, "Amira Haddad")
    assert patient.context.cookies() == []
    patient.locator(".private-link a").click()
    expect(patient.get_by_role("heading", level=1)).to_contain_text("You hear from us by")

    desk = open_page(width=1280)
    sign_in(desk, site, "frontdesk")
    desk.get_by_role("link", name="Worklist", exact=True).click()
    desk.get_by_role("row").filter(has_text=reference).get_by_role("link", name="Amira Haddad", exact=True).click()
    desk.get_by_role("button", name="Spoke").click()
    timeline = desk.locator(".timeline li")
    expect(timeline).to_have_count(3)
    expect(timeline.first).to_contain_text("Spoke")
    expect(timeline.first).to_contain_text("frontdesk")
    expect(timeline.nth(1)).to_contain_text("In conversation")

    patient.reload()
    expect(patient.get_by_role("heading", level=1)).to_have_text("We have spoken with you")


def test_a_wrong_answer_is_shown_at_the_top_and_led_to_by_a_link(open_page):
    page = open_page()
    page.goto("/consultation/?benefit=scars")
    page.get_by_label("Your name").fill("Amira Haddad")
    page.get_by_role("button", name="Send my request").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("2 answers need a second look")
    expect(page.get_by_label("Your name")).to_have_value("Amira Haddad")
    expect(page.get_by_label("Your main concern")).to_have_value("scars")
    summary.get_by_role("link", name="Enter your email address").click()
    page.keyboard.type("amira@patient.example")
    expect(page.locator("#id_email")).to_have_value("amira@patient.example")


WIDTHS = [320, 360, 768, 1280]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/treatments/microneedling/",
        "/treatments/microneedling/procedure/",
        "/treatments/microneedling/prp/",
        "/treatments/microneedling/benefits/scars/",
        "/consultation/",
        "/visit/",
        "/search/?q=scar",
    ],
)
def test_no_page_scrolls_sideways(open_page, address):
    page, wide = open_page(), {}
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide[width] = width_of(page)
    assert wide == {width: width for width in WIDTHS}


@pytest.mark.parametrize("address", ["/", "/treatments/microneedling/suitability/", "/consultation/"])
def test_pages_work_without_scripts(open_page, address):
    page = open_page(java_script_enabled=False)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
