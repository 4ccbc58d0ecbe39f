"""A benefit's words from draft to live and back, in a real browser, with each action of the hands counted."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import wrong_with
from tests.journeys.keys import press
from tests.journeys.sites import JourneySite
from tests.journeys.ten_requests import Hand
from tests.journeys.test_patient_and_desk import sign_in

pytestmark = pytest.mark.journey

CLINIC = ZoneInfo("America/Detroit")
SCARS = "/treatments/microneedling/benefits/scars/"
MOST_ACTIONS = 25
PROMISE, HONEST = "Needling removes sunken scars for good.", "Needling may make sunken scars look softer."


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own: its copy changes."""
    with JourneySite(tmp_path_factory.mktemp("copy")) as running:
        yield running


def staff(open_page, site, role, **options):
    page = open_page(width=1280, **options)
    sign_in(page, site, role)
    page.locator("#user-tools").wait_for()
    return page


def open_scars(hand):
    hand.click(hand.page.get_by_role("navigation", name="Staff").get_by_role("link", name="Benefits"))
    hand.click(hand.page.get_by_role("link", name="Scars", exact=True))


def summary_of(page):
    return page.get_by_label("Summary")


@pytest.mark.prove  # the suite takes the shorter way of test_making
def test_a_draft_is_mended_previewed_signed_planned_read_and_restored(open_page, site):
    marketing = staff(open_page, site, "marketing")
    writer = Hand(marketing)

    open_scars(writer)
    writer.write("Summary", PROMISE)
    stop = marketing.locator("#check .stops").first
    expect(stop).to_contain_text("removes sunken scars")
    writer.write("Summary", HONEST)
    expect(marketing.locator("#check")).to_contain_text("nothing stops it")
    writer.click(marketing.get_by_role("button", name="Save and send for sign-off"))
    expect(marketing.locator(".messagelist")).to_contain_text("Sent for sign-off")
    writer.click(marketing.locator(".standing").get_by_role("button", name="Make a preview link"))
    address = marketing.get_by_label("Address to send").input_value()

    reader = open_page(width=360)
    assert reader.goto(address).headers["cache-control"].startswith("max-age=0")
    expect(reader.locator("body")).to_contain_text("Patients do not see these words.")
    guest = Hand(reader)
    guest.write("Your name", "A colleague")
    guest.write("What should change", "Reads well.")
    guest.click(reader.get_by_role("button", name="Send the comment"))
    expect(reader.locator("#comments")).to_contain_text("Reads well.")

    clinician = staff(open_page, site, "clinician")
    signer = Hand(clinician)
    clinician.goto(address)
    signer.click(clinician.get_by_role("link", name="Read it whole and sign"))
    signer.click(clinician.get_by_role("button", name="Sign and next"))
    expect(clinician.locator("body")).to_contain_text("Signed off")

    moment = (datetime.now(UTC) + timedelta(hours=1)).astimezone(CLINIC).replace(second=0, microsecond=0)
    marketing.reload()
    marketing.get_by_label("Goes live at").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    writer.actions += 1
    plan = marketing.locator("#publish").get_by_role("status")
    expect(plan).to_contain_text(f"goes live on {moment:%A, %B} {moment.day}, {moment.year}")
    expect(plan).to_contain_text("It replaces version 1. It stays until you publish another one or take it down.")
    writer.click(marketing.get_by_role("button", name="Publish", exact=True))
    expect(marketing.locator(".messagelist")).to_contain_text("goes live on")
    patient = open_page(width=360)
    patient.goto("/")
    expect(patient.locator("body")).not_to_contain_text(HONEST)
    site.kill(only="worker")  # no job is needed for a page to change
    site.move_clock_to(moment)
    patient.goto("/")
    expect(patient.locator("body")).to_contain_text(HONEST)

    writer.click(marketing.get_by_role("link", name="History").first)
    writer.click(marketing.get_by_role("button", name=re.compile("Restore 1$")))
    expect(marketing.locator(".messagelist")).to_contain_text("Version 1 is back as version 3, a draft.")
    writer.click(marketing.get_by_role("button", name="Send for sign-off", exact=True))
    expect(marketing.get_by_role("button", name="Send for sign-off", exact=True)).to_have_count(0)
    clinician.goto("/admin/")
    signer.click(clinician.get_by_role("link", name=re.compile("Read and sign.*Scars")))
    signer.click(clinician.get_by_role("button", name="Sign and next"))
    marketing.reload()
    writer.click(marketing.get_by_role("button", name="Publish", exact=True))
    expect(marketing.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    patient.goto("/")
    expect(patient.locator("body")).not_to_contain_text(HONEST)
    assert writer.actions + guest.actions + signer.actions <= MOST_ACTIONS


SCREENS = {
    "content report": "/admin/",
    "list": "/admin/treatments/benefit/",
    "benefit": "/admin/treatments/benefit/{pk}/change/",
    "history": "/admin/treatments/benefit/{pk}/history/",
    "compare": "/admin/treatments/benefit/{pk}/compare/",
    "reading": "/admin/treatments/benefit/{pk}/read/",
    "to sign": "/admin/treatments/section/to-sign/",
}


@pytest.fixture(scope="module")
def draft(site):
    """The number of a benefit with a draft that the copy check stops, and the address of its preview."""
    said = site.manage("shell", "-v0", "-c", DRAFT)
    return said.split()[-2:]


DRAFT = f"""
from clinic_site.models import StaffMember
from treatments.publishing.drafts import save_draft
from treatments.models import Benefit
from treatments.publishing.previews import address_of, make_link
from treatments.words.wording import Wording
by = StaffMember.objects.get(username="marketing")
unit = Benefit.objects.get(slug="sun-damage")
wording = Wording.of(unit.newest_version())
wording.version.summary = {PROMISE!r}
save_draft(unit, wording, wording.version, by)
print(unit.pk, address_of(make_link(unit, by)))
"""


@pytest.mark.parametrize("role", ["marketing", "clinician"])
def test_axe_finds_nothing_wrong_on_the_screens_of_copy(open_page, site, draft, role):
    page, wrong = staff(open_page, site, role, bypass_csp=True), {}
    for screen, address in SCREENS.items():
        page.goto(address.format(pk=draft[0]))
        if found := wrong_with(page):
            wrong[screen] = found
    assert wrong == {}


def test_axe_finds_nothing_wrong_on_a_preview(open_page, draft):
    page = open_page(width=360, bypass_csp=True)
    page.goto(draft[1])
    assert wrong_with(page) == {}


def test_a_draft_is_written_checked_and_sent_by_keyboard_alone(open_page, site, draft):
    page = staff(open_page, site, "marketing")
    page.goto(f"/admin/treatments/benefit/{draft[0]}/change/")
    go = page.get_by_role("link", name="Go to the first")
    go.focus()
    press(page, "Enter")
    expect(summary_of(page)).to_be_focused()
    press(page, "Control+a")
    page.keyboard.type("Needling may make sun-damaged skin look a little smoother.")
    expect(page.locator("#check")).to_contain_text("nothing stops it")
    press(page, "Control+s")
    expect(page.locator(".messagelist")).to_contain_text("Saved as version")
    page.get_by_role("button", name="Send for sign-off", exact=True).focus()
    press(page, "Enter")
    expect(page.locator(".messagelist")).to_contain_text("Sent for sign-off")


def test_leaving_with_words_that_are_not_saved_asks_first(open_page, site, draft):
    page = staff(open_page, site, "marketing", kept=False)
    page.goto(f"/admin/treatments/benefit/{draft[0]}/change/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    summary_of(page).press_sequentially("x")
    page.goto("/admin/")
    assert asked == ["beforeunload"]


def test_without_a_script_the_check_button_does_what_the_page_does_by_itself(open_page, site, draft):
    page = staff(open_page, site, "marketing", java_script_enabled=False)
    page.goto(f"/admin/treatments/benefit/{draft[0]}/change/")
    summary_of(page).fill(PROMISE)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#check .stops").first).to_contain_text("removes sunken scars")
    expect(summary_of(page)).to_have_value(PROMISE)
