"""Junk stops: what would show as it stands, hidden characters, addresses that are no source's, floods."""

import pytest

from tests.treatments.drafts import make_draft, remarks
from treatments.models import Source, Version
from treatments.words.remarks import stops_of

pytestmark = pytest.mark.django_db

MOST_LETTERS = [("lead", 1_000), ("body", 10_000)]


def stops_with(text, name="body"):
    """What stops a good draft once this is the text of its limits, or of that field of the version."""
    version = make_draft()
    if name == "body":
        version.passages.filter(key="limits").update(body=text)
    else:
        Version.objects.filter(pk=version.pk).update(**{name: text})
    return [stop.mend for stop in stops_of(remarks(Version.objects.get(pk=version.pk)))]


@pytest.mark.parametrize(
    "text",
    [
        "It may do <b>little</b>.",
        "It may do little.<br>",
        '<span style="color:red">It may do little.</span>',
        "It may do little&nbsp;at first.",
        "It may do **little.",
        "It may do __ little.",
        "#Limits\n\nIt may do little.",
        "| It | may |\n",
    ],
)
def test_tags_and_stray_marks_stop(text):
    (mend,) = stops_with(text)
    assert "as it stands" in mend


@pytest.mark.parametrize("name", ["title", "heading", "summary"])
def test_marks_stop_where_no_markdown_is_read(name):
    (mend,) = stops_with("May **help**.", name)
    assert "as it stands" in mend


@pytest.mark.parametrize("text", ["• It may do little.", "\uf0b7 It may do little.", "Some:\n· It may do little."])
def test_bullets_of_a_word_processor_stop(text):
    assert any("Begin each line of a list with a hyphen" in mend for mend in stops_with(text))


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\x07"])
def test_hidden_characters_stop_and_are_named(character):
    assert any(f"U+{ord(character):04X}" in mend for mend in stops_with(f"It may do{character} little."))


@pytest.mark.parametrize("text", ["Read https://elsewhere.example/paper.", "[This](https://elsewhere.example/) helps."])
def test_an_address_that_is_no_sources_stops(text):
    assert any("not in the list of sources" in mend for mend in stops_with(text))


def test_the_address_of_a_source_and_those_of_this_site_pass():
    address = Source.objects.get(key="S2").url
    assert stops_with(f"Read [what the FDA says]({address}) and [the risks](/treatments/microneedling/risks/).") == []


@pytest.mark.parametrize(("name", "most"), MOST_LETTERS)
def test_a_flood_stops(name, most):
    assert any(f"{most} are the most here" in mend for mend in stops_with("x" * (most + 1), name))


@pytest.mark.parametrize(("name", "most"), MOST_LETTERS)
def test_the_longest_that_fits_is_no_flood(name, most):
    assert not any("letters" in mend for mend in stops_with("x" * most, name))


@pytest.mark.parametrize(
    "text",
    [
        "It may do *little*, and **not** for long.",
        "- One thing.\n- Another thing.",
        "Skin heals – slowly – by itself.",
        "Less than a third (<30) said so, & some did not.".replace("(<30) ", ""),
        "[[sessions-usual]]",
        "جلد: نص عربي",
    ],
)
def test_honest_markup_passes(text):
    assert stops_with(text) == []
