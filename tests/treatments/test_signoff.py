"""Sign-off holds for exactly the words that were read; what is not signed does not go live."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from tests.factories import make_benefit, make_row, make_staff, make_upload
from tests.treatments.editing import REQUIRED
from treatments.checking import Known, remarks_on, stops_of
from treatments.drafting import copy_of, save_draft
from treatments.going_live import publish
from treatments.models import (
    Benefit,
    Claim,
    ClaimSource,
    CopyEvent,
    Finding,
    Passage,
    RecoveryDay,
    Section,
    Source,
    TreatmentFacts,
    Unit,
    Version,
)
from treatments.models.rows import ROW_MODELS
from treatments.pictures import keep_picture
from treatments.signed_words import NOT_READ, READ, canonical, digest_of
from treatments.signoff import Refused, allow, is_signed, months_from, send, send_back, sign
from treatments.wording import Wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician():
    return make_staff("clinician", first_name="Ada", last_name="Example")


@pytest.fixture
def marketing():
    return make_staff("marketing")


def make_draft(kind=Benefit):
    """A good draft of a unit of that kind, with a row of every sort."""
    if kind is Benefit:
        version = make_benefit(slug="softer", shipped="").newest_version()
    else:
        version = copy_of(kind.objects.first().newest_version())
    version.passages.all().delete()
    for model in ROW_MODELS:
        model.objects.filter(version=version).delete()
        sources, fields = (["S2", "S36"] if model is Claim else []), ({"last_day": 3} if model is RecoveryDay else {})
        make_row(model, version, "one", sources, position=5, **fields)
    version.pictures.update(image=keep_picture(make_upload()))
    for position, key in enumerate(["limits", *REQUIRED], start=1):
        make_row(Passage, version, key, position=position * 10)
    return version


def signed(version, clinician):
    sign(version, clinician, digest_of(Wording.of(version)), 12)
    version.refresh_from_db()
    return version


def test_every_field_of_a_version_and_its_rows_is_listed_as_read_or_not_read():
    for model in [Version, *ROW_MODELS]:
        fields = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
        assert fields == set(READ[model]) | set(NOT_READ[model]), model
        assert not set(READ[model]) & set(NOT_READ[model]), model


def flipped(field, value):
    """Another value of a field, one character or one choice away."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model.objects.exclude(pk=value.pk)
        return (others.filter(version=value.version) if field.name == "claim" else others).first()
    if field.choices:
        return next(choice for choice, _label in field.choices if choice != value)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.CharField | models.TextField):
        return f"{value[:-1]}{'y' if value[-1:] != 'y' else 'z'}"
    if isinstance(field, models.DateField):
        return date(2040, 1, 1)
    return value - 1 if value else 1


CASES = [
    (kind, model, name)
    for kind in (Benefit, Section, TreatmentFacts)
    for model in (Version, *ROW_MODELS)
    for name in READ[model]
]


@pytest.mark.parametrize(
    ("kind", "model", "name"), CASES, ids=lambda part: part if isinstance(part, str) else part.__name__
)
def test_one_changed_character_in_any_field_that_is_read_ends_the_signoff(kind, model, name, clinician, marketing):
    version = make_draft(kind)
    make_row(Claim, version, "other", ["S2"], position=900)
    signed(version, clinician)
    row = version if model is Version else model.objects.filter(version=version, key="one").get()
    if name == "sources":
        ClaimSource.objects.filter(claim=row).last().delete()
    else:
        field = model._meta.get_field(name)
        value = getattr(row, name)
        model.objects.filter(pk=row.pk).update(**{name: flipped(field, value)})
    version.refresh_from_db()
    assert not is_signed(version)
    with pytest.raises(Refused, match="not the words that were signed"):
        publish(version, marketing)
    assert Version.objects.get(pk=version.pk).live_from is None


