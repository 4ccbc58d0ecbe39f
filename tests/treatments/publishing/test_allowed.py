"""What a clinician allows holds for these words in this sentence, and for nothing else."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import copy_of, make_staff
from tests.treatments.drafts import make_draft, remarks
from treatments.models import (
    ClaimSource,
    CopyEvent,
    Passage,
    Section,
)
from treatments.publishing.signoff import Refused, allow
from treatments.words.remarks import stops_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician():
    return make_staff("clinician", first_name="Ada", last_name="Example")


@pytest.fixture
def marketing():
    return make_staff("marketing")


def test_a_clinician_allows_one_remark_with_a_reason_and_no_other(clinician, marketing):
    version = make_draft()
    Passage.objects.filter(version=version, key="limits").update(
        body="It removes scars, said one paper. It erases lines, said another."
    )
    first, second = stops_of(remarks(version))
    with pytest.raises(Refused, match="Write the reason"):
        allow(version, clinician, first.fingerprint, " ")
    with pytest.raises(Refused, match="Only a clinician"):
        allow(version, marketing, first.fingerprint, "I like it.")
    allow(version, clinician, first.fingerprint, "A quotation that the next sentence corrects.")
    assert [stop.fingerprint for stop in stops_of(remarks(version))] == [second.fingerprint]
    assert version.events.get().words == "A quotation that the next sentence corrects."


def test_what_is_allowed_holds_in_later_versions_until_its_sentence_changes(clinician):
    version = make_draft()
    Passage.objects.filter(version=version, key="limits").update(body="It removes scars, said one paper.")
    allow(version, clinician, stops_of(remarks(version))[0].fingerprint, "A quotation.")
    later = copy_of(version)
    assert stops_of(remarks(later)) == []
    Passage.objects.filter(version=later, key="limits").update(body="It removes scars, said two papers.")
    assert len(stops_of(remarks(later))) == 1


def allowed_first(version, clinician, body):
    """A text of which the clinician has allowed the first remark."""
    Passage.objects.filter(version=version, key="limits").update(body=body)
    allow(version, clinician, stops_of(remarks(version))[0].fingerprint, "A quotation.")
    assert stops_of(remarks(version)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It removes scars, said one paper.", "It removes scars, said one paper. With us it removes scars."),
        ("We never say that it is painless. One paper called it painless.", "It is completely painless with us."),
        ("It removes scars, said one paper.", "It removes scars, said one paper.\n\nIt removes scars."),
    ],
)
def test_what_is_allowed_in_one_sentence_is_not_allowed_in_another(clinician, before, after):
    version = make_draft()
    allowed_first(version, clinician, before)
    Passage.objects.filter(version=version, key="limits").update(body=after)
    assert len(stops_of(remarks(version))) == 1


def test_an_answer_that_is_allowed_to_one_question_is_not_allowed_to_another(clinician):
    version = make_draft()
    version.questions.update(question="Is there downtime for the camera?", answer="None.")
    allow(version, clinician, stops_of(remarks(version))[0].fingerprint, "About the camera.")
    assert stops_of(remarks(version)) == []
    version.questions.update(question="Are there any risks?")
    assert len(stops_of(remarks(version))) == 1


def test_what_is_allowed_on_one_page_is_not_allowed_on_another(clinician):
    words = "It removes scars, said one paper."
    version, other = make_draft(), make_draft(Section)
    for each in (version, other):
        Passage.objects.filter(version=each, key="limits").update(body=words)
    allow(version, clinician, stops_of(remarks(version))[0].fingerprint, "A quotation.")
    assert len(stops_of(remarks(other))) == 1


def test_a_claim_without_a_source_cannot_be_allowed(clinician):
    version = make_draft()
    ClaimSource.objects.filter(claim__version=version).delete()
    for mark in ("", "nonsense"):
        with pytest.raises(Refused, match="no longer in the draft"):
            allow(version, clinician, mark, "Everybody knows it.")
    assert len(stops_of(remarks(version))) == 1


def test_the_database_refuses_to_allow_without_a_reason():
    with pytest.raises(IntegrityError, match="what_is_allowed_has_a_reason"), transaction.atomic():
        CopyEvent.objects.create(version=make_draft(), kind="allowed", fingerprint="x")
