"""A number in copy comes from somewhere that a clinician signed, cited or not; two of one thing do not disagree."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import make_staff
from tests.treatments.drafts import make_draft, remarks
from treatments.models import Section, Source, Step, Version
from treatments.publishing.going_live import publish
from treatments.publishing.signoff import allow, send
from treatments.words.digest import digest_of
from treatments.words.numbers import times_in
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


def draft_saying(text):
    version = make_draft()
    version.passages.filter(key="limits").update(body=text)
    return version


def numbers_that_stop(version):
    return [stop.words for stop in stops_of(remarks(Version.objects.get(pk=version.pk)))]


@pytest.mark.parametrize("text", ["In our patients 83 of 97 improve [S69].", "In our patients 83 of 97 improve."])
def test_a_number_from_nowhere_stops_cited_or_not(text):
    assert numbers_that_stop(draft_saying(text)) == ["83", "97"]


def test_a_number_that_the_cited_source_gives_passes_and_beside_another_source_stops():
    version = draft_saying("There 83 of 97 improved [S69].")
    Source.objects.filter(key="S69").update(figures="83 of 97 people")
    assert numbers_that_stop(version) == []
    Source.objects.filter(key="S69").update(figures="")
    Source.objects.filter(key="S70").update(figures="83 of 97 people")
    assert numbers_that_stop(version) == ["83", "97"]


def test_numbers_of_findings_and_fields_of_the_page_pass():
    # 60 people, 4 of 10 and 30 minutes are those of the rows of such a draft.
    assert numbers_that_stop(draft_saying("Of 60 people 4 of 10 improved, after 30 minutes.")) == []


def test_a_number_in_a_summary_is_one_of_what_the_page_cites():
    version = draft_saying("It may do little [S69].")
    Version.objects.filter(pk=version.pk).update(summary="It helped 83 people.")
    assert numbers_that_stop(version) == ["83"]
    Source.objects.filter(key="S69").update(figures="83 people")
    assert numbers_that_stop(version) == []


def test_lists_and_the_emergency_number_need_no_fact():
    assert numbers_that_stop(draft_saying("1. Rest.\n2. Call 911.\n3. Wait.")) == []


def test_a_clinician_lets_a_number_stand_with_a_reason():
    version = draft_saying("In our patients 83 improve.")
    (stop,) = stops_of(remarks(version))
    allow(version, make_staff("clinician"), stop.fingerprint, "Our own count.")
    send(version, make_staff("marketing"))
    assert numbers_that_stop(version) == []


def test_words_that_were_signed_before_numbers_were_held_to_sources_are_published():
    version = draft_saying("In our patients 83 improve.")
    Version.objects.filter(pk=version.pk).update(signed_digest=digest_of(Wording.of(version)), signed_at=timezone.now())
    publish(version, make_staff("marketing"))
    assert Version.objects.get(pk=version.pk).is_live


@pytest.mark.parametrize("minutes", [0, 481, 32_767])
def test_minutes_that_no_step_lasts_are_refused(minutes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.update(minutes=minutes)


@pytest.mark.parametrize("minutes", [1, 480, None])
def test_minutes_of_a_part_of_a_day_are_kept(minutes):
    assert Step.objects.update(minutes=minutes)


@pytest.mark.parametrize(("minutes", "named"), [(90, True), (50, False), (60, False), (30, True)])
def test_a_step_whose_words_give_another_time_is_named(minutes, named):
    version = make_draft(Section)
    version.steps.update(minutes=minutes, body="The cream works for about an hour.")
    found = [remark.mend for remark in remarks(version) if "Which is right?" in remark.mend]
    assert found == ([f"This step has {minutes} minutes, and its words say “an hour”. Which is right?"] * named)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("30 to 60 minutes", [(30, 60)]),
        ("about an hour", [(60, 60)]),
        ("half an hour, or an hour and a half", [(30, 30), (60, 60)]),
        ("one to two hours", [(60, 120)]),
        ("a week", []),
    ],
)
def test_times_are_read_in_words_and_numbers(text, times):
    assert times_in(text) == times
