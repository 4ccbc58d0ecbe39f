"""Nothing typed is lost to a killed browser, a restarted server, an ended session or a browser without scripts."""

import re
from contextlib import suppress
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Error, expect

from tests.journeys.axe import wrong_with
from tests.journeys.conftest import launch, tabs
from tests.journeys.sites import JourneySite
from tests.journeys.test_patient_and_desk import sign_in

pytestmark = pytest.mark.journey

NOTE = "Comes by bus, so not before ten."
HONEST = "Needling may make sunken scars look a little softer."
KEEP = re.compile("/admin/unsaved-words/$")
FORGET = "from clinic_site.models import UnsavedWords; UnsavedWords.objects.all().delete()"
NUMBERS = """
from booking.models import ConsultationRequest
from treatments.models import Benefit
print(ConsultationRequest.objects.filter(state="received").first().pk, Benefit.objects.get(slug="scars").pk)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own: it is killed, and its sessions end."""
    with JourneySite(tmp_path_factory.mktemp("unsaved")) as running:
        running.manage("fill_requests", "20")
        yield running


@pytest.fixture
def open_page(browser, site):
    """A tab of a browser that notes what is refused to whoever is signed out, and what does not arrive."""
    site.manage("shell", "-v0", "-c", FORGET)
    with tabs(browser, site.url, notes=("status of 401", "status of 403", "net::ERR_FAILED")) as open_tab:
        yield open_tab


@pytest.fixture(scope="module")
def addresses(site):
    request, scars = site.manage("shell", "-v0", "-c", NUMBERS).split()[-2:]
    return {
        "request": f"/admin/booking/consultationrequest/{request}/change/",
        "scars": f"/admin/treatments/benefit/{scars}/change/",
    }


def staff(open_page, site, role, **options):
    page = open_page(width=1280, **options)
    sign_in(page, site, role)
    page.locator("#user-tools").wait_for()
    return page


def sign_in_here(page, site, role):
    """Sign in on the page that asks for it, in both steps."""
    page.get_by_label("Username").fill(role)
    page.get_by_label("Password").fill(site.staff(role)["password"])
    page.get_by_role("button", name="Go on to step 2").click()
    page.get_by_label("Six digits").fill(site.manage("sign_in_code", role).strip())
    page.get_by_role("button", name="Sign in", exact=True).click()


def type_until_kept(page, label, words):
    """Type as hands do, and wait until the last letter has been kept."""

    def is_kept(answer):
        return KEEP.search(answer.url) and words in unquote_plus(answer.request.post_data or "")

    with page.expect_response(is_kept) as answer:
        page.get_by_label(label).press_sequentially(words)
    assert answer.value.status == 204


def offered_back(page):
    return page.get_by_role("region", name=re.compile("did not save it"))


def crash(browser):
    """End a browser as a power cut does: none of its pages is told."""
    gone = []
    browser.on("disconnected", lambda browser: gone.append(browser))
    with suppress(Error):  # it is gone before it answers
        browser.new_browser_cdp_session().send("Browser.crash")
    assert gone


def test_a_half_typed_note_is_there_after_the_browser_was_killed_and_the_server_restarted(
    open_page, browser, site, addresses
):
    at_the_desk = launch(browser.browser_type)
    page = at_the_desk.new_page(base_url=site.url)
    sign_in(page, site, "frontdesk")
    page.locator("#user-tools").wait_for()
    page.goto(addresses["request"])
    type_until_kept(page, "Add a note", NOTE)
    crash(at_the_desk)
    site.kill()
    site.start()

    page = staff(open_page, site, "frontdesk")
    page.goto(addresses["request"])
    expect(page.get_by_role("region", name=re.compile("is back in its place"))).to_contain_text(NOTE)
    expect(page.get_by_label("Add a note")).to_have_value(NOTE)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Your note is in the timeline")
    expect(offered_back(page)).to_have_count(0)


