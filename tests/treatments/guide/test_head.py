"""What a page says of itself to search engines and to those who share it, and whether its links lead somewhere."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client

from clinic_site.models import Clinic, TeamMember
from tests.clinic_site.addresses import BENEFITS, GUIDE, GUIDE_PAGES, NOTICES, PREPARATION, SELF_CHECK
from tests.factories import make_request
from treatments.models import Version

pytestmark = pytest.mark.django_db

BENEFIT_PAGES = [f"{GUIDE}benefits/{benefit}/" for benefit in BENEFITS]
SHARED = ["/", "/treatments/", *GUIDE_PAGES, "/visit/", *NOTICES, "/consultation/"]
SITE_CARD = f"{settings.SITE_URL}/card.png"
REFERENCES = {"aria-labelledby", "aria-describedby", "aria-controls", "for"}


class Head(HTMLParser):
    """A page's title, its meta elements by name, its canonical address, and what its elements refer to."""

    def __init__(self, html):
        super().__init__()
        self.metas, self.links, self.ids, self.references = {}, {}, set(), set()
        self.title = re.search(r"<title>(.*?)</title>", html)[1]
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "meta":
            self.metas[attributes.get("name") or attributes.get("property")] = attributes.get("content")
        if tag == "link":
            self.links[attributes["rel"]] = attributes["href"]
        self.ids |= {attributes["id"]} if attributes.get("id") else set()
        for name, value in attrs:
            if name in REFERENCES:
                self.references |= set(value.split())
            self.references |= {
                *re.findall(r"url\(#([^)]+)\)", value or ""),
                *([value[1:]] if tag in ("use", "a") and name == "href" and value.startswith("#") else []),
            }

    @property
    def social(self):
        return {name: value for name, value in self.metas.items() if name and name.startswith(("og:", "twitter:"))}


