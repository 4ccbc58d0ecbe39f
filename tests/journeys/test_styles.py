"""The style sheets that are served mean to a browser what is written in ours."""

import pytest
from django.conf import settings

from clinic_site.pages.static_files import JOINED_SHEETS, join_styles, minify_styles

pytestmark = pytest.mark.journey

UNDERSTOOD = """text => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return [...sheet.cssRules].map(rule => rule.cssText).join(" ");
}"""


def understood(page, text):
    """The style sheet as a browser writes it down again. It keeps blanks in what it cannot resolve yet, as in var()."""
    return " ".join(page.evaluate(UNDERSTOOD, text).split()).replace(", ", ",")


@pytest.mark.parametrize("name", JOINED_SHEETS)
def test_a_browser_reads_the_same_rules_before_and_after_minifying(browser, name):
    written = join_styles(name, lambda name: (settings.BASE_DIR / "static" / name).read_text())
    served = minify_styles(written)
    page = browser.new_page()
    rules = understood(page, written)
    assert rules.count("{") == served.count("{")  # none was dropped, so that nothing is left to compare
    assert understood(page, served) == rules
    page.close()