def test_a_draft_is_saved_after_its_session_ended_while_it_was_typed(open_page, site, addresses):
    page = staff(open_page, site, "marketing")
    page.goto(addresses["scars"])
    page.get_by_label("Summary").fill("")
    type_until_kept(page, "Summary", HONEST)
    site.end_sessions()
    page.get_by_label("Summary").fill(f"{HONEST} Ask us.")
    page.get_by_role("button", name="Save draft").click()
    dialog = page.get_by_role("dialog", name="Sign in once more, and this is saved")
    with page.expect_popup() as opened:
        dialog.get_by_role("link", name="Sign in").click()
    sign_in_here(opened.value, site, "marketing")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("You are signed in")
    expect(page.locator(".messagelist")).to_contain_text("Saved as version")
    expect(page.get_by_label("Summary")).to_have_value(f"{HONEST} Ask us.")
    expect(offered_back(page)).to_have_count(0)


def test_a_draft_is_not_saved_in_the_name_of_somebody_else_who_signed_in(open_page, site, addresses):
    page = staff(open_page, site, "marketing")
    page.goto(addresses["scars"])
    page.get_by_label("Summary").fill("And more.")
    other = page.context.new_page()
    page.context.clear_cookies()
    sign_in(other, site, "manager")
    other.locator("#user-tools").wait_for()
    page.get_by_role("button", name="Save draft").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody else has signed in in this browser")
    dialog.get_by_role("button", name="I am signed in: save it").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Back to my words").click()
    expect(page.get_by_label("Summary")).to_have_value("And more.")
    other.goto(addresses["scars"])
    expect(offered_back(other)).to_have_count(0)


def test_without_scripts_a_note_is_sent_once_more_after_signing_in(open_page, site, addresses):
    page = staff(open_page, site, "frontdesk", java_script_enabled=False)
    page.goto(addresses["request"])
    page.get_by_label("Add a note").fill(f"{NOTE} No scripts.")
    site.end_sessions()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(f"{NOTE} No scripts.")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in").click()
    sign_in_here(opened.value, site, "frontdesk")
    page.get_by_role("button", name="Save it now").click()
    expect(page.get_by_role("main")).to_contain_text("You signed in meanwhile, so press once more.")
    page.get_by_role("button", name="Save it now").click()
    expect(page.locator(".messagelist")).to_contain_text("Your note is in the timeline")
    expect(page.locator(".timeline")).to_contain_text(f"{NOTE} No scripts.")


def test_the_copy_check_says_when_it_is_stale_running_or_out_of_reach(open_page, site, addresses):
    page = staff(open_page, site, "marketing")
    page.goto(addresses["scars"])
    check, summary = page.locator("#check"), page.get_by_label("Summary")
    asked = []
    page.route("**/check/", lambda route: asked.append(route))
    summary.press_sequentially(" Yes")
    expect(check).to_contain_text("What stands here is about older words.")
    expect(check).to_contain_text("Checking what you typed…")
    expect(check.get_by_text("nothing stops it")).to_be_hidden()
    asked.pop().abort()
    expect(check).to_contain_text("The copy check cannot be reached")
    page.unroute("**/check/")
    check.get_by_role("button", name="Check again").click()
    expect(check).not_to_contain_text("older")
    expect(check.locator(".check__state")).to_have_count(0)
    site.end_sessions()
    summary.press_sequentially(" indeed.")
    expect(check).to_contain_text("You are signed out, so the copy check says nothing of these words.")


def test_axe_finds_nothing_wrong_with_what_keeps_words(open_page, site, addresses):
    page = staff(open_page, site, "frontdesk", bypass_csp=True)
    page.goto(f"{addresses['request']}?way=answer")
    type_until_kept(page, "What the patient will read", NOTE)
    page.goto(f"{addresses['request']}?way=end")
    expect(offered_back(page)).to_be_visible()
    found = {"offered back": wrong_with(page)}
    offered_back(page).get_by_role("link", name="Put it back").click()
    expect(page.get_by_role("region", name=re.compile("is back in its place"))).to_be_visible()
    found["put back"] = wrong_with(page)
    site.end_sessions()
    page.get_by_label("Add a note").press_sequentially(" More.")
    expect(page.locator("#unsaved-status")).to_contain_text("You are signed out.")
    found["signed out"] = wrong_with(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["dialog"] = wrong_with(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
