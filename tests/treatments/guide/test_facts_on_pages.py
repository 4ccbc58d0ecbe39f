"""Every verified fact stands on its page beside its source, and no number stands there that no fact gives."""

import re
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.clinic_site.addresses import GUIDE, GUIDE_PAGES
from tests.reading import Reader, read_pages, text_of
from treatments.models import Source, Step, Version
from treatments.templatetags.figures import timeline

pytestmark = pytest.mark.django_db

NAMES = {"home": "/", "treatments": "/treatments/", "overview": GUIDE}
NAMES |= {address.split("/")[-2]: address for address in GUIDE_PAGES if address != GUIDE}
PAGES = list(NAMES.values())
TABLE = settings.BASE_DIR / "docs" / "facts-on-pages.md"
GIVEN = tomllib.loads((Path(__file__).parent / "facts.toml").read_text())
for entry in [*GIVEN["fact"], *GIVEN["other"]]:
    entry["pages"] = [NAMES[name] for name in entry["pages"]]
VERIFIED = {"V", "V2"}
EVERY_FACT = {*range(1, 162), *range(185, 205)}

# What repeats or sums up a passage that shows the sources: a claim's use, the list of pages, warning signs, minutes.
OF_OTHER_PASSAGES = {"use", "guide-list", "care", "visit__minutes", "ways", "glossary", "meaning"}

UNITS = "minute|hour|day|week|month|year"
TWO_TO_TWENTY = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
WORDS = {word: value for value, word in enumerate(TWO_TO_TWENTY.split(), start=2)}
WORDS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
WORDS |= {"one": 1, "half": 0.5, "twice": 2, "hundred": 100, "thousand": 1000}
FIGURE = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w)"
    rf"|\bone(?= (?:to|or even) |[ -](?:{UNITS})\b)"
    rf"|\b(?:{'|'.join(word for word in WORDS if word != 'one')})\b",
    re.IGNORECASE,
)


# ---- what is read -------------------------------------------------------------------------------


def numbers_in(text):
    """The figures of a text, in digits or words; "one" only where it counts ("one month"), else it is a pronoun."""
    found = [figure.lower().replace(",", "") for figure in FIGURE.findall(text)]
    return [float(WORDS.get(figure, figure)) for figure in found]


def rows_of(table):
    """(fact, pages, words) of each row of the table in docs."""
    cells = [line.strip("|").split(" | ") for line in table.splitlines() if re.match(r"\| F\d+ \|", line)]
    return [
        (int(fact.strip().removeprefix("F")), re.findall(r"`(\S+)`", pages), words.strip(" “”"))
        for fact, _status, pages, words in cells
    ]


def left_out_of(table):
    """The facts of the lists below the table, which stand on no page for a reason."""
    listed = [line.partition(":")[0] for line in table.splitlines() if line.startswith("- F")]
    return [int(number) for line in listed for number in re.findall(r"F(\d+)", line)]


def keys_cited(reader, block):
    """
    The keys of the sources that a block shows.

    They stand in the block and in the paragraph that introduces its list, or else beside it, in its list item or row.
    """
    beside = [other for other in reader.blocks if block.item and other.item == block.item]
    numbers = [*block.cited, *block.leads] or [number for other in beside for number in other.cited]
    titles = {" ".join(reader.sources[number].split()) for number in numbers}
    return {key for title, key in source_keys().items() if title in titles}


@cache
def source_keys():
    """How each shipped source is shown on a page, and its key."""
    return {
        " ".join(f"{s.title}{s.publisher and f'. {s.publisher}'}{s.year and f', {s.year}'}. {s.note}".split()): s.key
        for s in Source.objects.all()
    }


def given_for(address, facts, keys=None):
    """The numbers that facts (of these sources) give for a page, with those that stand there for another reason."""
    on_page = [fact for fact in facts if address in fact["pages"]]
    numbers = [fact["numbers"] for fact in on_page if keys is None or keys.intersection(fact["sources"])]
    numbers += [other["numbers"] for other in GIVEN["other"] if address in other["pages"]]
    return {float(number) for some in numbers for number in some}


def unknown_numbers(reader, address, facts, records=frozenset()):
    """(number, words) for each number that no fact gives: none of the block's sources, or none of the page's."""
    unknown = []
    for block in reader.blocks:
        keys = keys_cited(reader, block)
        given = given_for(address, facts, keys or None) | records
        unknown += [(number, block.words) for number in numbers_in(block.words) if number not in given]
    return unknown


