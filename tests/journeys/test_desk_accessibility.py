"""axe-core finds nothing wrong on the desk's screens, light and dark."""

import pytest

from tests.journeys.axe import wrong_with
from tests.journeys.conftest import tabs
from tests.journeys.keys import press
from tests.journeys.overflow import width_of
from tests.journeys.test_patient_and_desk import sign_in

pytestmark = pytest.mark.journey

SCREENS = {
    "home": "/admin/",
    "worklist": "/admin/booking/consultationrequest/",
    "empty worklist": "/admin/booking/consultationrequest/?q=nobody-of-that-name",
    "figures": "/admin/booking/consultationrequest/figures/",
    "keys": "/admin/keys/",
    "phoned in": "/admin/booking/consultationrequest/add/",
    "calendar": "/admin/booking/opentime/calendar/",
    "day": "/admin/booking/opentime/calendar/?span=day",
    "day sheet": "/admin/booking/opentime/calendar/sheet/",
    "close a day": "/admin/booking/opentime/close/",
    "hours and absences": "/admin/booking/opentime/opening/",
    "publish": "/admin/booking/opentime/publish/",
}
WAYS = ["offer", "answer", "clinician", "end", "visit"]


@pytest.fixture(scope="module")
def people(site):
    """Requests in every state, so that no screen is empty."""
    site.manage("fill_requests", "20")


@pytest.fixture(scope="module")
def desk(browser, site, people):
    two_change_a_request = "status of 409"
    with tabs(browser, site.url, notes=[two_change_a_request]) as open_tab:
        page = open_tab(width=1280, bypass_csp=True)
        sign_in(page, site, "frontdesk")
        page.locator("#user-tools").wait_for()
        yield page


@pytest.mark.prove  # the suite looks at these at three moments, in test_clock
@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing_wrong_on_a_screen(desk, name):
    desk.goto(SCREENS[name])
    assert wrong_with(desk) == {}


def test_each_screen_fits_a_phone(desk):
    desk.set_viewport_size({"width": 360, "height": 740})
    too_wide = []
    for name, address in SCREENS.items():
        desk.goto(address)
        if width_of(desk) > 360:
            too_wide.append(name)
    desk.set_viewport_size({"width": 1280, "height": 800})
    assert too_wide == []


@pytest.mark.parametrize("state", ["received", "booked"])
def test_axe_finds_nothing_wrong_on_a_requests_page(desk, state):
    desk.goto(f"/admin/booking/consultationrequest/?state__exact={state}")
    desk.locator(".rows .c-who > a").first.click()
    desk.wait_for_url("**/change/**")
    page, wrong = desk.url.partition("?")[0], {}
    for way in WAYS:
        desk.goto(f"{page}?way={way}")
        if found := wrong_with(desk):
            wrong[way] = found
    assert wrong == {}


def test_axe_finds_nothing_wrong_where_two_change_a_request_and_it_fits_a_phone(desk):
    desk.goto("/admin/booking/consultationrequest/?state__exact=received")
    desk.locator(".rows .c-who > a").first.click()
    desk.wait_for_url("**/change/**")
    desk.goto(f"{desk.url.partition('?')[0]}?way=offer&part=any")
    desk.locator("label.slot input").first.check()
    desk.evaluate("document.querySelectorAll('[name=seen]').forEach(field => { field.value = 0 })")
    desk.locator('button[formaction$="/do/offer/"]').first.click()
    desk.locator(".ways-out").wait_for()
    assert wrong_with(desk) == {}
    desk.set_viewport_size({"width": 360, "height": 740})
    too_wide = width_of(desk) > 360
    desk.set_viewport_size({"width": 1280, "height": 800})
    assert not too_wide


@pytest.mark.prove  # as above
@pytest.mark.parametrize("role", ["manager", "clinician", "marketing"])
def test_axe_finds_nothing_wrong_on_the_home_of_a_role(open_page, site, people, role):
    page = open_page(width=1280, bypass_csp=True)
    sign_in(page, site, role)
    page.locator("#user-tools").wait_for()
    assert wrong_with(page) == {}


def test_axe_finds_nothing_wrong_on_the_card_of_keys(desk):
    desk.goto(SCREENS["home"])
    press(desk, "?")
    desk.locator("dialog#keys").wait_for()
    assert wrong_with(desk) == {}
