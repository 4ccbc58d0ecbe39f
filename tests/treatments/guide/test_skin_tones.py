"""Skin of every color: each page that draws it draws all four tones, with words for each drawing."""

import re

import pytest
from django.conf import settings

from tests.clinic_site.addresses import GUIDE
from treatments.guide.answers import Skin
from treatments.guide.skin import TONES

pytestmark = pytest.mark.django_db

TONES_CSS = settings.BASE_DIR / "static" / "css" / "components" / "skin_tones.css"
DRAWN = {
    f"{GUIDE}recovery/": 3,  # days
    f"{GUIDE}risks/": 2,  # a section and a dark mark
    f"{GUIDE}benefits/sun-damage/": 2,
    f"{GUIDE}numbing/": 1,  # a section under the cream
}


def drawings(page):
    return re.findall(r'<svg class="(?:look|melanin) tone--(\w+)".*?<title>(.*?)</title>', page, re.DOTALL)


@pytest.mark.parametrize("address", DRAWN)
def test_each_tone_is_drawn_as_often_as_any_other(client, address):
    tones = [tone for tone, _title in drawings(client.get(address).text)]
    assert {tone: tones.count(tone) for tone in Skin.values} == dict.fromkeys(Skin.values, DRAWN[address])


@pytest.mark.parametrize("address", DRAWN)
def test_each_drawing_says_whose_skin_it_is_and_what_it_shows(client, address):
    for tone, title in drawings(client.get(address).text):
        assert f"{tone} skin" in title and len(title.split()) > 5


@pytest.mark.parametrize("address", DRAWN)
def test_no_tone_is_the_usual_one(client, address):
    page = client.get(address).text
    assert re.findall(r'name="tone" value="(\w+)"( checked)?', page) == [
        ("all", " checked"),
        *((tone.skin.value, "") for tone in TONES),
    ]


def test_the_choice_is_sent_nowhere(client):
    """Its radios belong to no form."""
    for address in DRAWN:
        page = re.sub(r"<form.*?</form>", "", client.get(address).text, flags=re.DOTALL)
        assert page.count('name="tone"') == 5


def test_darker_skin_is_drawn_with_more_melanin_not_with_other_skin():
    sheet = TONES_CSS.read_text()
    rows = [
        [float(re.search(rf"\.tone--{skin} {{.*?--s-row-{row}: ([\d.]+)", sheet, re.DOTALL)[1]) for row in (1, 2, 3)]
        for skin in Skin.values
    ]
    assert rows == sorted(rows) and rows[0] != rows[-1]


def test_the_counts_on_the_page_of_risks_stand_together(client):
    page = client.get(f"{GUIDE}risks/").text
    drawing = re.search(r'<desc id="counts-540-desc">(.*?)</desc>', page, re.DOTALL)[1]
    assert [count in drawing for count in ("7 of 32", "0 of 60", "0 of 25")] == [True, True, True]
