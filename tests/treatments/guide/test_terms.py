"""A hard word opens what it means, where it first stands on a page."""

import re

import pytest

from tests.clinic_site.addresses import GUIDE, GUIDE_PAGES
from treatments.guide.terms import Terms
from treatments.models import Term, Version

pytestmark = pytest.mark.django_db

BUTTON = re.compile(r'<button class="term" type="button" popovertarget="([^"]+)">([^<]+)</button>')


@pytest.fixture(autouse=True)
def zebra():
    Term.objects.all().delete()
    return Term.objects.create(
        slug="zebra", term="Zebra", meaning="An African animal with stripes.", also="zebras, horse, EQ"
    )


def marked(*texts):
    """What stands in buttons of texts that are rendered one after the other, as one page's."""
    terms = Terms()
    return [word for text in texts for _target, word in BUTTON.findall(terms(text))]


def test_a_word_is_marked_the_first_time_it_stands_on_a_page():
    assert marked("<p>A zebra, a zebra.</p>", "<p>Zebra</p>") == ["zebra"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>Zebras run.</p>", ["Zebras"]),
        ("<p>An EQ.</p>", ["EQ"]),
        ("<p>A horse.</p>", []),  # an everyday word needs no meaning
        ("<p>Zebralike, sub-zebra.</p>", []),
        ('<p>See <a href="/zebra/">the zebra</a>.</p>', []),
        ('<p>See <a href="/zebra/">the zebra</a> and a zebra.</p>', ["zebra"]),
        ("<p>A zebra is an African animal with stripes.</p>", []),
        ("<p>Stripes <strong>zebra</strong>.</p>", ["zebra"]),
    ],
)
def test_which_words_are_marked(text, words):
    assert marked(text) == words


def test_a_word_that_the_text_explains_is_left_alone_further_down_as_well():
    assert marked("<p>A zebra is an animal with stripes, African.</p>", "<p>A zebra.</p>") == []


def test_nothing_but_the_mark_is_added():
    terms = Terms()
    assert BUTTON.sub(r"\2", terms("<p>A &lt;zebra&gt; &amp; co.</p>")) == "<p>A &lt;zebra&gt; &amp; co.</p>"


def test_a_page_without_a_glossary_is_as_it_is():
    Term.objects.all().delete()
    assert Terms()("<p>A zebra.</p>") == "<p>A zebra.</p>"


def test_a_page_holds_the_meaning_of_each_word_it_marks(client):
    Version.objects.filter(unit__slug="recovery").update(lead="Of zebras & co.")
    html = client.get(f"{GUIDE}recovery/").text
    assert BUTTON.findall(html) == [("term-zebra", "zebras")]
    assert re.search(
        r'id="term-zebra" popover role="note">\s*<p><dfn>Zebra</dfn> An African animal with stripes.</p>', html
    )


def test_the_shipped_glossary_is_used_on_the_guides_pages_and_each_button_has_its_meaning(client, zebra):
    zebra.delete()
    Term.objects.create(slug="granuloma", term="Granuloma", meaning="Something walled off.", also="granulomas")
    found = {}
    for address in GUIDE_PAGES:
        html = client.get(address).text
        targets = [target for target, _word in BUTTON.findall(html)]
        assert [f'id="{target}"' in html for target in targets] == [True] * len(targets)
        found[address] = targets
    assert sum(map(len, found.values())) >= 3
