"""Sources and glossary belong to what was signed; a change of one is a draft until a clinician signs it."""

import pytest

from tests.factories import make_row, make_staff
from tests.treatments.drafts import make_draft
from tests.treatments.editing import seen, signed
from treatments.models import Claim, CopyEvent, Section, Source, Term, Version
from treatments.publishing.going_live import publish
from treatments.publishing.signatures import uses_of
from treatments.publishing.signoff import Refused, is_signed, sign
from treatments.signing.references import draft_change, drop_change, sign_change, waiting_references
from treatments.words.digest import REFERENCE_FIELDS, digest_of, digest_of_reference
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db

OTHER = ["is_live", "draft", "drafted_by", "drafted_at", "shipped", "id"]


@pytest.fixture
def clinician():
    return make_staff("clinician")


@pytest.fixture
def marketing():
    return make_staff("marketing")


def page():
    """A signed draft that cites S2 and S36, and S45 in its words, and says a word of the glossary."""
    version = make_draft()
    version.passages.filter(key="limits").update(body="It may do little for collagen [S45].")
    return signed(version)


def changed(model=Source, by=None, **fields):
    """The draft of a change: of S45, or of the first word of the glossary."""
    record = Source.objects.get(key="S45") if model is Source else Term.objects.get(slug="collagen")
    for name, value in fields.items():
        setattr(record, name, value)
    return draft_change(record, by or make_staff("marketing"))


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def flipped(text):
    return f"{text[:-1]}{'y' if text[-1:] != 'y' else 'z'}"


@pytest.mark.parametrize("model", REFERENCE_FIELDS, ids=lambda model: model.__name__)
def test_every_field_of_a_source_and_a_word_is_signed_or_says_what_happens_to_it(model):
    fields = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
    assert fields == {*REFERENCE_FIELDS[model], *OTHER}


@pytest.mark.parametrize(
    "which", [("source", "S2"), ("source", "S36"), ("source", "S45"), ("term", "collagen")], ids=lambda which: which[1]
)
def test_one_changed_character_in_any_field_of_what_a_page_uses_ends_the_signoff(which):
    version = page()
    model, key = (Source, "key") if which[0] == "source" else (Term, "slug")
    record = model.objects.get(**{key: which[1]})
    for name in REFERENCE_FIELDS[model]:
        if name in ("key", "slug"):
            continue  # words name it by this: with another it is another
        model.objects.filter(pk=record.pk).update(**{name: flipped(getattr(record, name))})
        assert not is_signed(version), name
        with pytest.raises(Refused, match="not the words that were signed"):
            publish(version, make_staff("marketing"))
        model.objects.filter(pk=record.pk).update(**{name: getattr(record, name)})
    assert is_signed(version)


def test_a_source_that_a_page_does_not_use_changes_without_it():
    version = page()
    Source.objects.filter(key="S1").update(title="Another title")
    Term.objects.filter(slug="elastin").update(meaning="Another meaning.")
    assert is_signed(version)


def test_the_page_of_sources_is_signed_with_all_of_them():
    version = signed(Section.objects.get(slug="sources").newest_version())
    Source.objects.filter(key="S1").update(title="Another title")
    assert not is_signed(version)


def test_a_changed_source_is_a_draft_and_patients_read_what_was_signed(client, marketing):
    changed(by=marketing, title="An invented paper", url="https://elsewhere.example/")
    assert "An invented paper" not in client.get("/treatments/microneedling/sources/").text
    source = Source.objects.get(key="S45")
    assert (source.drafted_by, source.as_drafted().title) == (marketing, "An invented paper")
    assert waiting_references() == [source]


def test_a_changed_source_goes_live_when_a_clinician_signs_it(client, clinician):
    version = page()
    source = changed(title="The title as it is printed")
    sign_change(source, clinician, digest_of_reference(source.as_drafted()))
    assert "The title as it is printed" in client.get("/treatments/microneedling/sources/").text
    assert fresh(source).draft is None and waiting_references() == []
    assert is_signed(fresh(version))
    event = version.events.get(kind=CopyEvent.Kind.REFERENCE)
    assert (event.by, event.words) == (clinician, "S45 The title as it is printed")


def test_a_signed_change_does_not_mend_a_signature_that_was_broken(clinician):
    version = page()
    Source.objects.filter(key="S2").update(title="Around every door")
    source = changed(title="The title as it is printed")
    sign_change(source, clinician, digest_of_reference(source.as_drafted()))
    assert not is_signed(fresh(version))


def test_a_change_that_was_written_over_since_it_was_read_is_not_signed(clinician):
    source = changed(title="One title")
    read = digest_of_reference(source.as_drafted())
    changed(title="Another title")
    with pytest.raises(Refused, match="have changed since you opened them"):
        sign_change(source, clinician, read)
    assert fresh(source).title != "Another title"


def test_only_a_clinician_signs_a_change(marketing):
    source = changed(title="One title")
    with pytest.raises(Refused, match="Only a clinician"):
        sign_change(source, marketing, digest_of_reference(source.as_drafted()))
    assert fresh(source).draft


def test_a_change_back_to_what_is_live_is_no_change():
    before = Source.objects.get(key="S45").title
    changed(title="One title")
    assert changed(title=before).draft is None


def test_a_change_is_dropped_and_what_is_live_stays(marketing):
    source = changed(title="One title")
    drop_change(source, marketing)
    assert fresh(source).draft is None and fresh(source).title != "One title"
    with pytest.raises(Refused, match="no change to drop"):
        drop_change(source, marketing)


def test_a_new_source_is_listed_once_a_page_that_cites_it_is_signed(client, clinician, marketing):
    sources_page = signed(Section.objects.get(slug="sources").newest_version())
    draft_change(Source(key="S500", title="A new study", url="https://doi.org/10.1000/new"), marketing)
    assert "A new study" not in client.get("/treatments/microneedling/sources/").text
    assert is_signed(sources_page)
    version = make_draft()
    make_row(Claim, version, "new", ["S500"], position=900)
    sign(version, clinician, seen(version), 12, unsent=True)
    assert "A new study" in client.get("/treatments/microneedling/sources/").text
    assert is_signed(fresh(version)) and is_signed(fresh(sources_page))


def test_a_new_word_of_the_glossary_waits_for_a_clinician(client, clinician, marketing):
    term = draft_change(Term(slug="zebra", term="Zebra", meaning="A horse with stripes."), marketing)
    assert "A horse with stripes" not in client.get("/treatments/microneedling/sources/").text
    sign_change(term, clinician, digest_of_reference(term.as_drafted()))
    assert "A horse with stripes" in client.get("/treatments/microneedling/sources/").text


def test_where_a_source_stands_is_told():
    version = page()
    uses = uses_of(Source.objects.get(key="S45"))
    assert version in uses and Section.objects.get(slug="sources").newest_version() in uses
    assert Section.objects.get(slug="cost").newest_version() not in uses


def test_a_signature_from_before_sources_were_signed_holds_for_its_words(clinician):
    version = page()
    Version.objects.filter(pk=version.pk).update(signed_digest=digest_of(Wording.of(version)))
    assert is_signed(fresh(version))
    source = changed(title="The title as it is printed")
    sign_change(source, clinician, digest_of_reference(source.as_drafted()))
    assert is_signed(fresh(version)) and fresh(version).signed_digest.startswith("2:")
    Source.objects.filter(key="S2").update(title="Around every door")
    assert not is_signed(fresh(version))