@pytest.fixture(scope="module")
def heads(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return {address: Head(Client().get(address).text) for address in SHARED}


@pytest.mark.parametrize("address", SHARED)
def test_a_page_names_its_own_address(heads, address):
    head = heads[address]
    assert (head.links["canonical"], head.metas["og:url"]) == (settings.SITE_URL + address,) * 2
    assert "robots" not in head.metas


@pytest.mark.parametrize("address", SHARED)
def test_a_page_can_be_shared(heads, address):
    head = heads[address]
    card = settings.SITE_URL + address + "card.png" if address in GUIDE_PAGES else SITE_CARD
    assert head.social == {
        "og:type": "article" if address in GUIDE_PAGES else "website",
        "og:site_name": Clinic.profile().name,
        "og:title": head.title.rpartition(" · ")[0],
        "og:description": head.metas["description"],
        "og:url": settings.SITE_URL + address,
        "og:image": card,
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": head.title,
        "twitter:card": "summary_large_image",
    }
    assert head.metas["description"] and head.title


@pytest.mark.parametrize("address", GUIDE_PAGES)
def test_the_description_of_a_guides_page_is_its_summary(heads, address):
    (version,) = [v for v in Version.objects.exclude(unit__kind="treatment") if v.get_absolute_url() == address]
    assert heads[address].metas["description"] == version.summary


def test_no_two_pages_have_one_title_or_description(heads):
    titles, descriptions = ({head.title for head in heads.values()}, {h.metas["description"] for h in heads.values()})
    assert (len(titles), len(descriptions)) == (len(SHARED), len(SHARED))


def test_the_title_of_each_page_of_the_guide_names_the_treatment(heads):
    assert [address for address in ["/", *GUIDE_PAGES] if "microneedling" not in heads[address].title.lower()] == []


def test_pages_for_which_people_search_in_their_town_name_it(heads):
    named = {address for address, head in heads.items() if "Sterling Heights" in head.title}
    guide = {f"{GUIDE}{page}" for page in ("benefits/", "cost/", "procedure/")} | set(BENEFIT_PAGES)
    assert named == guide | {"/", "/treatments/", "/visit/", "/consultation/"}


def test_a_clinic_that_names_no_place_has_titles_without_one(client):
    Clinic.objects.update(place="")
    assert Head(client.get(f"{GUIDE}cost/").text).title.startswith("What it costs, and what to ask · Microneedling · ")


@pytest.mark.parametrize("address", NOTICES)
def test_a_notice_is_described_by_its_own_first_words(heads, address):
    described = heads[address].metas["description"]
    assert described.endswith("…") and heads[address].title.partition(" · ")[0] not in described


def test_words_with_marks_of_html_are_escaped_once(client):
    Version.objects.filter(unit__slug="scars").update(heading='Scars & "marks" <b>', summary='May "help" & not')
    text = client.get(f"{GUIDE}benefits/scars/").text
    assert "<title>Scars &amp; &quot;marks&quot; &lt;b&gt; · " in text
    head = Head(text)
    title = 'Scars & "marks" <b> · Microneedling in Sterling Heights'
    assert (head.metas["og:title"], head.metas["og:description"]) == (title, 'May "help" & not')


def test_a_form_names_its_address_without_what_was_carried_to_it(client):
    head = Head(client.get("/consultation/?treatment=microneedling&benefit=scars&campaign=x").text)
    assert head.links["canonical"] == f"{settings.SITE_URL}/consultation/"


@pytest.fixture
def private_pages(client):
    asked = make_request()
    return {
        "received": client.get(asked.get_received_url()),
        "private": client.get(asked.private_url),
        "find": client.get("/consultation/find/"),
        "self-check": client.post(SELF_CHECK, {}),
        "day of the visit": client.get(PREPARATION),
        "not there": client.get("/nothing/"),
    }


def test_a_page_that_is_nobody_elses_business_is_not_described(private_pages):
    for name, answer in private_pages.items():
        head = Head(answer.text)
        assert head.metas["robots"] == "noindex", name
        assert (head.social, "canonical" in head.links, "ld+json" in answer.text) == ({}, False, False), name


def test_the_search_page_is_kept_from_search_engines_and_names_itself_without_the_words(client):
    head = Head(client.get("/search/?q=scar").text)
    assert (head.metas["robots"], head.links["canonical"]) == ("noindex", f"{settings.SITE_URL}/search/")
    assert head.social == {}


def test_the_team_page_can_be_shared_too(client):
    TeamMember.objects.create(name="Person", role="Nurse")
    head = Head(client.get("/team/").text)
    assert (head.links["canonical"], head.metas["og:image"]) == (f"{settings.SITE_URL}/team/", SITE_CARD)


def test_every_picture_that_is_named_is_there(heads, client):
    images = {head.metas["og:image"] for head in heads.values()}
    kinds = {image: client.get(image.removeprefix(settings.SITE_URL)).get("Content-Type") for image in images}
    assert (len(images), set(kinds.values())) == (len(GUIDE_PAGES) + 1, {"image/png"})


@pytest.mark.parametrize("address", SHARED)
def test_what_a_page_refers_to_within_itself_is_there(heads, address):
    assert heads[address].references - heads[address].ids == set()


def test_every_page_that_a_reader_can_come_to_by_links_answers_and_has_the_place_that_is_linked(client):
    found, waiting, dead = {}, ["/"], []
    links = [("/", "/")]
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        html = answer.text if answer.status_code == 200 and "html" in answer["Content-Type"] else ""
        found[address] = (answer.status_code, set(re.findall(r'\bid="([^"]+)"', html)))
        for link in re.findall(r'<a\b[^>]*\bhref="(/[^"]*|#[^"]*)"', html):
            links.append((address, link))
            target = link.partition("#")[0].partition("?")[0] or address
            if target not in found and target not in waiting:
                waiting.append(target)
    for address, link in links:
        target, _hash, place = link.partition("#")
        status, places = found[target.partition("?")[0] or address]
        if status != 200 or (place and place not in places):
            dead.append((address, link))
    assert dead == []
    assert set(SHARED) - set(found) == {"/treatments/"}  # one treatment needs no list of them
