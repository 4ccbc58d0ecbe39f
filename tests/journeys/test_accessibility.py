"""axe-core finds nothing wrong on any public page, light and dark, narrow and wide; the empty screens in the dark."""

import pytest

from tests.journeys.axe import ALL_RULES, COLOR_RULES, RULES, violations
from tests.journeys.conftest import tabs
from tests.journeys.public_pages import EVERY_PAGE

pytestmark = pytest.mark.journey

LOOKS = [(320, "light"), (1280, "dark")]
OTHER_LOOKS = [(320, "dark"), (1280, "light")]


@pytest.fixture(scope="module")
def tab(browser, site):
    """One tab for all pages, as axe looks at a page and not at who reads it."""
    with tabs(browser, site.url) as open_tab:
        yield open_tab(bypass_csp=True, reduced_motion="reduce")  # axe puts its own script into the page


def wrong_in(looks, page):
    for details in page.locator("main details").all():
        details.evaluate("element => element.open = true")
    wrong = {}
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if found := violations(page, RULES[scheme]):
            wrong[width, scheme] = found
    return wrong


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_axe_finds_nothing_wrong(tab, name):
    EVERY_PAGE[name](tab)
    assert wrong_in(LOOKS, tab) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_axe_finds_nothing_wrong_in_the_other_looks(tab, name):
    EVERY_PAGE[name](tab)
    assert wrong_in(OTHER_LOOKS, tab) == {}


def test_axe_would_find_a_fault(tab):
    tab.emulate_media(color_scheme="light")
    tab.goto("/visit/")
    tab.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [rule for rule, _html, _why in violations(tab, ALL_RULES)] == ["button-name"]


@pytest.mark.parametrize("scheme, color", [("light", "#ddd"), ("dark", "#222")])
def test_both_looks_are_checked_for_contrast(tab, scheme, color):
    tab.emulate_media(color_scheme=scheme)
    tab.goto("/visit/")
    tab.evaluate("color => document.querySelector('h1').style.color = color", color)
    assert [rule for rule, _html, _why in violations(tab, COLOR_RULES)] == ["color-contrast"]
