import json
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.utils.formats import time_format

from clinic_site.models import Clinic, OpeningHours
from clinic_site.pages.markup import to_words
from clinic_site.pages.structured_data import as_script
from tests.clinic_site.addresses import GUIDE, GUIDE_PAGES
from tests.factories import make_row
from treatments.models import ClinicField, Question, Version

pytestmark = pytest.mark.django_db

DESCRIBED = ["/", *GUIDE_PAGES]
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
ADDRESSES = {"url", "item"}
NO_WORDS = {"@type", "@id", "@context", "inLanguage", "position", "dayOfWeek", "opens", "closes", "telephone"}


class Shown(HTMLParser):
    """The words that a reader sees in a page, without the numbers of its sources, and the moments it names."""

    def __init__(self, html):
        super().__init__()
        self.moments, self._hidden, self._in_mark, text = [], 0, False, []
        self.handle_data = lambda data: None if self._hidden else text.append(data)
        self.feed(html)
        self.words = squeezed("".join(text))

    def handle_starttag(self, tag, attrs):
        self._in_mark = ("class", "cite") in attrs
        self._hidden += tag == "head" or self._in_mark
        self.moments += [value for name, value in attrs if name == "datetime"]

    def handle_endtag(self, tag):
        self._hidden -= tag == "head" or self._in_mark
        self._in_mark = False


def squeezed(text):
    """Without white space: HTML has it between elements, where data has it between words."""
    return re.sub(r"\s", "", text)


def nodes_of(html):
    """The page's nodes by type."""
    found = [node for data in SCRIPT.findall(html) for node in json.loads(data)["@graph"]]
    assert len({node["@type"] for node in found}) == len(found)
    return {node["@type"]: node for node in found}


def values_in(data):
    """Every (name, value) in nodes within nodes."""
    for name, value in data.items():
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, dict):
                yield from values_in(part)
            else:
                yield name, part


def not_on_the_page(html):
    """What the data says and the page does not."""
    page = Shown(html)
    for name, value in values_in(nodes_of(html)):
        if name == "dateModified":
            if value not in page.moments:
                yield name, value
        elif (
            name not in ADDRESSES | NO_WORDS
            and squeezed(to_words(value) if name == "text" else value) not in page.words
        ):
            yield name, value


def use_own_details():
    Clinic.objects.update(is_sample=False, name="Lakeside <Skin> & Care", street="7 Lake “A” Street")


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return {address: Client().get(address).text for address in [*DESCRIBED, "/visit/"]}


@pytest.mark.parametrize("address", DESCRIBED)
def test_the_data_says_what_the_page_says(pages, address):
    assert list(not_on_the_page(pages[address])) == []


@pytest.mark.parametrize("address", [*DESCRIBED, "/visit/"])
def test_the_data_says_what_the_page_of_a_real_clinic_says(client, address):
    use_own_details()
    html = client.get(address).text
    assert list(not_on_the_page(html)) == []
    assert "Lakeside <Skin> & Care" in [value for _name, value in values_in(nodes_of(html))]


def test_words_that_differ_would_be_found(client):
    html = client.get(GUIDE).text.replace("and it can leave marks", "and it never leaves marks", 1)
    assert [name for name, _value in not_on_the_page(html)] == ["description"]


@pytest.mark.parametrize("address", DESCRIBED)
def test_every_page_is_a_web_page_about_the_procedure(pages, address):
    nodes = nodes_of(pages[address])
    assert nodes["MedicalWebPage"]["url"] == settings.SITE_URL + address
    assert nodes["MedicalWebPage"]["about"] == {"@id": nodes["MedicalProcedure"]["@id"]}
    assert nodes["MedicalProcedure"]["url"] == settings.SITE_URL + GUIDE


def test_every_address_in_the_data_answers(pages, client):
    addresses = {value for html in pages.values() for name, value in values_in(nodes_of(html)) if name in ADDRESSES}
    answers = {address: client.get(address.removeprefix(settings.SITE_URL)).status_code for address in addresses}
    assert answers == dict.fromkeys(answers, 200) and answers


@pytest.mark.parametrize(
    ("section", "part"), [("numbing", "preparation"), ("procedure", "howPerformed"), ("recovery", "followup")]
)
def test_a_page_tells_its_part_of_the_procedure(pages, section, part):
    parts = set(nodes_of(pages[f"{GUIDE}{section}/"])["MedicalProcedure"]) - {"@type", "@id", "name", "url"}
    assert parts == {part}


@pytest.mark.parametrize("address", GUIDE_PAGES)
def test_the_questions_are_those_of_the_page(pages, address):
    asked = Question.objects.filter(version__in=[v for v in Version.objects.all() if v.get_absolute_url() == address])
    data = nodes_of(pages[address]).get("FAQPage", {"mainEntity": []})
    assert [question["name"] for question in data["mainEntity"]] == [row.question for row in asked]


def test_there_are_pages_with_questions(pages):
    assert nodes_of(pages[f"{GUIDE}questions/"])["FAQPage"]["mainEntity"]


