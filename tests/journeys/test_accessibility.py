"""axe-core finds nothing wrong on any public page, light and dark, narrow and wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.public_pages import EVERY_PAGE

pytestmark = pytest.mark.journey

WIDTHS = [320, 1280]
ALL_RULES = {"resultTypes": ["violations"], "preload": False}
COLOR_RULES = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}
RULES = {"light": ALL_RULES, "dark": COLOR_RULES}  # the dark look changes colors alone


def violations(page, rules):
    found = Axe().run(page, options=rules).response["violations"]
    return [(rule["id"], node["html"][:200], node["failureSummary"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_axe_finds_nothing_wrong(open_page, name):
    page = open_page(bypass_csp=True, reduced_motion="reduce")  # axe puts its own script into the page
    EVERY_PAGE[name](page)
    for details in page.locator("main details").all():
        details.evaluate("element => element.open = true")
    wrong = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            if found := violations(page, rules):
                wrong[width, scheme] = found
    assert wrong == {}


def test_axe_would_find_a_fault(open_page):
    page = open_page(bypass_csp=True)
    page.goto("/visit/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [rule for rule, _html, _why in violations(page, ALL_RULES)] == ["button-name"]


def test_the_dark_look_is_checked_for_contrast(open_page):
    page = open_page(bypass_csp=True, color_scheme="dark")
    page.goto("/visit/")
    page.evaluate("document.querySelector('h1').style.color = '#222'")
    assert [rule for rule, _html, _why in violations(page, RULES["dark"])] == ["color-contrast"]
