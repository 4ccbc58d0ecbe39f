"""A newcomer clicks what docs/front-desk.md says: each word that it names to press or look for is on a screen."""

import re
from functools import cache

import pytest

from tests.site import ROOT

NAMED = re.compile(r"\*\*(.+?)\*\*|(?<!\*)\*([^*\n]+)\*(?!\*)")
PUT_TOGETHER = {"Mark as: Declined": ["Mark as:", "Declined"], "+ Phoned in": ["Phoned in"], "Due in …": ["Due in"]}


def named_words():
    document = (ROOT / "docs" / "front-desk.md").read_text()
    named = {pressed or sought for pressed, sought in NAMED.findall(document)}
    return sorted({word for name in named for word in PUT_TOGETHER.get(name, [name])})


@cache
def words_of_screens():
    """What templates and code of the staff's screens say to whoever reads them: quoted, or between tags."""
    files = [*(ROOT / "templates" / "admin").rglob("*.html"), *(ROOT / "booking").rglob("*.py")]
    text = "\n".join(file.read_text() for file in files)
    return {" ".join(words.split()) for words in re.findall(r"""["'>}]\s*([A-Z+][^"'<>{}]*)""", text)}


@pytest.mark.parametrize("word", named_words())
def test_what_the_document_names_is_said_by_a_screen(word):
    assert any(words.startswith(word) for words in words_of_screens())


def test_the_document_names_what_a_day_takes():
    assert len(named_words()) > 50
