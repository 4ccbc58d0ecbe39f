"""What a draft goes through on its way to a sign-off: saved, sent, sent back, stopped, taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import copy_of, make_staff
from tests.treatments.drafts import SPOILED, make_draft, remarks, signed
from tests.treatments.editing import seen
from treatments.models import (
    CopyEvent,
    Passage,
    Section,
    Unit,
    Version,
)
from treatments.models.rows import ROW_MODELS
from treatments.publishing.drafts import SavedMeanwhile, save_draft
from treatments.publishing.going_live import publish
from treatments.publishing.signoff import Refused, allow, send, send_back, sign, take_back
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician():
    return make_staff("clinician", first_name="Ada", last_name="Example")


@pytest.fixture
def marketing():
    return make_staff("marketing")


def reworded(version, summary="Other words."):
    wording = Wording.of(version)
    wording.version.summary = summary
    return wording


@pytest.mark.parametrize("spoiled", SPOILED)
def test_what_breaks_a_rule_is_neither_sent_nor_signed_nor_published(spoiled, clinician, marketing):
    version = make_draft()
    SPOILED[spoiled](version)
    read = seen(version)
    with pytest.raises(Refused) as refused:
        send(version, marketing)
    stop = refused.value.stops[0]
    assert stop.mend and stop.field.label
    with pytest.raises(Refused):
        sign(version, clinician, read, 12, unsent=True)
    # As if it had been signed before the rule was broken, or before there was the rule:
    Version.objects.filter(pk=version.pk).update(signed_digest=read, signed_at=timezone.now(), signed_by=clinician)
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


def test_what_was_sent_says_by_whom_and_when_and_what_was_signed_without_that_when_alone(
    clinician, marketing, time_machine
):
    time_machine.move_to("2027-03-15T16:00Z", tick=False)
    sent, unsent = make_draft(), Section.objects.get(slug="risks")
    event = send(sent, marketing)
    unsent = copy_of(unsent.newest_version())
    time_machine.move_to("2027-03-16T16:00Z", tick=False)
    signed(sent, clinician), signed(unsent, clinician)
    assert (event.kind, event.by, event.version) == ("sent", marketing, sent)
    assert (sent.sent_by, f"{sent.sent_at:%d}", f"{sent.signed_at:%d}") == (marketing, "15", "16")
    assert (unsent.sent_by, unsent.sent_at) == (None, unsent.signed_at)


def test_what_is_live_or_planned_is_not_sent(clinician, marketing):
    version = signed(make_draft(), clinician)
    publish(version, marketing, timezone.now() + timedelta(days=1))
    with pytest.raises(Refused, match="is not a draft"):
        send(version, marketing)


def test_a_signoff_that_is_taken_back_leaves_nothing_of_it(clinician, marketing):
    version = make_draft()
    send(version, marketing)
    with pytest.raises(Refused, match="Only the sign-off of words that are neither live nor planned"):
        take_back(version, clinician)
    signed(version, clinician)
    with pytest.raises(Refused, match="Only a clinician takes"):
        take_back(version, marketing)
    event = take_back(version, clinician)
    version.refresh_from_db()
    assert (event.kind, event.by, version.state) == ("unsigned", clinician, "draft")
    for name in ("signed_by", "signed_at", "review_due", "sent_by", "sent_at"):
        assert getattr(version, name) is None, name
    assert (version.signer, version.signed_digest) == ("", "")


def test_the_signoff_of_an_older_version_is_not_taken_back(clinician):
    version = signed(make_draft(), clinician)
    copy_of(version)
    with pytest.raises(Refused, match="There is a newer draft than version 1"):
        take_back(version, clinician)


def test_a_draft_in_another_language_does_not_stand_in_the_way(clinician):
    version = make_draft()
    Version.objects.filter(pk=copy_of(version).pk).update(language="ar")
    assert signed(version, clinician).state == "approved"


@pytest.mark.parametrize("state", ["draft", "signed"])
def test_only_what_waits_is_sent_back(clinician, state):
    version = make_draft() if state == "draft" else signed(make_draft(), clinician)
    with pytest.raises(Refused, match="Only what waits"):
        send_back(version, clinician, "Softer, please.")


def test_what_is_no_longer_in_the_draft_is_not_allowed(clinician):
    version = make_draft()
    Passage.objects.filter(version=version, key="limits").update(body="It removes scars, said one paper.")
    remark = stops_of(remarks(version))[0]
    Passage.objects.filter(version=version, key="limits").update(body="It may do little.")
    for fingerprint in (remark.fingerprint, ""):
        with pytest.raises(Refused, match="no longer in the draft"):
            allow(version, clinician, fingerprint, "A quotation.")
    assert not version.events.exists()


def test_a_step_is_noted_with_who_took_it(clinician, marketing):
    version = make_draft()
    Passage.objects.filter(version=version, key="limits").update(body="It removes scars, said one paper.")
    (remark,) = stops_of(remarks(version))
    allow(version, clinician, remark.fingerprint, " A quotation. ")
    send(version, marketing)
    send_back(version, clinician, " Softer. ")
    sent_back = Version.objects.get(pk=version.pk)
    assert (sent_back.sent_by, sent_back.sent_at) == (None, None)
    sign(version, clinician, seen(version), 6, unsent=True)
    assert [(event.kind, event.by, event.words, event.fingerprint) for event in version.events.order_by("pk")] == [
        ("allowed", clinician, "A quotation.", remark.fingerprint),
        ("sent", marketing, "", ""),
        ("sent-back", clinician, "Softer.", ""),
        ("signed", clinician, "", ""),
    ]


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


def test_the_same_page_sent_twice_by_one_person_is_one_version(marketing):
    base = make_draft()
    first = save_draft(base.unit, reworded(base), base, marketing)
    assert save_draft(base.unit, reworded(base), base, marketing) == first


def test_the_same_words_saved_by_another_person_meanwhile_are_said_to_be_there(marketing):
    base = make_draft()
    first = save_draft(base.unit, reworded(base), base, marketing)
    with pytest.raises(SavedMeanwhile) as refusal:
        save_draft(base.unit, reworded(base), base, make_staff("marketing"))
    assert (refusal.value.newest, base.unit.newest_version()) == (first, first)


def test_other_words_of_the_same_person_over_an_older_version_are_said_to_be_late(marketing):
    base = make_draft()
    save_draft(base.unit, reworded(base), base, marketing)
    with pytest.raises(SavedMeanwhile):
        save_draft(base.unit, reworded(base, "Still other words."), base, marketing)


def test_a_save_makes_a_draft_of_what_was_signed(clinician, marketing):
    version = signed(make_draft(), clinician)
    made = save_draft(version.unit, reworded(version), version, marketing)
    assert (made.state, made.signed_digest, made.review_due) == ("draft", "", None)
    assert Version.objects.get(pk=version.pk).state == "approved"