@pytest.mark.parametrize("kind", [Benefit, Section, TreatmentFacts])
def test_words_that_nobody_touched_stay_signed_and_can_be_published(kind, clinician, marketing):
    version = signed(make_draft(kind), clinician)
    assert is_signed(version)
    publish(version, marketing)
    assert Version.objects.get(pk=version.pk).is_live


def test_the_same_words_always_give_the_same_text():
    version = make_draft()
    first = canonical(Wording.of(version))
    twin = copy_of(version)
    assert canonical(Wording.of(twin)) == first
    assert digest_of(Wording.of(twin)) == twin.digest


def test_what_happens_to_a_version_does_not_change_its_digest(clinician, marketing):
    version = make_draft()
    before = digest_of(Wording.of(version))
    send(version, marketing)
    signed(version, clinician)
    publish(version, marketing)
    assert digest_of(Wording.of(Version.objects.get(pk=version.pk))) == before


def test_signing_keeps_who_when_and_the_day_of_the_next_review(clinician, time_machine):
    time_machine.move_to("2027-01-31T15:00:00+00:00", tick=False)
    version = signed(make_draft(), clinician)
    assert (version.signed_by, version.signer, version.signed_at) == (clinician, "Ada Example", timezone.now())
    assert version.review_due == date(2028, 1, 31)
    assert version.events.get().kind == CopyEvent.Kind.SIGNED


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2027, 1, 31), 12, date(2028, 1, 31)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2026, 12, 5), 6, date(2027, 6, 5)),
    ],
)
def test_a_review_is_due_on_the_same_day_or_the_last_of_its_month(day, months, due):
    assert months_from(day, months) == due


def test_only_a_clinician_signs(marketing):
    version = make_draft()
    with pytest.raises(Refused, match="Only a clinician"):
        sign(version, marketing, digest_of(Wording.of(version)), 12)
    assert Version.objects.get(pk=version.pk).signed_at is None


def test_words_that_changed_since_they_were_read_are_not_signed(clinician):
    version = make_draft()
    seen = digest_of(Wording.of(version))
    Passage.objects.filter(version=version, key="limits").update(body="It does everything.")
    with pytest.raises(Refused, match="have changed since you opened them"):
        sign(version, clinician, seen, 12)
    assert Version.objects.get(pk=version.pk).signed_at is None


def test_an_older_draft_is_not_signed(clinician, marketing):
    version = make_draft()
    copy_of(version)
    with pytest.raises(Refused, match="There is a newer draft"):
        sign(version, clinician, digest_of(Wording.of(version)), 12)
    with pytest.raises(Refused, match="There is a newer draft"):
        send(version, marketing)


def test_live_words_are_signed_again_when_their_review_is_done(clinician, time_machine):
    version = make_benefit(slug="softer").newest_version()
    make_row(Claim, version, "one", ["S2"])
    for key in REQUIRED:
        make_row(Passage, version, key)
    version.go_live()
    copy_of(version)  # a newer draft does not stand in the way
    time_machine.move_to("2027-03-01T15:00:00+00:00", tick=False)
    signed(version, clinician)
    assert (version.is_live, version.review_due) == (True, date(2028, 3, 1))


