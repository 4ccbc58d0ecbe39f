"""Taking down now and at a time, planned ends, and what is brought back."""

import pytest

from tests.factories import make_staff
from tests.treatments.editing import seen
from tests.treatments.publishing.versions import DAY, HOUR, NB, NOON, SCARS, SECOND, TWO_YEARS, approved, fresh
from treatments.models import Benefit, CopyEvent, Version
from treatments.publishing.going_live import bring_back, call_off, keep_up, publish, take_down
from treatments.publishing.signoff import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def marketing():
    return make_staff("marketing")


def test_what_is_live_is_taken_down_and_not_called_off(marketing):
    version = approved()
    publish(version, marketing)
    with pytest.raises(Refused, match="has not gone live yet"):
        call_off(version, marketing)
    assert fresh(version).is_live


def test_taking_down_needs_no_signoff_and_shows_at_once(client, marketing):
    version = Benefit.objects.get(slug="scars").newest_version()
    assert client.get(SCARS).status_code == 200
    take_down(version, marketing)
    assert client.get(SCARS).status_code == 404
    assert version.events.get().kind == CopyEvent.Kind.TAKEN_DOWN


def test_taking_down_at_a_time_waits_for_it(client, marketing, time_machine):
    version = Benefit.objects.get(slug="scars").newest_version()
    take_down(version, marketing, NOON + HOUR)
    assert client.get(SCARS).status_code == 200
    time_machine.move_to(NOON + HOUR, tick=False)
    assert client.get(SCARS).status_code == 404


def test_what_is_not_live_cannot_be_taken_down_and_the_past_is_refused(marketing):
    with pytest.raises(Refused, match="Only what is live"):
        take_down(approved(), marketing)
    with pytest.raises(Refused, match="That time has passed"):
        take_down(Benefit.objects.get(slug="sun-damage").newest_version(), marketing, NOON - HOUR)


def test_a_planned_end_can_be_moved_and_called_off(marketing):
    version = approved("Ends soon.")
    publish(version, marketing, None, NOON + HOUR)
    take_down(version, marketing, NOON + DAY)
    assert fresh(version).live_until == NOON + DAY
    keep_up(version, marketing)
    assert fresh(version).live_until is None
    with pytest.raises(Refused, match="No end of this version is planned"):
        keep_up(version, marketing)


def test_an_end_after_the_version_that_follows_is_refused(marketing):
    first, second = approved("First."), approved("Second.")
    publish(first, marketing)
    publish(second, marketing, NOON + HOUR)
    with pytest.raises(Refused, match="follows on"):
        take_down(first, marketing, NOON + DAY)
    with pytest.raises(Refused, match="No end of this version is planned"):
        keep_up(first, marketing)
    assert fresh(first).live_until == NOON + HOUR


def test_what_was_taken_down_is_brought_back_without_a_new_signoff(client, marketing):
    version = approved("Back again.")
    publish(version, marketing)
    take_down(version, marketing)
    assert client.get(SCARS).status_code == 404
    bring_back(version, marketing)
    assert "Back again." in client.get(SCARS).text
    assert [event.kind for event in version.events.all()][-2:] == ["taken-down", "brought-back"]


def test_what_is_brought_back_lasts_until_the_next_plan(marketing):
    version, planned = approved("First."), approved("Second.")
    publish(version, marketing)
    publish(planned, marketing, NOON + HOUR)
    take_down(version, marketing)
    bring_back(version, marketing)
    assert fresh(version).live_until == NOON + HOUR


def test_only_the_last_words_are_brought_back_and_only_while_nothing_is_live(marketing):
    first, second = approved("First."), approved("Second.")
    publish(first, marketing)
    publish(second, marketing)
    for version in (first, second):
        with pytest.raises(Refused, match="Only the words that patients read last"):
            bring_back(version, marketing)
    take_down(second, marketing)
    with pytest.raises(Refused, match="Only the words that patients read last"):
        bring_back(first, marketing)
    assert not fresh(first).is_live and not fresh(second).is_live


def test_words_that_changed_after_they_were_signed_are_not_brought_back(client, marketing):
    version = approved("Back again.")
    publish(version, marketing)
    take_down(version, marketing)
    Version.objects.filter(pk=version.pk).update(summary="Never signed.")
    with pytest.raises(Refused, match="not the words that were signed"):
        bring_back(version, marketing)
    assert "Never signed." not in client.get("/treatments/microneedling/benefits/").text


def test_an_end_in_a_far_future_is_refused(marketing):
    version = approved()
    with pytest.raises(Refused, match="more than ten years"):
        publish(version, marketing, None, NOON + 5 * TWO_YEARS + SECOND)
    publish(version, marketing, None, NOON + 5 * TWO_YEARS)
    assert fresh(version).live_until == NOON + 5 * TWO_YEARS


def test_an_end_can_be_planned_from_the_next_moment_on_up_to_the_version_that_follows(marketing):
    first, second, third = approved("First."), approved("Second."), approved("Third.")
    publish(first, marketing)
    publish(second, marketing, NOON + HOUR, NOON + 2 * HOUR)
    publish(third, marketing, NOON + DAY)
    with pytest.raises(Refused, match="That time has passed"):
        take_down(first, marketing, NOON)
    with pytest.raises(Refused, match=f"Version {second.number} follows on Wednesday, May 1, 2030, 1:00{NB}PM"):
        take_down(first, marketing, NOON + HOUR)
    take_down(first, marketing, NOON + HOUR - SECOND)
    assert fresh(first).live_until == NOON + HOUR - SECOND
    take_down(first, marketing)
    assert (fresh(first).live_until, fresh(second).live_from) == (NOON, NOON + HOUR)


def test_words_that_something_stops_now_are_not_brought_back(client, marketing):
    version = approved("Back again.")
    publish(version, marketing)
    take_down(version, marketing)
    version.claims.all().delete()
    Version.objects.filter(pk=version.pk).update(signed_digest=seen(version))
    with pytest.raises(Refused, match="Mend what stops"):
        bring_back(version, marketing)
    assert not fresh(version).is_live


def test_what_is_brought_back_has_no_end_of_its_own(marketing, time_machine):
    version = approved()
    publish(version, marketing, None, NOON + HOUR)
    time_machine.move_to(NOON + DAY, tick=False)
    bring_back(version, marketing)
    version = fresh(version)
    assert (version.live_from, version.live_until, version.ends_at) == (NOON + DAY, None, None)
