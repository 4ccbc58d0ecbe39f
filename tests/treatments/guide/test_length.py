"""The guide is read in ten minutes: how many words stand in sight, and how few of them stand twice."""

import re
from collections import defaultdict

import pytest
from django.db import connection

from tests.clinic_site.addresses import GUIDE, GUIDE_PAGES
from tests.reading import Reader, read_pages
from treatments.copy_check.reading import sentences, words_of

pytestmark = pytest.mark.django_db

HOME, BENEFIT, PAGE, TOGETHER = 450, 700, 900, 11_000  # words in sight
MOST_TWICE = 15  # sentences that stand on two pages or more
MOST_ASK_US = 25
ASK_US = re.compile(r"\bask us\b|\bask (?:for|whether|which|what|how|when|about|your|the)\b", re.IGNORECASE)
SHORTEST_SENTENCE = 5  # words; what is shorter is a name
LABELS = {"check", "tones__choice", "tones__list"}  # answers to tap, and the names and words of drawings
# What leads to other pages, a page's badges and numbers, and a form to fill in.
WITHOUT = {"check", "next-step", "elsewhere", "benefits", "evidence", "use", "key-facts"}


def is_in_sight(block):
    """Whether a reader sees a block before they open anything. The words of a drawing are labels, and not counted."""
    is_closed = "layer" in block.classes or ("details" in block.tags and "summary" not in block.tags)
    return "main" in block.tags and not is_closed and "svg" not in block.tags and not block.classes & LABELS


def words_in_sight(reader):
    return sum(len(words_of(block.words)) for block in reader.blocks if is_in_sight(block))


def most_words(address):
    return HOME if address == "/" else BENEFIT if "/benefits/" in address.removesuffix("benefits/") else PAGE


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        read = read_pages(["/", *GUIDE_PAGES])
        connection.close()
    return read


@pytest.mark.parametrize("address", ["/", *GUIDE_PAGES])
def test_a_page_has_no_more_words_in_sight_than_it_may(pages, address):
    assert words_in_sight(pages[address]) <= most_words(address)


def test_the_whole_guide_has_no_more_words_in_sight_than_it_may(pages):
    assert sum(words_in_sight(reader) for reader in pages.values()) <= TOGETHER


def test_few_sentences_stand_on_two_pages(pages):
    where = defaultdict(set)
    for address, reader in pages.items():
        for block in reader.blocks:
            if is_in_sight(block) and block.is_prose and not block.classes & WITHOUT:
                for sentence in sentences(block.words):
                    if len(words_of(sentence)) >= SHORTEST_SENTENCE:
                        where[sentence].add(address)
    twice = {sentence: found for sentence, found in where.items() if len(found) > 1}
    assert len(twice) <= MOST_TWICE, twice


def test_the_guide_seldom_tells_a_reader_to_ask(pages):
    asked = [
        (address, block.words)
        for address, reader in pages.items()
        for block in reader.blocks
        for _found in ASK_US.findall(block.words)
    ]
    assert len(asked) <= MOST_ASK_US, asked


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<main><p>Three more words.</p></main>", 3),
        ("<header><p>Three more words.</p></header>", 0),
        ("<main><details><summary>Two words</summary><p>Three more words.</p></details></main>", 2),
        ('<main><p>Three more words.<a class="cite" aria-label="Source 1">1</a></p></main>', 3),
        ("<main><svg><text>1 mm</text></svg><p>One</p></main>", 1),
        ('<main><details class="layer"><summary>Two words</summary><p>Three more words.</p></details></main>', 0),
        ('<main><section class="signoff"><p>Not counted</p></section></main>', 0),
        ('<main><details class="sources-section"><summary>Sources</summary></details></main>', 0),
    ],
)
def test_words_in_sight_are_those_before_anything_is_opened(html, words):
    assert words_in_sight(Reader(html)) == words


@pytest.mark.parametrize(
    ("address", "most"),
    [("/", 450), (GUIDE, 900), (f"{GUIDE}benefits/", 900), (f"{GUIDE}benefits/scars/", 700), (f"{GUIDE}cost/", 900)],
)
def test_each_page_has_its_bound(address, most):
    assert most_words(address) == most
