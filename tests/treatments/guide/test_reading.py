"""Each public page is written for readers at grade 8 or below, by its words as rendered."""

import pytest
from django.db import connection
from django.test import Client

from tests.clinic_site.addresses import FORMS, GUIDE_PAGES, PAGES, SELF_CHECK
from tests.reading import Reader, read_pages, text_of
from treatments.copy_check.reading import grade, sentences, syllables_of, words_of
from treatments.models import Caution

pytestmark = pytest.mark.django_db

HIGHEST = 8.0
ALL_YES = f"{SELF_CHECK} all yes"
ALL_NO = f"{SELF_CHECK} all no"
PUBLIC_PAGES = [*PAGES, *FORMS, ALL_YES, ALL_NO]


def prose_of(reader):
    return [block.words for block in reader.blocks if block.is_prose]


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every public page as a reader gets it, with the longest and the shortest answer of the self-check."""
    with django_db_blocker.unblock():
        read = read_pages([*PAGES, *FORMS])
        yes = {f"safety-{caution.key}": "yes" for caution in Caution.objects.all()}
        read |= {ALL_YES: Reader(Client().post(SELF_CHECK, yes).text), ALL_NO: Reader(Client().post(SELF_CHECK).text)}
        connection.close()
    return read


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_a_page_reads_at_grade_eight_or_below(pages, address):
    prose = prose_of(pages[address])
    assert prose and grade(prose) <= HIGHEST


@pytest.mark.parametrize("address", ["/", *GUIDE_PAGES, ALL_YES])
def test_a_page_of_the_guide_reads_so_with_its_headings_and_lists_run_together(pages, address):
    """A stop ends a sentence, the end of a line does not: so it is heard, and so other tools measure it."""
    assert grade([text_of(block for block in pages[address].blocks if "svg" not in block.tags)]) <= HIGHEST


def test_what_is_measured_is_the_page_without_sources_citations_and_menus(pages):
    prose = " ".join(prose_of(pages["/treatments/microneedling/numbing/"]))
    assert "The numbing medicine is lidocaine, alone or together with prilocaine or tetracaine." in prose
    absent = ["DrugCentral", "Surgical and Cosmetic Dermatology", "tetracaine 1", "All pages", "555-01"]
    assert [words for words in absent if words in prose] == []


# ---- the formula --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 0.39 × words / sentences + 11.8 × syllables / words − 15.59, counted by hand
        ("The cat sat on the mat.", 0.39 * 6 + 11.8 * 6 / 6 - 15.59),
        ("The cat sat. It was on the mat.", 0.39 * 8 / 2 + 11.8 * 8 / 8 - 15.59),
        ("Numbing cream dulls the feeling in your skin.", 0.39 * 8 + 11.8 * 10 / 8 - 15.59),
        ("Microneedling stimulates collagen.", 0.39 * 3 + 11.8 * 10 / 3 - 15.59),
    ],
)
def test_the_grade_is_that_of_flesch_and_kincaid(text, expected):
    assert grade([text]) == pytest.approx(expected)


def test_known_texts_get_the_grades_that_readers_would_give_them():
    easy = "We numb your skin first. Then we use the pen. You may feel some pain. It will be red for a few days."
    hard = (
        "Percutaneous collagen induction utilizes controlled mechanical perforation to precipitate an inflammatory "
        "cascade, ultimately culminating in neocollagenesis and the remodeling of the extracellular matrix."
    )
    assert grade([easy]) < 3 and grade([hard]) > 18


def test_a_block_ends_its_sentence():
    assert grade(["The cat sat", "It was on the mat"]) == grade(["The cat sat. It was on the mat."])


def test_text_without_words_has_no_grade():
    assert (grade([]), grade(["…", ""])) == (0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It hurts. It heals.", ["It hurts.", "It heals."]),
        (
            "About 1.5 mm, e.g. on the nose (see below). 47 of 100.",
            ["About 1.5 mm, e.g. on the nose (see below).", "47 of 100."],
        ),
        ("(It hurts.) “It heals.” So?", ["(It hurts.)", "“It heals.”", "So?"]),
        ("Does it hurt? Most likely somewhat.", ["Does it hurt?", "Most likely somewhat."]),
        ("Two parts: a talk; a look.", ["Two parts: a talk; a look."]),
    ],
)
def test_a_sentence_ends_with_its_stop(text, expected):
    assert sentences(text) == expected


def test_words_are_counted_with_their_hyphens_and_without_their_stops():
    assert words_of("Don’t use 2.5% cream – it’s one-time care, e.g. now.") == [
        "Don't", "use", "2.5", "cream", "it's", "one-time", "care", "e.g", "now",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("skin", 1),
        ("needle", 2),
        ("collagen", 3),
        ("microneedling", 4),  # not in the dictionary, like all that follow
        ("dermarollers", 4),
        ("hyperpigmented", 5),
        ("unsmiled", 2),
        ("PRP", 3),
        ("follow-up", 3),
        ("clinician's", 3),
        ("72", 2),
        ("a", 1),
    ],
)
def test_the_syllables_of_a_word_are_those_that_are_spoken(word, syllables):
    assert syllables_of(word) == syllables
