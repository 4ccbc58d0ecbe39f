import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import ROW_FIELDS, copy_of, make_benefit, make_row, make_version
from treatments.models import (
    Claim,
    ClinicField,
    Finding,
    KeyFact,
    Passage,
    RecoveryDay,
    Source,
    Version,
)
from treatments.models.rows import ROW_MODELS
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole():
    """A version with two rows of every kind; the claims and their findings cross over."""
    version = make_benefit().newest_version()
    for model in ROW_MODELS:
        sources = ["S2", "S36"] if model is Claim else []
        make_row(model, version, "one", position=10, sources=sources)
        make_row(model, version, "two", position=20, sources=sources[:1])
    version.findings.filter(key="one").update(claim=version.claims.get(key="two"))
    return version


def rows_of(version, model):
    """Everything that the rows of one kind say, without what ties them to their version."""
    ties = {"id", "version_id", "claim_id"}
    return [
        {name: value for name, value in row.items() if name not in ties}
        for row in model.objects.filter(version=version).values()
    ]


def sources_of(version):
    return {claim.key: [link.source.key for link in claim.cited.all()] for claim in version.claims.all()}


def claims_of_findings(version):
    return {finding.key: (finding.claim.key, finding.claim.version_id) for finding in version.findings.all()}


def test_every_kind_of_row_is_tested_here():
    assert sorted(ROW_FIELDS) == sorted(model._meta.model_name for model in ROW_MODELS)


@pytest.mark.parametrize("model", ROW_MODELS, ids=lambda model: model.__name__)
def test_a_copy_holds_every_row_with_its_key_and_words(whole, model):
    twin = copy_of(whole)
    assert rows_of(twin, model) == rows_of(whole, model)
    assert len(rows_of(twin, model)) >= 2


@pytest.mark.parametrize("model", ROW_MODELS, ids=lambda model: model.__name__)
def test_a_copy_leaves_the_rows_it_was_made_from_as_they_were(whole, model):
    before = list(model.objects.filter(version=whole).values())
    copy_of(whole)
    assert list(model.objects.filter(version=whole).values()) == before


def test_a_copy_holds_the_sources_of_each_claim(whole):
    twin = copy_of(whole)
    assert sources_of(twin) == sources_of(whole) == {"one": ["S2", "S36"], "two": ["S2"]}


def test_a_copied_finding_stands_behind_the_copied_claim(whole):
    twin = copy_of(whole)
    assert claims_of_findings(whole) == {"one": ("two", whole.pk), "two": ("one", whole.pk)}
    assert claims_of_findings(twin) == {"one": ("two", twin.pk), "two": ("one", twin.pk)}


def test_a_copy_of_a_version_without_rows_is_empty():
    version = make_benefit().newest_version()
    version.passages.all().delete()
    assert Wording.of(copy_of(version)).rows == {}


def test_a_copy_costs_the_same_however_many_rows_and_versions_there_are(whole):
    with CaptureQueriesContext(connection) as few:
        copy_of(whole)
    for number in range(3):
        make_row(Claim, whole, f"claim-{number}")
        make_row(Passage, whole, f"passage-{number}")
        make_version(whole.unit, number=10 + number)
    with CaptureQueriesContext(connection) as many:
        copy_of(whole)
    assert len(many) == len(few)


@pytest.mark.parametrize("model", ROW_MODELS, ids=lambda model: model.__name__)
def test_a_key_is_used_once_in_a_version(whole, model):
    again = model(version=whole, key="one", **ROW_FIELDS[model._meta.model_name])
    with pytest.raises(ValidationError) as refused:
        again.validate_constraints()
    assert refused.value.messages == ["Two rows have the same key. Give one of them another."]
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(model, whole, "one")


@pytest.mark.parametrize(
    ("model", "fields", "complaint"),
    [
        (KeyFact, {"low": "2", "high": "1"}, "'From' must not be larger than 'to'."),
        (Finding, {"affected": 11, "out_of": 10}, "Give both numbers, the first not larger than the second."),
        (Finding, {"affected": 4, "out_of": None}, "Give both numbers, the first not larger than the second."),
        (Finding, {"affected": None, "out_of": 10}, "Give both numbers, the first not larger than the second."),
        (RecoveryDay, {"first_day": 3, "last_day": 2}, "The last day must not be before the first."),
    ],
)
def test_figures_that_cannot_be_are_refused(whole, model, fields, complaint):
    row = model(version=whole, key="new", **(ROW_FIELDS[model._meta.model_name] | fields))
    with pytest.raises(ValidationError) as refused:
        row.validate_constraints()
    assert refused.value.messages == [complaint]
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(model, whole, "new", **fields)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (KeyFact, {"low": None, "high": "1"}),
        (KeyFact, {"low": "1", "high": "1"}),
        (Finding, {"affected": None, "out_of": None}),
        (Finding, {"affected": 10, "out_of": 10}),
        (RecoveryDay, {"first_day": 2, "last_day": 2}),
    ],
)
def test_figures_at_their_border_are_taken(whole, model, fields):
    make_row(model, whole, "new", **fields).validate_constraints()


def test_a_source_that_is_cited_cannot_be_deleted(whole):
    with pytest.raises(IntegrityError, match="protected"):
        Source.objects.get(key="S36").delete()
    assert sources_of(whole)["one"] == ["S2", "S36"]


def test_a_grade_says_what_it_means_and_fills_its_layers():
    claims = [Claim(grade=grade) for grade in Claim.Grade]
    assert [(claim.layers, str(claim.grade_meaning)) for claim in claims] == [
        (4, "Large, well-run trials agree."),
        (3, "Many trials agree, most are small."),
        (2, "A few small studies, or no comparison group."),
        (1, "Results conflict, or very little was studied."),
    ]


def test_a_clinic_field_says_the_text_beside_it_until_it_is_filled_in():
    empty, filled = ClinicField(meanwhile="Ask us."), ClinicField(meanwhile="Ask us.", value="90 dollars")
    assert (empty.words, filled.words) == ("Ask us.", "90 dollars")


def test_deleting_a_version_takes_its_rows_along(whole):
    Version.objects.filter(pk=whole.pk).delete()
    assert [model.__name__ for model in ROW_MODELS if model.objects.filter(version_id=whole.pk).exists()] == []
