"""Ways into the guide and through it: home, the menu, before and next, a place to link to at each heading."""

import re
from html.parser import HTMLParser

import pytest

from tests.clinic_site.addresses import BENEFITS, GUIDE, GUIDE_PAGES, NOTICES
from tests.factories import make_treatment
from treatments.models import Version

pytestmark = pytest.mark.django_db

WAYS = {
    "What it is": GUIDE,
    "Is it for me?": f"{GUIDE}suitability/",
    "What a visit is like": f"{GUIDE}procedure/",
    "Recovery": f"{GUIDE}recovery/",
    "Risks": f"{GUIDE}risks/",
    "Cost": f"{GUIDE}cost/",
    "PRP": f"{GUIDE}prp/",
    "Visit us": "/visit/",
}
LINK = re.compile(r'<a\s+href="([^"]*)"[^>]*>\s*(?:<b>)?([^<]*?)\s*<')


def links_in(html, begin, end):
    """What a stretch of a page leads to: the words of each link and its address, in order."""
    return {words: address for address, words in LINK.findall(html.partition(begin)[2].partition(end)[0])}


class Headings(HTMLParser):
    """The headings of a page's main part that have no place of their own to link to."""

    def __init__(self, html):
        super().__init__()
        self.count, self.without, self._folds = 0, [], []
        self.feed(html.partition("<main")[2].partition("</main>")[0])

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "details":
            self._folds.append(attributes.get("id"))
        if tag in ("h2", "h3", "h4"):
            self.count += 1
            of_fold = self._folds and self._folds[-1] and tag == "h3"  # the heading of a fold is in its summary
            if not attributes.get("id") and not of_fold:
                self.without.append((tag, self.getpos()))

    def handle_endtag(self, tag):
        if tag == "details":
            self._folds.pop()


def test_home_leads_to_each_thing_that_readers_come_for_and_to_the_search(client):
    html = client.get("/").text
    assert links_in(html, 'class="ways"', "</nav>") == WAYS
    assert 'role="search"' in html.partition('class="ways"')[2].partition("</nav>")[0]


@pytest.mark.parametrize("address", ["/", f"{GUIDE}risks/", "/visit/", "/privacy/", "/consultation/", "/nothing/"])
def test_the_menu_of_a_phone_leads_to_the_same_and_to_the_form(client, address):
    links = links_in(client.get(address).text, '<details class="menu">', "</details>")
    assert {words: links[words] for words in WAYS} == WAYS
    assert set(links) - set(WAYS) == {"Search", "Request a consultation"}


def test_the_menu_shows_where_one_is(client):
    menu = client.get(f"{GUIDE}risks/").text.partition('<details class="menu">')[2].partition("</details>")[0]
    assert re.findall(r'href="([^"]*)" aria-current="page"', menu) == [f"{GUIDE}risks/"]


def test_a_section_that_is_not_live_is_in_no_menu(client):
    Version.objects.filter(unit__slug="prp").update(live_from=None)
    links = links_in(client.get("/visit/").text, '<details class="menu">', "</details>")
    assert ("PRP" in links, "Risks" in links) == (False, True)


def test_with_two_treatments_the_menu_leads_to_the_list_and_a_guide_to_itself(client):
    make_treatment("peeling")
    elsewhere = links_in(client.get("/visit/").text, '<details class="menu">', "</details>")
    assert "Treatments" in elsewhere and not [words for words in elsewhere if words.endswith("guide")]
    within = links_in(client.get(f"{GUIDE}risks/").text, '<details class="menu">', "</details>")
    assert [words for words in within if words.endswith("guide")] == ["Microneedling guide"]


def test_benefits_stand_between_the_page_that_leads_to_them_and_the_next(client):
    before, after = [], []
    pages = [f"{GUIDE}benefits/", *(f"{GUIDE}benefits/{slug}/" for slug in BENEFITS), f"{GUIDE}recovery/"]
    for address in pages:
        html = client.get(address).text
        before += re.findall(r'href="([^"]*)" rel="prev"', html)
        after += re.findall(r'href="([^"]*)" rel="next"', html)
    assert (before[1:], after[:-1]) == (pages[:-1], pages[1:])


def test_a_benefit_says_which_of_them_it_is(client):
    for place, slug in enumerate(BENEFITS, start=1):
        html = client.get(f"{GUIDE}benefits/{slug}/").text
        assert f"{place} of 3" in html.partition("opening__place")[2].partition("</p>")[0]


@pytest.mark.parametrize("address", ["/", "/visit/", "/treatments/", "/search/?q=scar", *NOTICES, *GUIDE_PAGES])
def test_each_heading_has_a_place_to_link_to(client, address):
    headings = Headings(client.get(address).text)
    assert headings.count and headings.without == []
