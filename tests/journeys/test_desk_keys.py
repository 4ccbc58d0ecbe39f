"""The keys that make the desk's actions few, and work on many requests at once."""

import pytest
from playwright.sync_api import expect

from tests.journeys.keys import press
from tests.journeys.sites import JourneySite
from tests.journeys.test_patient_and_desk import sign_in
from tests.site import WORKER_SECONDS

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own, whose worklist these fill."""
    with JourneySite(tmp_path_factory.mktemp("keys")) as running:
        yield running


@pytest.fixture
def desk(open_page):
    return open_page(width=1280)


def begin(desk, site):
    """Sign in, and wait until the page's keys are there."""
    sign_in(desk, site, "frontdesk")
    desk.locator("#user-tools").wait_for()
    desk.wait_for_load_state()


def test_the_card_of_keys_opens_and_closes_and_letters_rest_while_it_is_open(desk, site):
    begin(desk, site)
    press(desk, "?")
    expect(desk.locator("dialog#keys")).to_be_visible()
    press(desk, "p")
    expect(desk.locator("dialog#keys")).to_be_visible()
    press(desk, "Escape")
    expect(desk.locator("dialog#keys")).to_be_hidden()


@pytest.mark.parametrize(("key", "place"), [("w", "consultationrequest"), ("c", "calendar"), ("f", "figures")])
def test_g_and_a_letter_go_to_a_screen(desk, site, key, place):
    begin(desk, site)
    press(desk, "g")
    press(desk, key)
    desk.wait_for_url(f"**/{place}/**")


def test_j_and_x_walk_and_tick_in_the_list(desk, site):
    site.manage("fill_requests", "10")
    begin(desk, site)
    desk.goto("/admin/booking/consultationrequest/")
    press(desk, "j")
    press(desk, "j")
    press(desk, "x")
    expect(desk.locator(".rows tbody tr:not(.group) input").nth(1)).to_be_checked()
    press(desk, "e")
    desk.wait_for_url("**/change/**")


def test_letters_typed_in_a_field_are_letters(desk, site):
    begin(desk, site)
    search = desk.locator("#header-search [type=search]")
    press(desk, "/")
    expect(search).to_be_focused()
    desk.keyboard.type("phg?w")
    expect(search).to_have_value("phg?w")


def test_letters_can_be_switched_off_and_on_again(desk, site):
    begin(desk, site)
    desk.goto("/admin/keys/")
    desk.get_by_role("button", name="Switch single letters off").click()
    desk.get_by_role("button", name="Switch single letters on").wait_for()
    desk.wait_for_load_state()
    press(desk, "p")
    press(desk, "?")
    expect(desk.locator("dialog#keys")).to_be_hidden()
    assert desk.url.endswith("/admin/keys/")
    desk.get_by_role("button", name="Switch single letters on").click()
    desk.get_by_role("button", name="Switch single letters off").wait_for()
    desk.wait_for_load_state()
    press(desk, "p")
    desk.wait_for_url("**/add/")


def test_bulk_work_shows_how_far_it_is_and_ends(desk, site):
    site.manage("fill_requests", "60")
    begin(desk, site)
    desk.goto("/admin/booking/consultationrequest/")
    desk.locator("#action-toggle").check()
    desk.locator(".actions .question a").click()
    desk.locator("select[name=action]").select_option("take_all")
    desk.locator(".actions button[name=index]").click()
    desk.wait_for_url("**/work/*/")
    expect(desk.locator("#work")).to_contain_text("Done for", timeout=WORKER_SECONDS * 1000)
    expect(desk.locator("#work progress")).to_have_js_property("position", 1)
