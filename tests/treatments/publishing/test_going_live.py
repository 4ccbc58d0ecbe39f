"""Publishing now and at a time: what patients read is worked out when they read it."""

from datetime import timedelta

import pytest

from tests.factories import copy_of, make_staff
from tests.treatments.editing import seen
from tests.treatments.publishing.versions import DAY, HOUR, NB, NOON, SCARS, SECOND, TWO_YEARS, approved, fresh
from treatments.models import Benefit, CopyEvent, Version
from treatments.publishing.content_report import coming_and_going
from treatments.publishing.going_live import bring_back, call_off, keep_up, publish, take_down, what_happens
from treatments.publishing.signoff import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def marketing():
    return make_staff("marketing")


def test_publishing_now_replaces_what_was_live(client, marketing):
    before = Benefit.objects.get(slug="scars").newest_version()
    version = approved("Quite other words.")
    publish(version, marketing)
    assert "Quite other words." in client.get(SCARS).text
    assert (fresh(before).live_until, fresh(version).live_from) == (NOON, NOON)


def test_a_version_that_another_replaces_is_told_as_coming_alone(marketing):
    version = approved()
    publish(version, marketing, NOON + HOUR)
    assert coming_and_going(NOON) == [(NOON + HOUR, version, "comes")]


def test_a_version_that_nothing_follows_is_told_as_coming_and_as_going(marketing):
    version = approved()
    publish(version, marketing, NOON + HOUR, NOON + DAY)
    assert coming_and_going(NOON) == [(NOON + HOUR, version, "comes"), (NOON + DAY, version, "goes")]


def test_an_end_of_another_page_at_that_moment_is_told_too(marketing):
    publish(approved(), marketing, NOON + HOUR)
    other = Benefit.objects.get(slug="sun-damage").newest_version()
    Version.objects.filter(pk=other.pk).update(live_until=NOON + HOUR)
    assert [(version.unit.slug, what) for _moment, version, what in coming_and_going(NOON)] == [
        ("sun-damage", "goes"),
        ("scars", "comes"),
    ]


def test_what_has_changed_already_is_told_no_more(marketing, time_machine):
    publish(approved(), marketing, NOON + HOUR, NOON + DAY)
    left = []
    for moment in (NOON + HOUR, NOON + DAY):
        time_machine.move_to(moment, tick=False)
        left.append([what for _moment, _version, what in coming_and_going(moment)])
    assert left == [["goes"], []]


def test_a_planned_version_shows_at_its_minute_and_goes_at_its_end_with_no_job(client, marketing, time_machine):
    publish(approved("Quite other words."), marketing, NOON + HOUR, NOON + DAY)
    seen = []
    for moment in (NOON + HOUR - timedelta(seconds=1), NOON + HOUR, NOON + DAY - timedelta(seconds=1), NOON + DAY):
        time_machine.move_to(moment, tick=False)
        answer = client.get(SCARS)
        seen.append((answer.status_code, "Quite other words." in answer.text))
    assert seen == [(200, False), (200, True), (200, True), (404, False)]


def test_a_benefit_that_ended_leaves_the_other_pages_too(client, marketing, time_machine):
    publish(approved(), marketing, None, NOON + HOUR)
    time_machine.move_to(NOON + HOUR, tick=False)
    assert f'href="{SCARS}"' not in client.get("/").text
    assert SCARS not in client.get("/sitemap.xml").text


def test_what_is_not_signed_is_not_published(marketing):
    version = copy_of(Benefit.objects.get(slug="scars").newest_version())
    with pytest.raises(Refused, match="A clinician has to sign version 2 off first"):
        publish(version, marketing)
    assert fresh(version).live_from is None


def test_what_was_published_is_not_published_again(marketing):
    version = approved()
    publish(version, marketing)
    with pytest.raises(Refused, match="published or planned already"):
        publish(version, marketing, NOON + DAY)
    assert fresh(version).live_from == NOON


