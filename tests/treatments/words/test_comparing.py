import pytest

from tests.factories import copy_of, make_benefit, make_row
from treatments.models import Claim, Passage, Version
from treatments.models.rows import ROW_MODELS
from treatments.words.comparing import compare
from treatments.words.digest import SIGNED_FIELDS
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """A version with a row of every kind, and its copy."""
    version = make_benefit(slug="softer").newest_version()
    for model in ROW_MODELS:
        make_row(model, version, "one", ["S2", "S36"] if model is Claim else [])
    return version, copy_of(version)


def compared(old, new):
    return compare(*(Wording.of(Version.objects.get(pk=version.pk)) for version in (old, new)))


def told(pieces):
    marks = {"removed": "[-{}-]", "added": "[+{}+]", "same": "{}"}
    return "".join(marks[piece.kind].format(piece.words) for piece in pieces)


def test_a_copy_differs_in_nothing(pair):
    found = compared(*pair)
    assert found.changes == []
    assert len(found.same) == len(SIGNED_FIELDS[Version]) + len(ROW_MODELS) + 1  # and the passage of each test version


def test_changed_words_are_told_word_by_word(pair):
    old, new = pair
    old.passages.filter(key="one").update(body="Needling may help some scars a little.")
    new.passages.filter(key="one").update(body="Needling may help most scars.")
    (change,) = compared(old, new).changes
    assert change.label == "Words: text"
    assert told(change.old) == "Needling may help [-some-] [-scars a little.-]"
    assert told(change.new) == "Needling may help [+most+] [+scars.+]"
    assert (change.added, change.removed) == (2, 4)


def test_sources_of_a_claim_are_compared(pair):
    old, new = pair
    new.claims.get().cited.last().delete()
    (change,) = compared(old, new).changes
    assert change.label == "Claim “It may help.”: sources"
    assert told(change.pieces) == "S2[- S36-]"


def test_a_choice_is_told_by_its_name(pair):
    old, new = pair
    new.claims.update(grade="limited")
    (change,) = compared(old, new).changes
    assert told(change.pieces) == "[-Fair-][+Limited+] evidence"


def test_a_row_that_came_and_one_that_went_are_told_whole(pair):
    old, new = pair
    new.questions.all().delete()
    make_row(Passage, new, "new", heading="New", body="New words.")
    changes = {change.label: told(change.pieces) for change in compared(old, new).changes}
    assert changes["New: text"] == "[+New words.+]"
    assert changes["Question “Does it hurt?”: answer"] == "[-Some.-]"


def test_a_row_that_moved_says_so(pair):
    old, new = pair
    new.passages.filter(key="one").update(position=70)
    (change,) = compared(old, new).changes
    assert (change.label, told(change.pieces)) == ("Words: order", "[-0-][+70+]")


@pytest.mark.parametrize("model", [Version, *ROW_MODELS], ids=lambda model: model.__name__)
def test_a_change_of_any_text_is_found(pair, model):
    old, new = pair
    name = next(
        field for field in SIGNED_FIELDS[model] if field not in ("key", "position", "claim", "source", "design")
    )
    rows = Version.objects.filter(pk=new.pk) if model is Version else model.objects.filter(version=new, key="one")
    rows.update(**{name: 77 if name == "studies" else "rare" if name == "level" else "Other"})
    assert len(compared(old, new).changes) == 1


def test_a_changed_claim_is_told_once_and_its_findings_stay_as_they_are(pair):
    old, new = pair
    new.claims.update(sentence="It may help a little [S2].")
    assert [change.label for change in compared(old, new).changes] == ["Claim “It may help a little.”: claim"]
