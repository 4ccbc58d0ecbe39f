"""A bad folder is refused with its file and line, and nothing of it is loaded."""

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clinic_site.content_revision import ContentRevision
from tests.factories import make_treatment
from tests.treatments.guide_files.folders import SAMPLE, mended, sample
from treatments.guide_files.folder import MOST_BYTES, BadContent
from treatments.loading import load_guide
from treatments.models import Source, Treatment, Version

pytestmark = pytest.mark.django_db

PORES, OVERVIEW, FACTS = "en/benefits/pores.toml", "en/sections/overview.toml", "en/treatment.toml"


def refused(folder):
    """What is said of a folder that is not loaded, of which nothing is left."""
    before = ContentRevision.current(), Version.objects.count(), Source.objects.count()
    with pytest.raises(BadContent) as bad:
        load_guide(live=True, folder=folder)
    assert (ContentRevision.current(), Version.objects.count(), Source.objects.count()) == before
    assert not Treatment.objects.filter(slug="sample-peel").exists()
    return str(bad.value)


BAD = {
    "no TOML": (mended(PORES, "position = 10", "position = "), f"{PORES}, line 1: this is not TOML"),
    "an end too early": (
        mended(PORES, 'heading = "About alternatives"', "heading = '''"),
        f"{PORES}, line 45: this is",
    ),
    "no UTF-8": ({OVERVIEW: SAMPLE[OVERVIEW].encode("utf-16")}, f"{OVERVIEW}, line 1: this is not UTF-8"),
    "one letter of another encoding": (
        {OVERVIEW: SAMPLE[OVERVIEW].replace("Last.", "Caf\xe9.").encode("latin-1")},
        f"{OVERVIEW}, line 16: this is not UTF-8",
    ),
    "a control character": (mended(OVERVIEW, "First.", "First\x00."), f"{OVERVIEW}, line 12: a hidden character"),
    "one that is escaped": (
        mended(OVERVIEW, "First.", "First\\u0000."),
        f"{OVERVIEW}, line 11, passage how: a hidden character",
    ),
    "a row of no kind": (
        mended(OVERVIEW, "[[passage]]", "[[pasage]]"),
        f"{OVERVIEW}, line 8: nothing is called 'pasage'",
    ),
    "a field of no row": (
        mended(PORES, 'use = "off', 'id = 1\nuse = "off'),
        f"{PORES}, line 11, claim smaller: nothing",
    ),
    "a value of another kind": (
        mended(PORES, "people = 12", 'people = "12"'),
        f"{PORES}, line 18, finding small: people",
    ),
    "a list for a text": (
        mended(PORES, 'grade = "limited"', 'grade = ["fair"]'),
        f"{PORES}, line 10, claim smaller: grade",
    ),
    "an unknown source": (
        mended(PORES, 'sources = ["S900"]', 'sources = ["S901"]'),
        f"{PORES}, line 12, claim smaller",
    ),
    "an unknown source in prose": (
        mended(PORES, 'body = "It may vary."', 'body = "It may vary [S901]."'),
        f"{PORES}, line 24, passage limits",
    ),
    "a key that is used twice": (mended(PORES, 'key = "risks"', 'key = "limits"'), f"{PORES}, line 26, passage limits"),
    "a claim that promises": (
        mended(PORES, "It may make pores look smaller.", "It erases all pores."),
        f"{PORES}, line 9, claim smaller",
    ),
    "a source that stands there twice": (
        {"sources.toml": SAMPLE["sources.toml"] * 2},
        "sources.toml, line 6, source S900: it stands in this file twice",
    ),
    "a source that means another one": (
        {"sources.toml": '[[source]]\nkey = "S1"\ntitle = "Another"\nnote = "Invented."\n'},
        "sources.toml, line 1, source S1: another treatment uses this key",
    ),
    "an address that another treatment has": (mended("guide.toml", "sample-peel", "peeling"), f"{FACTS}, line 2"),
    "an address that is a path": (mended("guide.toml", "sample-peel", "../sample-peel"), "guide.toml, line 1"),
    "an address in capitals": (mended("guide.toml", "sample-peel", "Sample-Peel"), "guide.toml, line 1"),
    "no address": ({"guide.toml": "position = 5\n"}, "guide.toml, line 1"),
    "no guide": ({"guide.toml": None}, "guide.toml, line 1: this file is missing"),
    "no facts": ({FACTS: None}, f"{FACTS}, line 1: this file is missing"),
    "a page of no kind": (mended(OVERVIEW, 'kind = "overview"', 'kind = "first"'), f"{OVERVIEW}, line 2: the kind is"),
    "two pages of one kind": ({"en/sections/about.toml": SAMPLE[OVERVIEW]}, "en/sections/overview.toml, line 1"),
    "a page at the address of For you": ({"en/sections/for-you.toml": SAMPLE[OVERVIEW]}, "en/sections/for-you.toml"),
    "a translation of no page": ({"ar/benefits/lines.toml": 'title = "خطوط"\n'}, "ar/benefits/lines.toml, line 1"),
    "a place beyond all places": (mended(OVERVIEW, "position = 10", f"position = {'9' * 30}"), f"{OVERVIEW}, line 1"),
    "a number with thousands of digits": (mended(PORES, "people = 12", f"people = {'9' * 5000}"), f"{PORES}, line 1"),
    "lists in lists in lists": (mended(PORES, '["S900"]', "[" * 3000), f"{PORES}, line 1: its lists are nested"),
    "a file that no guide has": ({"en/benefits.toml": ""}, "en/benefits.toml: no file of a guide is called that"),
    "a folder that no guide has": ({"en/benefit/pores.toml": ""}, "en/benefit: no file of a guide is called that"),
    "a file whose name is no address": ({"en/benefits/Pores.toml": SAMPLE[PORES]}, "en/benefits/Pores.toml: no file"),
    "a file that is far too large": (
        {"sources.toml": "#" * (MOST_BYTES + 1)},
        "sources.toml: it is larger than 1024 kB",
    ),
    "a picture that is none": (
        {f"pictures/{'a' * 32}-20x10.webp": b"RIFF"},
        "this is not the picture that its name says",
    ),
}


@pytest.mark.parametrize(("files", "said"), BAD.values(), ids=BAD)
def test_a_bad_folder_is_refused_with_file_and_line(tmp_path, files, said):
    Version.objects.filter(unit__treatment=make_treatment("peeling")).update(shipped="", signed_digest="by staff")
    assert said in refused(sample(tmp_path, **files))


@pytest.mark.parametrize("name", ["sources.toml", "en", "en/benefits", PORES])
def test_a_link_out_of_the_folder_is_refused(tmp_path, name):
    folder = sample(tmp_path / "guide")
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    assert refused(folder) == f"{name}: this is a link to somewhere else. Put the file itself here."


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(sample(tmp_path) / "synonyms.toml")
    assert refused(tmp_path) == "synonyms.toml: this is not a plain file."


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadContent, match="there is no such folder"):
        load_guide(live=True, folder=tmp_path / "guide")


def test_the_command_says_that_nothing_was_loaded(tmp_path):
    folder = sample(tmp_path, **mended(PORES, "position = 10", "position = "))
    with pytest.raises(CommandError, match=rf"^Nothing was loaded\. {PORES}, line 1: this is not TOML"):
        call_command("load_guide", str(folder), stdout=StringIO())