@pytest.mark.parametrize(
    ("at", "until", "complaint"),
    [
        (NOON - HOUR, None, "That time has passed"),
        (NOON, None, "That time has passed"),
        (NOON + 800 * DAY, None, "more than two years away"),
        (NOON + DAY, NOON + DAY, "end before it begins"),
        (NOON + DAY, NOON + HOUR, "end before it begins"),
        (None, NOON - HOUR, "end before it begins"),
    ],
)
def test_times_that_cannot_be_are_refused(marketing, at, until, complaint):
    version = approved()
    with pytest.raises(Refused, match=complaint):
        publish(version, marketing, at, until)
    assert fresh(version).live_from is None


@pytest.mark.parametrize(
    ("at", "until", "collides"),
    [
        (NOON + DAY, None, True),  # the same moment
        (NOON + 2 * DAY, None, True),  # within
        (NOON + HOUR, NOON + 2 * DAY, True),  # across its beginning
        (None, NOON + 2 * DAY, True),
        (NOON + HOUR, NOON + DAY, False),  # up to it
        (NOON + HOUR, None, False),  # until it follows
        (None, None, False),
        (NOON + 3 * DAY, None, False),  # from its end
    ],
)
def test_two_planned_versions_never_want_the_same_time(marketing, at, until, collides):
    first, second = approved("First."), approved("Second.")
    publish(first, marketing, NOON + DAY, NOON + 3 * DAY)
    if collides:
        with pytest.raises(Refused, match=f"Version {first.number} is planned for .* collide"):
            publish(second, marketing, at, until)
        assert fresh(second).live_from is None
    else:
        publish(second, marketing, at, until)
    moments = [NOON + hours * HOUR for hours in range(1, 96)]
    shown = [Version.objects.live_at(moment).filter(unit=first.unit).count() for moment in moments]
    assert max(shown) == 1
    assert (fresh(first).live_from, fresh(first).live_until) == (NOON + DAY, NOON + 3 * DAY)


def test_publishing_now_before_a_plan_lasts_until_the_plan(marketing):
    planned, urgent = approved("Planned."), approved("Urgent.")
    publish(planned, marketing, NOON + DAY)
    event = publish(urgent, marketing)
    assert fresh(urgent).live_until == NOON + DAY
    assert f"version {planned.number} follows" in event.words


def test_a_plan_that_is_called_off_leaves_what_was_live(client, marketing, time_machine):
    before = Benefit.objects.get(slug="scars").newest_version()
    version = approved("Quite other words.")
    publish(version, marketing, NOON + HOUR)
    call_off(version, marketing)
    time_machine.move_to(NOON + DAY, tick=False)
    assert "Quite other words." not in client.get(SCARS).text
    assert (fresh(before).live_until, fresh(version).live_from, fresh(version).state) == (None, None, "approved")


def test_a_plan_between_two_others_gives_its_time_back_to_the_first(marketing):
    before = Benefit.objects.get(slug="scars").newest_version()
    last, middle = approved("Last."), approved("Middle.")
    publish(last, marketing, NOON + 3 * DAY)
    publish(middle, marketing, NOON + DAY)
    call_off(middle, marketing)
    assert fresh(before).live_until == NOON + 3 * DAY


@pytest.mark.parametrize(
    ("at", "until", "told"),
    [
        (
            NOON,
            None,
            "Version 2 is live now. It replaces version 1. It stays until you publish another one or take it down.",
        ),
        (
            NOON + DAY,
            NOON + 2 * DAY,
            "Version 2 goes live on Thursday, May 2, 2030, noon, by itself. It replaces version 1. On Friday, May 3, "
            "2030, noon it is taken down, and the page is gone until another version is live.",
        ),
    ],
)
def test_a_plan_is_told_in_words(at, until, told):
    assert what_happens(approved(), at, until) == told.replace("noon", "12:00\N{NO-BREAK SPACE}PM")


