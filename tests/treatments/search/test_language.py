"""Words as a search compares them."""

import pytest

from treatments.guide.search.language import stem_of, stems_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Acne Scars!", ["acne", "scars"]),
        ("collagène", ["collagene"]),
        ("FDA-cleared (510k)", ["fda", "cleared", "510k"]),
        ("ﬁne lines", ["fine", "lines"]),
        ("crow’s feet, crow's feet", ["crows", "feet", "crows", "feet"]),
        ("ندبات حب الشباب", ["ندبات", "حب", "الشباب"]),
        ("2mm, 17yo, 3wks", ["2", "mm", "17", "yo", "3", "weeks"]),
        ("morpheus8", ["morpheus8"]),
        ("appt b4 tmrw", ["appointment", "before", "tomorrow"]),
        ("… 💉 ' \" %", []),
        ("", []),
    ],
)
def test_a_query_is_words_in_one_plain_form(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    "forms",
    [
        ["scar", "scars", "scarring"],
        ["numb", "numbing", "numbed"],
        ["wrinkle", "wrinkles"],
        ["heal", "healing", "heals"],
    ],
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len({stem_of(form, "en") for form in forms}) == 1


def test_words_that_only_look_alike_have_two_stems():
    assert stem_of("dermatology", "en") != stem_of("derma", "en")


def test_forms_of_an_arabic_word_have_one_stem():
    assert stem_of("الجلد", "ar") == stem_of("جلد", "ar") != stem_of("الندبات", "ar")


def test_a_language_without_a_stemmer_is_searched_by_whole_words():
    assert stem_of("cicatrices", "es") == "cicatrices"


def test_fillers_say_nothing():
    assert stems_of("does it have a scar", "en") == ["scar"]
