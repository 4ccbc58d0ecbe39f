"""Sign-off holds for exactly the words that were read; what is not signed does not go live."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import models, transaction
from django.utils import timezone

from tests.factories import copy_of, make_benefit, make_row, make_staff
from tests.treatments.drafts import make_draft, signed
from tests.treatments.editing import REQUIRED, seen
from treatments.models import (
    Benefit,
    Claim,
    ClaimSource,
    CopyEvent,
    Passage,
    Section,
    TreatmentFacts,
    Version,
)
from treatments.models.rows import ROW_MODELS
from treatments.publishing.going_live import publish
from treatments.publishing.signoff import REVIEW_AFTER, Refused, is_signed, send, sign
from treatments.words.digest import SIGNED_FIELDS, digest_of
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician():
    return make_staff("clinician", first_name="Ada", last_name="Example")


@pytest.fixture
def marketing():
    return make_staff("marketing")


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


def flip(version, model, name):
    """Change one field of a version, or of its row of that kind."""
    row = version if model is Version else model.objects.filter(version=version, key="one").get()
    if name == "sources":
        ClaimSource.objects.filter(claim=row).last().delete()
    else:
        field = model._meta.get_field(name)
        value = getattr(row, name)
        model.objects.filter(pk=row.pk).update(**{name: flipped(field, value)})


def goes_live_all_the_same(version, model, name, staff):
    """Whether such a change is not noticed; it is taken back again."""
    with transaction.atomic():
        flip(version, model, name)
        changed = Version.objects.get(pk=version.pk)
        still_signed = is_signed(changed)
        with pytest.raises(Refused, match="not the words that were signed"):
            publish(changed, staff)
        went_live = Version.objects.get(pk=version.pk).live_from is not None
        transaction.set_rollback(True)
    return still_signed or went_live


@pytest.mark.parametrize("model", [Version, *ROW_MODELS], ids=lambda model: model.__name__)
@pytest.mark.parametrize("kind", [Benefit, Section, TreatmentFacts], ids=lambda kind: kind.__name__)
def test_one_changed_character_in_any_field_that_is_read_ends_the_signoff(kind, model, clinician, marketing):
    version = make_draft(kind)
    make_row(Claim, version, "other", ["S2"], position=900)
    signed(version, clinician)
    names = SIGNED_FIELDS[model]
    assert [name for name in names if goes_live_all_the_same(version, model, name, marketing)] == []
    assert names and is_signed(Version.objects.get(pk=version.pk))


@pytest.mark.parametrize("kind", [Benefit, Section, TreatmentFacts])
def test_words_that_nobody_touched_stay_signed_and_can_be_published(kind, clinician, marketing):
    version = signed(make_draft(kind), clinician)
    assert is_signed(version)
    publish(version, marketing)
    assert Version.objects.get(pk=version.pk).is_live


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
        (date(2026, 6, 5), 6, date(2026, 12, 5)),
        (date(2026, 7, 5), 6, date(2027, 1, 5)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
    ],
)
def test_a_review_is_due_on_the_same_day_or_the_last_of_its_month(clinician, time_machine, day, months, due):
    time_machine.move_to(f"{day}T15:00:00+00:00", tick=False)
    assert signed(make_draft(), clinician, months).review_due == due


def test_only_a_clinician_signs(marketing):
    version = make_draft()
    with pytest.raises(Refused, match="Only a clinician"):
        sign(version, marketing, seen(version), 12, unsent=True)
    assert Version.objects.get(pk=version.pk).signed_at is None


def test_words_that_changed_since_they_were_read_are_not_signed(clinician):
    version = make_draft()
    read = seen(version)
    Passage.objects.filter(version=version, key="limits").update(body="It does everything.")
    with pytest.raises(Refused, match="have changed since you opened them"):
        sign(version, clinician, read, 12, unsent=True)
    assert Version.objects.get(pk=version.pk).signed_at is None


def test_an_older_draft_is_not_signed(clinician, marketing):
    version = make_draft()
    copy_of(version)
    with pytest.raises(Refused, match="There is a newer draft"):
        sign(version, clinician, seen(version), 12, unsent=True)
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


def test_a_renewed_signoff_has_a_new_review_that_nobody_was_told_of(clinician):
    version = signed(make_draft(), clinician)
    Version.objects.filter(pk=version.pk).update(review_due=date(2020, 1, 1), review_mailed_at=timezone.now())
    assert (signed(version, clinician).review_due, version.review_mailed_at) == (
        timezone.localdate() + relativedelta(months=12),
        None,
    )


def test_a_review_can_be_planned_in_six_months_a_year_or_two():
    assert list(REVIEW_AFTER) == [6, 12, 24]


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
    due = timezone.localdate() + relativedelta(months=12)
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
