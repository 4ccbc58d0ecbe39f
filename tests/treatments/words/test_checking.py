"""What stands in the way of a wording, and which field it names."""

import pytest

from tests.treatments.drafts import SPOILED, make_draft, remarks
from treatments.models import (
    Finding,
    Passage,
)
from treatments.words.checking import References, remarks_on
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


LEADS_TO = {
    "a claim without a source": ("claim", "sources"),
    "a claim without a grade": ("claim", "grade"),
    "a claim without a use status": ("claim", "use"),
    "no claim": ("version", "title"),
    "no risks": ("version", "title"),
    "empty risks": ("passage", "body"),
    "a promise in a summary": ("version", "summary"),
    "a promise": ("passage", "body"),
    "a picture without words": ("picture", "text"),
    "no picture": ("picture", "image"),
    "a picture that is not there": ("picture", "image"),
    "a picture that nobody agreed to": ("picture", "consent"),
    "a picture whose consent ran out": ("picture", "consent_until"),
    "a caption that promises": ("picture", "caption"),
    "brackets that cite nothing": ("passage", "body"),
}


@pytest.mark.parametrize("spoiled", LEADS_TO)
def test_what_stops_a_wording_names_its_field(spoiled):
    version = make_draft()
    SPOILED[spoiled](version)
    version.refresh_from_db()
    fields = [stop.field for stop in stops_of(remarks(version))]
    assert {(field.record._meta.model_name, field.name) for field in fields} == {LEADS_TO[spoiled]}


def test_a_picture_that_was_uploaded_and_is_not_stored_yet_is_there():
    version = make_draft()
    name = f"{'b' * 32}-20x10.webp"
    version.pictures.update(image=name)
    wording, known = Wording.of(version), References.load(uploads={name})
    assert stops_of(remarks_on(wording, version.unit, known)) == []
    assert len(stops_of(remarks_on(wording, version.unit, References.load(uploads={"another.webp"})))) == 1


@pytest.mark.parametrize(
    "body",
    [
        "We never use cheap tools\n\nIt removes scars for good",
        "## No needles near the eyes\n\nPermanent results for all.",
        "- No needles near the eyes\n- Permanent results",
    ],
)
def test_a_no_in_one_paragraph_denies_nothing_in_the_next(body):
    version = make_draft()
    Passage.objects.filter(version=version, key="limits").update(body=body)
    assert stops_of(remarks(version))


def test_a_citation_in_a_heading_is_refused():
    version = make_draft()
    Passage.objects.filter(version=version, key="limits").update(heading="Limits [S2]")
    assert [stop.mend for stop in stops_of(remarks(version))] == [
        "Sources are not cited here. Take these brackets out."
    ]


def test_a_citation_of_a_finding_counts_as_any_other():
    version = make_draft()
    Finding.objects.filter(version=version).update(result="Better [S999].")
    fields = [stop.field for stop in stops_of(remarks(version))]
    assert [(field.record, field.name) for field in fields] == [(version.findings.get(), "result")]


@pytest.mark.parametrize(
    ("question", "answer", "stops"),
    [
        ("Does it hurt?", "Not at all.", True),
        ("Are there any risks?", "None.", True),
        ("Can it cure scars?", "Yes.", True),
        ("Does it hurt?", "Most people feel some sting.", False),
        ("Can it cure scars?", "No.", False),
    ],
)
def test_an_answer_is_read_after_its_question(question, answer, stops):
    version = make_draft()
    version.questions.update(question=question, answer=answer)
    found = [(stop.field.record, stop.field.name) for stop in stops_of(remarks(version))]
    assert found == ([(version.questions.get(), "answer")] if stops else [])


def test_words_of_the_trade_are_advice_each_once():
    version = make_draft()
    body = "In some people the idiopathic marks went away. Of 60 people, 4 had it."
    Passage.objects.filter(version=version, key="limits").update(body=body)
    Passage.objects.filter(version=version, key="risks").update(body="In some people the idiopathic marks stayed.")
    advice = {(remark.field.record.key, remark.words) for remark in remarks(version)}
    assert advice == {("limits", "idiopathic")}
    assert stops_of(remarks(version)) == []