def missing_words(pages, rows, facts):
    """The quotations that are not on their page, or not beside a source of their fact; a conclusion needs no source."""
    sources = {fact["number"]: set(fact["sources"]) for fact in facts if fact["status"] in VERIFIED}
    missing = []
    for fact, addresses, words in rows:
        for address in addresses:
            cited = [keys_cited(pages[address], block) for block in pages[address].blocks if words in block.words]
            if not any(keys & sources[fact] if fact in sources else True for keys in cited):
                missing.append((f"F{fact}", address, words, "no source of it" if cited else "not there"))
    return missing


def minutes_to_be_confirmed():
    """The sample minutes of the visit that are marked as the clinic's to confirm, and what they add up to."""
    drawn = timeline(list(Step.objects.filter(version__in=Version.objects.live_at(timezone.now()))))
    numbers = [part["step"].minutes for part in drawn["parts"] if part["step"].confirm]
    if len(numbers) == len(drawn["parts"]):
        numbers += [part["begins"] for part in drawn["parts"]] + [drawn["minutes"]]
    return {float(number) for number in numbers}


def without_a_source(reader, address):
    """Paragraphs that tell (and do not ask) a figure of medicine and show no source for it."""
    aside = given_for(address, [])
    return [
        block.words
        for block in reader.blocks
        if block.is_prose
        and not block.words.endswith("?")
        and not keys_cited(reader, block)
        and not block.classes & OF_OTHER_PASSAGES
        and set(numbers_in(block.words)) - aside
    ]


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every page of the guide as a reader gets it, rendered once."""
    with django_db_blocker.unblock():
        read = read_pages(PAGES)
        connection.close()
    return read


@pytest.fixture(scope="module")
def table():
    return TABLE.read_text()


# ---- the pages ----------------------------------------------------------------------------------


def test_every_quotation_stands_on_its_page_beside_a_source_of_its_fact(pages, table):
    assert missing_words(pages, rows_of(table), GIVEN["fact"]) == []


def test_every_verified_fact_is_in_the_table_with_its_pages(table):
    quoted = defaultdict(set)
    for fact, pages, _words in rows_of(table):
        quoted[fact].update(pages)
    verified = {fact["number"] for fact in GIVEN["fact"] if fact["status"] in VERIFIED}
    assert quoted == {fact["number"]: set(fact["pages"]) for fact in GIVEN["fact"] if fact["pages"]}
    assert verified - quoted.keys() - set(left_out_of(table)) == set()


def test_every_fact_is_in_the_table_or_left_out_for_a_reason(table):
    in_table, left_out = {fact for fact, _pages, _words in rows_of(table)}, left_out_of(table)
    assert in_table | set(left_out) == EVERY_FACT
    assert in_table & set(left_out) == set()
    assert len(left_out) == len(set(left_out))


def test_no_fact_that_is_not_verified_gives_a_number():
    assert {fact["status"] for fact in GIVEN["fact"]} == {"V", "V2", "INF"}


@pytest.mark.parametrize("address", PAGES)
def test_no_number_stands_on_a_page_that_no_fact_gives(pages, address):
    records = minutes_to_be_confirmed() if address == f"{GUIDE}procedure/" else frozenset()
    assert unknown_numbers(pages[address], address, GIVEN["fact"], records) == []


@pytest.mark.parametrize("address", PAGES)
def test_a_paragraph_that_gives_a_figure_shows_its_source(pages, address):
    assert without_a_source(pages[address], address) == []


def test_a_number_beside_the_facts_stands_where_its_reason_says(pages):
    absent = [
        (number, address)
        for other in GIVEN["other"]
        for address in other["pages"]
        for number in other["numbers"]
        if number not in numbers_in(text_of(pages[address].blocks))
    ]
    assert absent == []


def test_a_step_whose_minutes_are_not_marked_is_not_a_record(pages):
    Step.objects.filter(key="needling").update(confirm=False)
    address = f"{GUIDE}procedure/"
    unknown = unknown_numbers(pages[address], address, GIVEN["fact"], minutes_to_be_confirmed())
    assert 25.0 in [number for number, _words in unknown]


# ---- the checkers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("47 of 100, and 1,845 people", [47, 100, 1845]),
        ("0.5–1.5 mm; SPF 30 at 2.5%", [0.5, 1.5, 30, 2.5]),
        ("Six weeks, one to six months, one or even two years", [6, 1, 6, 1, 2]),
        ("One month apart; half of them; one-minute form", [1, 0.5, 1]),
        ("One pen, no one, one of these, someone", []),
        ("G6PD deficiency, K202243, types II to IV, many thousands, often", []),
        ("Days 2–3. In 2024, 59 clients.", [2, 3, 2024, 59]),
    ],
)
def test_a_number_is_known_in_digits_and_in_words(text, numbers):
    assert numbers_in(text) == numbers


def page(*html):
    cited = Source.objects.get(key="S69")
    listed = f'<ol class="sources"><li id="source-1">{cited.title}. {cited.publisher}. <small>{cited.note}</small></li>'
    return Reader(f"<main>{''.join(html)}{listed}</ol></main>")


SHAPES = {"number": 85, "status": "V", "sources": ["S69"], "numbers": [51, 47, 100], "pages": ["/invented/"]}
LASER = {"number": 999, "status": "V", "sources": ["S68"], "numbers": [24], "pages": ["/invented/"]}
CITED = '<a class="cite" href="#source-1" aria-label="Source 1">1</a>'


@pytest.mark.parametrize(
    ("html", "unknown"),
    [
        (f"<p>Of 51 people{CITED}.</p>", []),
        (f"<p>Of 52 people{CITED}.</p>", [52.0]),
        (f"<p>Of fifty people{CITED}.</p>", [50.0]),
        (f"<p>Of 24 people{CITED}.</p>", [24.0]),  # a fact of another source
        ("<p>Of 24 people.</p>", []),
        ("<dd>7–8</dd>", [7.0, 8.0]),
        ("<svg><text>9 mm</text></svg>", [9.0]),
        (f"<p>It says so{CITED}:</p><ul><li>47 of 100</li><li>48 of 100</li></ul>", [48.0]),
        ('<footer class="site-footer"><p>MI 48310</p></footer><a class="phone">(586) 555-0142</a>', []),
        ('<p class="opening__place">3 of 12</p><section class="signoff">Nov. 22, 2026</section>', []),
    ],
)
def test_a_number_that_no_fact_gives_is_found(html, unknown):
    found = unknown_numbers(page(html), "/invented/", [SHAPES, LASER])
    assert [number for number, _words in found] == unknown


def test_a_fact_gives_its_numbers_to_its_own_pages_only():
    found = unknown_numbers(page(f"<p>Of 51 people{CITED}.</p>"), "/another/", [SHAPES])
    assert [number for number, _words in found] == [51.0]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (f"<p>Of 51 people{CITED}.</p>", 0),
        (f"<p>It says so{CITED}:</p><ul><li>Of 51 people, 47 had fewer.</li></ul>", 0),
        ("<p>Of 51 people, many had fewer.</p>", 1),
        (f"<p>It says so{CITED}.</p><p>Of 51 people, many had fewer.</p>", 1),
        ("<p>Many people had fewer.</p>", 0),
        ("<p>Are you one of the 51 people?</p>", 0),
        (f"<ul><li><b>51 people, 2 of them men.</b> Many had fewer{CITED}.</li></ul>", 0),
    ],
)
def test_a_figure_without_a_source_is_found(html, found):
    assert len(without_a_source(page(html), "/invented/")) == found


def test_a_row_of_the_table_is_read():
    table = "| Fact | Status | Page | Words |\n|---|---|---|---|\n| F12 | V | `/` `/a/` | “Six “fine” lines.” |\n"
    assert rows_of(table) == [(12, ["/", "/a/"], "Six “fine” lines.")]


def test_the_facts_below_the_table_are_read():
    assert left_out_of("- F37, F38: the law\n- not one\n- F155: for F1 alone\n") == [37, 38, 155]


@pytest.mark.parametrize(
    ("words", "html", "why"),
    [
        ("many had fewer", f"<p>Of 51 people, many had fewer{CITED}.</p>", []),
        ("many had <b>", f"<p>Of 51 people, many had fewer{CITED}.</p>", ["not there"]),
        ("many had fewer", f"<p>Of 51 people, many had fewer.</p><p>Else{CITED}.</p>", ["no source of it"]),
        ("Of 51 people, many had fewer.", f"<p>Of 51 people{CITED}, many had fewer.</p>", []),
    ],
)
def test_words_that_are_missing_or_stand_without_a_source_are_found(words, html, why):
    found = missing_words({"/invented/": page(html)}, [(85, ["/invented/"], words)], [SHAPES])
    assert [reason for _fact, _address, _words, reason in found] == why


def test_the_words_of_a_conclusion_need_no_source():
    rows = [(85, ["/invented/"], "many had fewer"), (85, ["/invented/"], "all had fewer")]
    found = missing_words({"/invented/": page("<p>So many had fewer.</p>")}, rows, [SHAPES | {"status": "INF"}])
    assert found == [("F85", "/invented/", "all had fewer", "not there")]
