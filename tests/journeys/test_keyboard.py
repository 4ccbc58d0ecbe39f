"""Everything can be reached and done with Tab, Enter, Space and the arrow keys, and one always sees where one is."""

import re

import pytest
from playwright.sync_api import expect

from tests.clinic_site.addresses import GUIDE
from tests.journeys.keys import press

pytestmark = pytest.mark.journey

MOST_STOPS = 60
MOST_STOPS_OF_A_LONG_PAGE = 250  # each cited source is a stop
WHERE = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    const box = element.getClientRects()[0];  // its first line: a link that wraps has other words beside it
    const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 40), box.y + Math.min(box.height / 2, 20));
    return {
        name: (element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.innerText
               || element.value || "").trim().replace(/\\s+/g, " "),
        id: element.id,
        out: element === document.body,
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        covered: !(top && (element.contains(top) || top.contains(element) || element.labels?.[0]?.contains(top))),
    };
}"""


@pytest.fixture(params=[360, 1280])
def page(request, open_page):
    return open_page(width=request.param, reduced_motion="reduce")


def tab(page):
    press(page, "Tab")
    return seen(page)


def seen(page):
    """What has the focus; it has to show that, and nothing may lie over it."""
    return check(page.evaluate(WHERE))


def check(where):
    assert where["outline"] >= 2, where
    assert not where["covered"], where
    return where


def tab_to(page, name="", id="", most=MOST_STOPS):
    passed = []
    for _stop in range(most):
        where = tab(page)
        if (name and re.match(name, where["name"])) or (id and where["id"] == id):
            return
        passed.append(where["name"])
    raise AssertionError(f"{name or id} is not among {passed}")


def test_from_the_home_page_to_a_sent_request(page):
    page.goto("/")
    assert tab(page)["name"] == "Skip to the page"
    press(page, "Enter")
    tab_to(page, "Read the guide")
    press(page, "Enter")
    page.wait_for_url(f"**{GUIDE}")
    tab_to(page, "Skip to the page")
    press(page, "Enter")
    tab_to(page, "Request a consultation", most=MOST_STOPS_OF_A_LONG_PAGE)
    press(page, "Enter")
    page.wait_for_url("**/consultation/**")
    tab_to(page, id="id_name")
    page.keyboard.type("Amira Haddad")
    tab_to(page, id="id_email")
    page.keyboard.type("amira@patient.example")
    tab_to(page, id="id_consent")
    press(page, "Space")
    tab_to(page, id=page.locator('[name="time_by"]:checked').get_attribute("id"))
    while not page.locator("#id_time_by_2").is_checked():
        press(page, "ArrowDown")
    tab_to(page, id="id_windows_0")
    press(page, "Space")
    tab_to(page, "Send my request")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")


def test_every_stop_of_a_refused_form_is_seen_and_the_summary_leads_to_the_field(page):
    page.goto("/consultation/")
    tab_to(page, "Send my request")
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    summary = page.get_by_role("alert").get_by_role("link").first
    tab_to(page, re.escape(summary.inner_text()))
    press(page, "Enter")
    page.keyboard.type("Amira Haddad")
    expect(page.get_by_label("Your name")).to_have_value("Amira Haddad")


@pytest.mark.parametrize(("keys", "setting"), [([], "1"), (["ArrowRight"], "1.5"), (["ArrowLeft"], "0.5")])
def test_the_needle_setting_is_a_control(page, keys, setting):
    page.goto(GUIDE)
    tab_to(page, id="depth-2")
    press(page, *keys)
    answers = page.locator(".depth__answers > div").filter(visible=True)
    expect(answers).to_have_count(1)
    expect(answers.get_by_role("term")).to_have_text(f"At {setting} mm")
    expect(answers).to_contain_text("Collagen layer")
    expect(page.get_by_role("radio", checked=True)).to_have_accessible_description(re.compile("The tip passes"))


def test_the_needle_setting_is_changed_by_touch(open_page):
    page = open_page(has_touch=True)
    page.goto(GUIDE)
    page.get_by_text("1.5 mm", exact=True).and_(page.locator("label")).tap()
    expect(page.locator(".depth__answers > div").filter(visible=True)).to_contain_text("At 1.5 mm")


@pytest.mark.parametrize("address", [f"{GUIDE}questions/", "/consultation/"])
def test_one_goes_through_a_page_and_out_at_its_end(page, address):
    page.goto(address)
    assert tab(page)["name"] == "Skip to the page"
    for _stop in range(MOST_STOPS_OF_A_LONG_PAGE):
        press(page, "Tab")
        where = page.evaluate(WHERE)
        if where["out"]:
            return
        check(where)
    raise AssertionError("no end")
