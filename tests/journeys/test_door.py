"""Staff come in by the door in a real browser: enrolment, authenticator, passkey, recovery code; and the lock."""

import re
import time

import pytest
from playwright.sync_api import expect

from clinic_site.staff.second_factor import code_at
from tests.journeys.axe import wrong_with
from tests.journeys.conftest import tabs
from tests.journeys.keys import press
from tests.journeys.sites import JourneySite

pytestmark = pytest.mark.journey

PASSWORD = "four words put together"
LOCKS_AFTER = 2000  # milliseconds: so that nobody waits for fifteen minutes


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own, at `localhost`: browsers take no passkey at an address of numbers."""
    with JourneySite(tmp_path_factory.mktemp("door")) as running:
        running.url = f"http://localhost:{running.port}"
        yield running


@pytest.fixture
def open_page(browser, site):
    with tabs(browser, site.url) as open_tab:
        yield open_tab


def give_password(page, name, password):
    page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on to step 2").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("One more thing")


def come_in(page, site, role="frontdesk"):
    give_password(page, role, site.staff(role)["password"])
    page.get_by_label("Six digits").fill(site.manage("sign_in_code", role).strip())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#user-tools").wait_for()


def enrol(page, link):
    """From a link that was made for somebody to the inside: password, authenticator, recovery codes."""
    page.goto(re.sub(r"^https?://[^/]+", "", link))
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Keep this password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your second step")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = page.locator(".key__text").inner_text().replace(" ", "")
    page.get_by_label("Six digits").fill(code_at(secret, int(time.time()) // 30))
    page.get_by_role("button", name="Go on to step 3").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="let me in").click()
    page.locator("#user-tools").wait_for()


def test_a_colleague_is_enrolled_in_one_go(open_page, site):
    enrol(open_page(width=390), site.manage("add_staff", "nora", "--role", "frontdesk").strip())


def test_an_authenticator_opens_the_second_step(open_page, site):
    page = open_page(width=1280)
    page.goto("/admin/booking/consultationrequest/?view=answer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Staff sign-in")
    page.get_by_label("Username").fill("clinician")
    page.get_by_label("Password").fill(site.staff("clinician")["password"])
    page.get_by_role("button", name="Go on to step 2").click()
    page.get_by_label("Six digits").fill(site.manage("sign_in_code", "clinician").strip())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/booking/consultationrequest/?view=answer")


def test_a_recovery_code_opens_it_where_the_telephone_is_not_there(open_page, site):
    page = open_page(width=390)
    give_password(page, "marketing", site.staff("marketing")["password"])
    page.get_by_text("Phone not with you?").click()
    page.get_by_label("One of your ten recovery codes").fill(site.staff("marketing")["recovery_codes"][0])
    page.get_by_role("button", name="Sign in with it").click()
    page.locator("#user-tools").wait_for()


@pytest.fixture
def new_sessions(site):
    """A factor that changes ends what other tests are signed in with: they are signed in anew."""
    yield
    site.end_sessions()


def test_a_passkey_is_added_and_opens_the_second_step(open_page, site, new_sessions):
    page = open_page(width=1280, kept=False)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    come_in(page, site, "manager")
    page.goto("/admin/you/passkey/")
    page.get_by_label("What you call it").fill("The desk’s computer")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("The passkey is yours")).to_be_visible()
    expect(page.get_by_text("The desk’s computer")).to_be_visible()
    page.locator(".me summary").click()
    page.get_by_role("button", name="Log out").click()
    give_password(page, "manager", site.staff("manager")["password"])
    page.get_by_role("button", name="Use your passkey").click()
    page.locator("#user-tools").wait_for()


def test_a_page_at_an_address_of_numbers_says_where_passkeys_work(browser, site):
    with tabs(browser, f"http://127.0.0.1:{site.port}") as open_tab:
        page = open_tab()
        page.context.add_cookies([site.session("manager") | {"url": f"http://127.0.0.1:{site.port}"}])
        page.goto("/admin/you/passkey/")
        expect(page.get_by_role("link", name=f"http://localhost:{site.port}/admin/")).to_be_visible()


@pytest.fixture
def note(open_page, site):
    """A page on which somebody has typed half a note, at a desk that locks after two seconds."""
    site.manage("fill_requests", "3")
    page = open_page(width=1280)
    page.route("**/admin/**", shorten)
    page.context.add_cookies([site.session("frontdesk")])
    page.goto("/admin/booking/consultationrequest/?state__exact=received")
    page.locator(".rows .c-who > a").first.click()
    page.wait_for_url("**/change/**")
    page.locator("input#note").fill("They asked whether")
    return page


def shorten(route):
    """The page as the site sends it, but for the time after which it locks."""
    if route.request.resource_type != "document":
        return route.continue_()
    answer = route.fetch(max_redirects=0)
    body = re.sub(r'data-after="\d+"', f'data-after="{LOCKS_AFTER // 1000}"', answer.text())
    return route.fulfill(response=answer, body=body)


def test_a_desk_locks_over_a_half_typed_note_and_goes_on_after_the_password(note, site):
    over = note.get_by_role("dialog", name="This desk is locked")
    expect(over).to_be_visible()
    expect(note).to_have_title("Locked · Clinic staff")
    press(note, "Escape")
    press(note, "Escape")
    press(note, "Control+Enter")
    expect(over).to_be_visible()
    over.get_by_label("Password").fill("another")
    over.get_by_role("button", name="Go on").click()
    expect(over.get_by_role("alert")).to_have_text("That is not your password. Try again.")
    elsewhere = note.context.new_page()
    elsewhere.goto("/admin/")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("This desk is locked")
    elsewhere.close()
    over.get_by_label("Password").fill(site.staff("frontdesk")["password"])
    over.get_by_role("button", name="Go on").click()
    expect(over).to_be_hidden()
    expect(note.locator("input#note")).to_have_value("They asked whether")
    expect(note.locator("input#note")).to_be_focused()


def test_a_session_that_ended_meanwhile_is_renewed_in_another_tab_and_the_note_is_kept(note, site):
    over = note.get_by_role("dialog", name="This desk is locked")
    expect(over).to_be_visible()
    site.end_sessions()
    over.get_by_label("Password").fill(site.staff("frontdesk")["password"])
    over.get_by_role("button", name="Go on").click()
    expect(over.get_by_role("alert")).to_contain_text("Your session has ended meanwhile.")
    with note.expect_popup() as opened:
        over.get_by_role("link", name="Sign in in another tab").click()
    come_in(opened.value, site)
    expect(over).to_be_hidden()
    note.get_by_role("button", name="Keep").click()
    expect(note.locator(".timeline").get_by_text("They asked whether")).to_be_visible()


def test_axe_finds_nothing_wrong_on_the_way_in_and_behind_it(open_page, site):
    page, wrong = open_page(width=390, bypass_csp=True), {}

    def look(name):
        if found := wrong_with(page):
            wrong[name] = found

    page.goto("/admin/sign-in/")
    look("sign-in")
    link = site.manage("add_staff", "olga", "--role", "marketing").strip()
    page.goto(link.partition(str(site.port))[2])
    look("choose a password")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Keep this password").click()
    look("set up")
    secret = page.locator(".key__text").inner_text().replace(" ", "")
    page.get_by_label("Six digits").fill("000000")
    page.get_by_role("button", name="Go on to step 3").click()
    look("set up, refused")
    page.get_by_label("Six digits").fill(code_at(secret, int(time.time()) // 30))
    page.get_by_role("button", name="Go on to step 3").click()
    look("codes")
    page.get_by_role("button", name="let me in").click()
    page.goto("/admin/you/")
    look("your sign-in")
    page.goto("/admin/you/passkey/")
    look("passkey")
    page.goto("/admin/you/authenticator/")
    look("another authenticator")
    page.goto("/admin/")
    page.locator(".me summary").click()
    with page.expect_response("**/admin/locked/"):
        page.get_by_role("button", name="Lock the desk").click()
    expect(page.get_by_role("dialog", name="This desk is locked")).to_be_visible()
    look("locked over a page")
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This desk is locked")
    look("locked")
    page.get_by_role("button", name="Somebody else at this desk?").click()
    give_password(page, "olga", PASSWORD)
    look("second step")
    assert wrong == {}
