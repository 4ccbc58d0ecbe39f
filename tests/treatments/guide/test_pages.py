import re
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.clinic_site.addresses import BENEFITS, FORMS, GUIDE, GUIDE_PAGES, PAGES, SECTIONS
from tests.factories import make_benefit, make_copy, make_treatment
from treatments.models import Benefit, Claim, ClinicField, Treatment, Unit, Version
from treatments.prose import plain

pytestmark = pytest.mark.django_db

MOST_QUERIES = 40  # of any page of the guide; the page cache makes nearly all of them rare


class Page(HTMLParser):
    """What a test asks of a page's HTML."""

    def __init__(self, html):
        super().__init__()
        self.html, self.elements, self.ids, self.links = html, [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if tag == "a" else []

    def count(self, tag):
        return sum(1 for name, _attributes in self.elements if name == tag)

    @cached_property
    def head(self):
        names = [name for name, _attributes in self.elements]
        return names[: names.index("body")]

    @cached_property
    def first_in_body(self):
        return self.elements[len(self.head) + 1]


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every page as a reader gets it on a fresh installation, rendered once for all tests of this file."""
    with django_db_blocker.unblock():
        answers = {address: Client().get(address) for address in [*PAGES, *FORMS]}
        connection.close()
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: Page(answer.text) for address, answer in answers.items()}


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", [*PAGES, *FORMS])
def test_a_page_has_one_heading_and_says_its_language(pages, address):
    page = pages[address]
    assert (page.count("h1"), page.count("main")) == (1, 1)
    assert page.head.count("title") == 1
    assert ("html", {"lang": "en", "dir": "ltr"}) in page.elements


@pytest.mark.parametrize("address", [*PAGES, *FORMS])
def test_a_page_begins_with_a_link_past_its_menu(pages, address):
    tag, attributes = pages[address].first_in_body
    assert (tag, attributes["href"]) == ("a", "#main")
    assert ("main", "main") in [(tag, attributes.get("id")) for tag, attributes in pages[address].elements]


@pytest.mark.parametrize("address", [*PAGES, *FORMS])
def test_every_id_on_a_page_is_there_once(pages, address):
    ids = pages[address].ids
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("address", [*PAGES, *FORMS])
def test_a_page_needs_no_script_and_fetches_nothing_from_elsewhere(pages, address):
    page = pages[address]
    fetched = [value for _tag, a in page.elements for name, value in a.items() if name in ("src", "srcset", "action")]
    fetched += [attributes["href"] for tag, attributes in page.elements if tag == "link"]
    own = ("/static/", "/search/", "/consultation/", GUIDE, settings.SITE_URL)
    assert [address for address in fetched if not address.startswith(own)] == []
    assert [name for _tag, a in page.elements for name in a if name.startswith("on") or name == "style"] == []


@pytest.mark.parametrize("address", GUIDE_PAGES)
def test_a_page_of_the_guide_says_that_nobody_has_signed_it(pages, address):
    assert "No clinician has approved these words yet." in pages[address].html


@pytest.mark.parametrize("address", GUIDE_PAGES)
def test_every_number_of_a_source_leads_to_the_list_of_sources(pages, address):
    page = pages[address]
    listed = [name for name in page.ids if re.fullmatch(r"source-\d+", name)]
    marks = [attributes["aria-label"] for _tag, attributes in page.elements if attributes.get("class") == "cite"]
    cited = {f"source-{number}" for label in marks for number in re.findall(r"\d+", label)}
    lists = [attributes.get("class") or "" for tag, attributes in page.elements if tag == "ol"]
    assert sum("sources" in classes.split() for classes in lists) == 1
    assert listed == [f"source-{number}" for number in range(1, len(listed) + 1)]
    assert cited - set(listed) == set()
    assert address.endswith("/sources/") or cited == set(listed)


@pytest.mark.parametrize("address", [*PAGES, *FORMS])
def test_no_mark_of_the_copy_is_left_in_a_page(pages, address):
    assert re.findall(r"\[\[[\w-]*\]?\]?|\[S\d+|\{\{|\{%|\*\*", pages[address].html) == []


def test_every_link_within_the_site_leads_somewhere(pages, client):
    links = {(page, link) for page in pages for link in pages[page].links if link.startswith(("/", "#"))}
    ids = {page.partition("?")[0]: set(pages[page].ids) for page in pages}
    dead = []
    for page, link in sorted(links):
        address, name = urldefrag(link)
        address = address.partition("?")[0] or page.partition("?")[0]
        if address not in ids:
            answer = client.get(address)
            ids[address] = set(Page(answer.text).ids) if answer.status_code == 200 else None
        if ids[address] is None or (name and name not in ids[address]):
            dead.append((page, link))
    assert dead == []


@pytest.mark.parametrize("slug", BENEFITS)
def test_each_claim_stands_with_its_grade_its_use_and_its_sources(pages, slug):
    blocks = pages[f"{GUIDE}benefits/{slug}/"].html.split('<div class="claim">')[1:]
    claims = list(Claim.objects.filter(version__unit__slug=slug))
    assert len(blocks) == len(claims) > 0
    for claim, block in zip(claims, blocks, strict=True):
        block = block.partition("</section>")[0]
        words = unescape(re.sub(r"<[^>]+>", "", block))
        said = [plain(claim.sentence), str(claim.get_grade_display()), str(claim.get_use_display())]
        assert [part for part in said if part not in words] == []
        assert 'class="cite"' in block


@pytest.mark.parametrize(
    "address",
    [
        "/treatments/peeling/",
        "/treatments/microneedling/nothing/",
        "/treatments/microneedling/benefits/nothing/",
        "/treatments/microneedling/benefits/risks/",
        "/treatments/microneedling/scars/",
        "/treatments/microneedling/overview/",
        "/treatments/microneedling/microneedling/",
        "/treatments/peeling/suitability/check/",
        "/treatments/peeling/numbing/preparation.ics",
    ],
)
def test_an_unknown_page_is_not_there(client, address):
    answer = client.post(address) if "check" in address else client.get(address)
    assert answer.status_code == 404


def test_a_draft_is_hidden_from_readers(client):
    benefit = make_benefit(title="Not yet", summary="May do a secret thing.")
    answer = client.get(benefit.get_absolute_url())
    assert (answer.status_code, "secret" in answer.text) == (404, False)
    for address in ("/", "/treatments/", GUIDE, f"{GUIDE}benefits/", "/search/?q=secret", "/consultation/"):
        text = client.get(address).text
        assert "Not yet" not in text and "a secret thing" not in text, address


def test_a_benefit_that_goes_live_joins_the_guide(client):
    benefit = make_benefit(title="Softer", summary="May do a new thing.")
    benefit.newest_version().go_live()
    assert client.get(benefit.get_absolute_url()).status_code == 200
    assert "May do a new thing." in client.get(f"{GUIDE}benefits/").text


def test_a_page_that_is_taken_down_is_gone(client):
    benefit = make_benefit(title="Softer", summary="May do a new thing.")
    benefit.newest_version().go_live()
    Version.objects.filter(unit=benefit).update(live_until=timezone.now())
    assert client.get(benefit.get_absolute_url()).status_code == 404
    assert "May do a new thing." not in client.get(f"{GUIDE}benefits/").text


def test_what_the_clinic_fills_in_stands_where_it_was_missing(client):
    ClinicField.objects.filter(key="numbing-product").update(value="Cream <X> & gel")
    text = client.get(f"{GUIDE}numbing/").text
    assert "Cream &lt;X&gt; &amp; gel" in text and "<X>" not in text


def test_a_number_that_is_changed_changes_the_drawing(client):
    before = client.get(f"{GUIDE}procedure/").text
    Unit.objects.get(slug="procedure").versions.get().steps.filter(pace="wait").update(minutes=187)
    after = client.get(f"{GUIDE}procedure/").text
    assert ("187" in before, "187" in after) == (False, True)


def test_a_site_without_a_guide_says_so(client):
    Version.objects.all().delete()
    home = client.get("/")
    assert (home.status_code, "Our guide is being written." in home.text) == (200, True)
    assert client.get("/treatments/").status_code == 200


def test_treatments_are_listed_in_their_order(client):
    make_treatment("peeling")
    Treatment.objects.filter(slug="peeling").update(position=0)
    Treatment.objects.filter(slug="microneedling").update(position=1)
    headings = re.findall(r"<h2[^>]*><a href=\"([^\"]+)\"", client.get("/treatments/").text)
    assert headings == ["/treatments/peeling/", GUIDE]


@pytest.mark.parametrize("address", ["/", "/treatments/", GUIDE, *(f"{GUIDE}{section}/" for section in SECTIONS)])
@pytest.mark.usefixtures("nothing_kept")
def test_a_page_costs_a_bounded_number_of_queries(client, address):
    assert queries_of(client, address) <= MOST_QUERIES


@pytest.mark.parametrize("address", ["/", GUIDE, f"{GUIDE}benefits/", f"{GUIDE}benefits/scars/", "/search/?q=scar"])
@pytest.mark.usefixtures("nothing_kept")
def test_a_page_costs_the_same_after_many_edits(client, address):
    after_one = queries_of(client, address)
    for _edit in range(5):
        make_copy(Benefit.objects.get(slug="scars").newest_version()).go_live()
    assert queries_of(client, address) == after_one


@pytest.mark.parametrize("address", ["/", f"{GUIDE}benefits/"])
@pytest.mark.usefixtures("nothing_kept")
def test_a_list_of_benefits_costs_the_same_for_one_and_three_more(client, address):
    make_benefit(slug="smoother").newest_version().go_live()
    with_one = queries_of(client, address)
    for slug in ("softer", "calmer"):
        make_benefit(slug=slug).newest_version().go_live()
    assert queries_of(client, address) == with_one


@pytest.mark.usefixtures("nothing_kept")
def test_the_list_of_treatments_costs_the_same_for_one_and_three(client):
    with_one = queries_of(client, "/treatments/")
    make_treatment("peeling")
    make_treatment("laser")
    assert queries_of(client, "/treatments/") == with_one