def test_an_answer_holds_what_the_clinic_filled_in_and_no_number_of_a_source(client):
    version = Version.objects.get(unit__slug="questions")
    Question.objects.filter(version=version).delete()
    make_row(Question, version, answer="It costs [[price]], **always** [S2].\n\n- One\n- Two")
    make_row(ClinicField, Version.objects.get(unit__kind="treatment"), key="price", value="$90 <or> more")
    html = client.get(f"{GUIDE}questions/").text
    (question,) = nodes_of(html)["FAQPage"]["mainEntity"]
    assert question["acceptedAnswer"]["text"] == (
        "<p>It costs $90 &lt;or&gt; more, <strong>always</strong>.</p>\n<ul>\n<li>One</li>\n<li>Two</li>\n</ul>"
    )
    assert list(not_on_the_page(html)) == []


def test_an_answer_leads_on_by_whole_addresses_and_each_question_has_its_own(pages, client):
    questions = nodes_of(pages[f"{GUIDE}questions/"])["FAQPage"]["mainEntity"]
    answers = " ".join(question["acceptedAnswer"]["text"] for question in questions)
    links = re.findall(r'href="([^"]*)"', answers)
    assert links and all(link.startswith(f"{settings.SITE_URL}/") for link in links)
    for address in [*links, *(question["url"] for question in questions)]:
        page, _hash, place = address.removeprefix(settings.SITE_URL).partition("#")
        answer = client.get(page)
        assert answer.status_code == 200 and (not place or f'id="{place}"' in answer.text), address


def test_the_trail_to_a_benefit_is_the_one_above_its_heading(pages):
    items = nodes_of(pages[f"{GUIDE}benefits/scars/"])["BreadcrumbList"]["itemListElement"]
    assert [(item["position"], item["name"], item["item"].removeprefix(settings.SITE_URL)) for item in items] == [
        (1, "Microneedling guide", GUIDE),
        (2, "Benefits", f"{GUIDE}benefits/"),
        (3, "Scars, including acne scars", f"{GUIDE}benefits/scars/"),
    ]


def test_the_first_pages_have_no_trail(pages):
    assert [address for address in DESCRIBED if "BreadcrumbList" not in nodes_of(pages[address])] == ["/", GUIDE]


def test_a_sample_clinic_does_not_reach_search_engines(pages):
    sample = Clinic.profile()
    said = {pair for html in pages.values() for pair in values_in(nodes_of(html))}
    assert ("@type", "MedicalClinic") not in said
    assert {value for _name, value in said} & {sample.name, sample.street, sample.city_line} == set()


def test_nobody_is_said_to_have_reviewed_a_page_and_no_benefit_is_called_an_indication(pages):
    names = {
        name for html in pages.values() for found in SCRIPT.findall(html) for name in re.findall(r'"(\w+)":', found)
    }
    assert "mainEntity" in names
    assert {name for name in names if re.search("review|indication|rating|approv|author", name, re.IGNORECASE)} == set()


@pytest.mark.parametrize("address", ["/", "/visit/"])
def test_a_real_clinic_is_described_as_its_page_does(client, address):
    use_own_details()
    html = client.get(address).text
    clinic = nodes_of(html)["MedicalClinic"]
    assert f'href="tel:{clinic["telephone"]}"' in html
    assert clinic["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "7 Lake “A” Street",
        "addressLocality": "Sterling Heights",
        "addressRegion": "MI",
        "postalCode": "48310",
    }


def test_a_city_line_of_another_form_is_left_whole(client):
    Clinic.objects.update(is_sample=False, city_line="Windsor, Ontario")
    address = nodes_of(client.get("/visit/").text)["MedicalClinic"]["address"]
    assert (address["addressLocality"], "postalCode" in address) == ("Windsor, Ontario", False)


def test_the_hours_are_those_on_the_page(client):
    use_own_details()
    html = client.get("/visit/").text
    hours = nodes_of(html)["MedicalClinic"]["openingHoursSpecification"]
    rows = list(OpeningHours.objects.all())
    assert [(spec["dayOfWeek"].rpartition("/")[2], spec["opens"], spec["closes"]) for spec in hours] == [
        (str(row.get_weekday_display()), f"{row.opens:%H:%M}", f"{row.closes:%H:%M}") for row in rows
    ]
    shown = Shown(html).words
    assert all(squeezed(f"{time_format(row.opens)} – {time_format(row.closes)}") in shown for row in rows)


def test_the_publisher_of_the_guide_is_a_real_clinic(client):
    use_own_details()
    page, home = nodes_of(client.get(GUIDE).text), nodes_of(client.get("/").text)
    assert page["MedicalWebPage"]["publisher"]["@id"] == home["MedicalClinic"]["@id"]


def test_no_value_can_end_the_element():
    value = '</script><!-- <script> & "quoted"'
    html = as_script([{"@type": "Thing", "name": value}])
    assert (html.count("<"), html.count(">"), "&" in html) == (2, 2, False)
    assert nodes_of(html)["Thing"]["name"] == value


def test_no_data_leave_no_element(pages):
    assert (as_script([]), "<script" in pages["/visit/"]) == ("", False)