def test_calling_off_a_plan_before_another_lasts_until_that(marketing):
    live, second, third = approved("First."), approved("Second."), approved("Third.")
    publish(live, marketing)
    publish(second, marketing, NOON + HOUR, NOON + 2 * HOUR)
    publish(third, marketing, NOON + DAY, NOON + 2 * DAY)
    call_off(second, marketing)
    assert [fresh(version).live_until for version in (live, second, third)] == [NOON + DAY, None, NOON + 2 * DAY]


def test_calling_off_a_plan_gives_the_end_back_that_staff_chose(marketing):
    live, planned = approved("First."), approved("Second.")
    publish(live, marketing, None, NOON + DAY)
    publish(planned, marketing, NOON + HOUR)
    assert fresh(live).live_until == NOON + HOUR
    call_off(planned, marketing)
    assert fresh(live).live_until == NOON + DAY


def test_older_words_are_not_put_over_newer_ones(marketing):
    older, newer = approved("Older."), approved("Newer.")
    publish(newer, marketing)
    with pytest.raises(Refused, match="is live, and newer"):
        publish(older, marketing)
    assert fresh(newer).is_live and fresh(older).live_from is None


def test_a_version_is_planned_up_to_two_years_ahead(marketing):
    version = approved()
    with pytest.raises(Refused, match="more than two years"):
        publish(version, marketing, NOON + TWO_YEARS + SECOND)
    assert publish(version, marketing, NOON + TWO_YEARS).kind == CopyEvent.Kind.PLANNED


def test_what_happened_is_noted_with_who_did_it_and_in_words(marketing):
    version = approved()
    steps = [
        publish(version, marketing, NOON + HOUR, NOON + DAY),
        call_off(version, marketing),
        publish(version, marketing),
        take_down(version, marketing, NOON + DAY),
        keep_up(version, marketing),
        take_down(version, marketing),
        bring_back(version, marketing),
    ]
    assert [event.kind for event in steps] == [
        "planned",
        "called-off",
        "published",
        "ends",
        "kept",
        "taken-down",
        "brought-back",
    ]
    assert {(event.by, event.version) for event in steps} == {(marketing, version)}
    assert [event.words[:30] for event in steps if event.kind in ("ends", "taken-down")] == [
        "Thursday, May 2, 2030, 12:00\N{NO-BREAK SPACE}P",
        "Wednesday, May 1, 2030, 12:00\N{NO-BREAK SPACE}",
    ]


def test_what_is_called_off_has_no_time_left(marketing):
    version = approved()
    publish(version, marketing, NOON + HOUR, NOON + DAY)
    call_off(version, marketing)
    version = fresh(version)
    assert (version.live_from, version.live_until, version.ends_at) == (None, None, None)


def test_what_is_planned_is_told_with_the_version_that_follows(marketing):
    first, second = approved("First."), approved("Second.")
    publish(second, marketing, NOON + DAY)
    told = publish(first, marketing, NOON + HOUR).words
    assert told == (
        f"Version {first.number} goes live on Wednesday, May 1, 2030, 1:00{NB}PM, by itself. It replaces version 1. "
        f"On Thursday, May 2, 2030, 12:00{NB}PM version {second.number} follows."
    )


def test_words_that_something_stops_now_are_not_published(marketing):
    version = approved()
    version.claims.all().delete()
    with pytest.raises(Refused, match="not the words that were signed"):
        publish(version, marketing)
    Version.objects.filter(pk=version.pk).update(signed_digest=seen(version))
    with pytest.raises(Refused, match="Mend what stops"):
        publish(version, marketing)
    assert fresh(version).live_from is None


def test_versions_of_other_pages_and_languages_do_not_stand_in_the_way(marketing):
    version, other = approved(), Benefit.objects.get(slug="sun-damage").newest_version()
    arabic = copy_of(other)
    Version.objects.filter(pk=arabic.pk).update(language="ar", unit=version.unit, number=99)
    Version.objects.filter(pk=arabic.pk).update(signed_digest="x", live_from=NOON - DAY)
    Version.objects.filter(pk=other.pk).update(number=98)
    publish(version, marketing)
    assert (fresh(version).is_live, fresh(arabic).is_live, fresh(other).is_live) == (True, True, True)