SPOILED = {
    "a claim without a source": lambda version: ClaimSource.objects.filter(claim__version=version).delete(),
    "a claim without a grade": lambda version: version.claims.update(grade=""),
    "a claim without a use status": lambda version: version.claims.update(use=""),
    "no claim": lambda version: (version.findings.all().delete(), version.claims.all().delete()),
    "empty risks": lambda version: version.passages.filter(key="risks").update(body=" "),
    "no risks": lambda version: version.passages.filter(key="risks").delete(),
    "no limits": lambda version: version.passages.filter(key="limits").delete(),
    "nobody who should not": lambda version: version.passages.filter(key="who-should-not").delete(),
    "nothing on when to call": lambda version: version.passages.filter(key="when-to-call").delete(),
    "no alternatives": lambda version: version.passages.filter(key="alternatives").delete(),
    "a promise": lambda version: version.passages.filter(key="limits").update(body="It removes scars for good."),
    "a promise in a summary": lambda version: Version.objects.filter(pk=version.pk).update(summary="Painless."),
    "a source that is none": lambda version: version.passages.filter(key="limits").update(body="It may help [S999]."),
    "a picture without words": lambda version: version.pictures.update(text=" "),
    "no picture": lambda version: version.pictures.update(image=""),
    "a picture that is not there": lambda version: version.pictures.update(image=f"{'b' * 32}-20x10.webp"),
    "a picture that nobody agreed to": lambda version: version.pictures.update(consent=""),
    "a picture whose consent ran out": lambda version: version.pictures.update(consent_until=date(2026, 1, 1)),
    "a caption that promises": lambda version: version.pictures.update(caption="It removes every scar."),
    "brackets that cite nothing": lambda version: version.passages.filter(key="limits").update(body="Yes [S1 S2]."),
}
LEADS_TO = {
    "a claim without a source": "id_claim-0-sources",
    "a claim without a grade": "id_claim-0-grade",
    "a claim without a use status": "id_claim-0-use",
    "no claim": "id_title",
    "empty risks": "id_passage-2-body",
    "a promise in a summary": "id_summary",
    "a promise": "id_passage-1-body",
    "a picture without words": "id_picture-0-text",
    "no picture": "id_picture-0-upload",
    "a picture that nobody agreed to": "id_picture-0-consent",
    "a caption that promises": "id_picture-0-caption",
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_what_breaks_a_rule_is_neither_sent_nor_signed_nor_published(spoiled, clinician, marketing):
    version = make_draft()
    SPOILED[spoiled](version)
    seen = digest_of(Wording.of(version))
    with pytest.raises(Refused) as refused:
        send(version, marketing)
    stop = refused.value.stops[0]
    assert stop.mend and stop.place.where
    assert stop.place.anchor == LEADS_TO.get(spoiled, stop.place.anchor)
    with pytest.raises(Refused):
        sign(version, clinician, seen, 12)
    # As if it had been signed before the rule was broken, or before there was the rule:
    Version.objects.filter(pk=version.pk).update(signed_digest=seen, signed_at=timezone.now(), signed_by=clinician)
    with pytest.raises(Refused):
        publish(version, marketing)
    assert (version.events.count(), Version.objects.get(pk=version.pk).live_from) == (0, None)


@pytest.mark.parametrize(
    ("slug", "rows"), [("risks", "risks"), ("recovery", "warning signs"), ("suitability", "cautions")]
)
def test_a_section_does_without_none_of_its_required_rows(slug, rows, marketing):
    version = copy_of(Section.objects.get(slug=slug).newest_version())
    for model in ROW_MODELS:
        if model is not Passage:
            model.objects.filter(version=version).delete()
    with pytest.raises(Refused) as refused:
        send(version, marketing)
    assert f"This page must have {rows}." in refused.value.stops[0].mend


@pytest.mark.parametrize("unit", ["microneedling", "scars", "questions", "risks", "prp"])
def test_the_shipped_guide_can_be_sent_as_it_is(unit, marketing):
    version = copy_of(Unit.objects.get(slug=unit).newest_version())
    assert send(version, marketing).kind == CopyEvent.Kind.SENT
    assert Version.objects.get(pk=version.pk).state == "in-review"


def test_what_was_sent_is_not_sent_again(marketing):
    version = make_draft()
    send(version, marketing)
    with pytest.raises(Refused, match="sent or signed already"):
        send(version, marketing)
    assert version.events.count() == 1


def test_a_clinician_sends_back_with_words(clinician, marketing):
    version = make_draft()
    send(version, marketing)
    with pytest.raises(Refused, match="Say what should change"):
        send_back(version, clinician, "  ")
    send_back(version, clinician, "Softer, please.")
    assert Version.objects.get(pk=version.pk).state == "draft"
    assert version.events.last().words == "Softer, please."


def remarks(version):
    return remarks_on(Wording.of(version), version.unit, Known.now())


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


def test_numbers_that_nothing_gives_and_words_of_the_trade_are_advice(marketing):
    version = make_draft()
    body = "In 73 of 100 people the idiopathic marks went away. One study says 12 weeks [S2]. Of 60 people, 4 had it."
    Passage.objects.filter(version=version, key="limits").update(body=body)
    Passage.objects.filter(version=version, key="risks").update(body="In 73 people the idiopathic marks stayed.")
    advice = {(remark.place.record.key, remark.words) for remark in remarks(version)}
    assert advice == {("limits", "idiopathic"), ("risks", "73")}
    assert stops_of(remarks(version)) == []


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
    found = stops_of(remarks(version))
    assert [stop.place.anchor for stop in found] == (["id_question-0-answer"] if stops else [])


def test_a_save_makes_a_draft_of_what_was_signed(clinician, marketing):
    version = signed(make_draft(), clinician)
    wording = Wording.of(version)
    wording.version.summary = "Other words."
    made = save_draft(version.unit, wording, version, marketing)
    assert (made.state, made.signed_digest, made.review_due) == ("draft", "", None)
    assert Version.objects.get(pk=version.pk).state == "approved"


def test_a_citation_of_a_finding_counts_as_any_other():
    version = make_draft()
    Finding.objects.filter(version=version).update(result="Better [S999].")
    assert [stop.place.anchor for stop in stops_of(remarks(version))] == ["id_finding-0-result"]


def test_a_page_is_signed_when_every_unit_on_it_is(client, clinician):
    address = "/treatments/microneedling/benefits/scars/"
    assert "Not signed off yet" in client.get(address).text
    signed(Benefit.objects.get(slug="scars").newest_version(), clinician)
    text = client.get(address).text
    assert "Not all of this page is signed off yet" in text and "Ada Example" in text
    assert "lastReviewed" not in text
    signed(TreatmentFacts.objects.get().newest_version(), clinician)
    assert "but not yet what it takes from: Fine lines, Sun damage." in client.get(address).text  # it sums them up
    for unit in Benefit.objects.exclude(slug="scars"):
        signed(unit.newest_version(), clinician)
    text = client.get(address).text
    assert "Signed off by a clinician" in text and "lastReviewed" in text
    due = months_from(timezone.localdate(), 12)
    assert f'<time datetime="{due:%Y-%m-%d}">' in text


def test_the_page_of_all_benefits_is_signed_when_each_benefit_is(client, clinician):
    address = "/treatments/microneedling/benefits/"
    for version in [Section.objects.get(slug="benefits"), TreatmentFacts.objects.get()]:
        signed(version.newest_version(), clinician)
    assert "but not yet what it takes from: Fine lines, Scars, Sun damage." in client.get(address).text
    for unit in Benefit.objects.all():
        signed(unit.newest_version(), clinician)
    assert "Signed off by a clinician" in client.get(address).text


def test_review_days_are_moved_by_nothing_but_a_signoff(clinician, marketing, time_machine):
    time_machine.move_to("2027-01-31T15:00:00+00:00")
    version = signed(make_draft(), clinician)
    due = version.review_due
    publish(version, marketing)
    time_machine.shift(timedelta(days=200))
    version.refresh_from_db()
    assert version.review_due == due
    later = copy_of(version)
    assert later.review_due is None


def test_sources_keep_their_order_in_what_is_signed():
    version = make_draft()
    before = digest_of(Wording.of(version))
    links = list(ClaimSource.objects.filter(claim__version=version, claim__key="one"))
    ClaimSource.objects.filter(pk__in=[link.pk for link in links]).delete()
    for link in reversed(links):
        ClaimSource.objects.create(claim_id=link.claim_id, source=Source.objects.get(pk=link.source_id))
    assert digest_of(Wording.of(version)) != before
