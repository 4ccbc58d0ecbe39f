"""What stands beside a drawing says the same to whoever does not see it, and nothing drawn is made up."""

import re

import pytest
from django.utils.html import strip_tags

from treatments.models import ClinicField, KeyFact

GUIDE = "/treatments/microneedling/"
COST, LINES = f"{GUIDE}cost/", f"{GUIDE}benefits/fine-lines-and-wrinkles/"

pytestmark = pytest.mark.django_db


def words_of(html):
    return " ".join(strip_tags(html).split())


def figure_of(client):
    return re.search(r'<figure class="series.*?</figure>', client.get(COST).text, re.DOTALL).group()


def test_a_series_is_drawn_with_its_words(client):
    words = words_of(re.sub(r'<div aria-hidden="true">.*?</div>', "", figure_of(client), flags=re.DOTALL))
    assert "Consultation" in words
    assert "3 sessions" in words and "up to 6, in the studies" in words and "Later visits" in words


def test_a_series_follows_the_number_of_sessions(client):
    KeyFact.objects.filter(key="sessions").update(low=2, high=4)
    figure = figure_of(client)
    assert "2 sessions" in words_of(figure) and "up to 4, in the studies" in words_of(figure)
    assert figure.count("series__session") == 5  # and the later ones


def test_blocks_are_striped_until_the_clinic_gives_its_price(client):
    before = figure_of(client)
    ClinicField.objects.filter(key="price-range").update(value="$250 to $400 a session")
    after = figure_of(client)
    assert ("Striped" in before, "series--priced" in before) == (True, False)
    assert ("Striped" in after, "series--priced" in after) == (False, True)


def test_kinds_of_lines_are_drawn_with_their_words_and_without_a_number(client):
    part = re.search(r'<section class="deep shapes".*?</section>', client.get(LINES).text, re.DOTALL).group()
    names = [words_of(name) for name in re.findall(r"<h3.*?</h3>", part, re.DOTALL)]
    assert names == ["Fine lines", "Deep lines", "Lines of expression"]
    assert part.count("<svg") == part.count('aria-hidden="true"') == 3
    assert not re.search(r"\d", words_of(re.sub(r"<sup.*?</sup>|<a class=\"cite.*?</a>", "", part, flags=re.DOTALL)))
