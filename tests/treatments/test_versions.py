from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import copy_of, make_benefit, make_staff, make_version
from treatments.models import Version

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def show(version, live_from, live_until=None):
    Version.objects.filter(pk=version.pk).update(live_from=live_from, live_until=live_until)


def shown_at(unit, moment):
    return [version.number for version in Version.objects.live_at(moment).filter(unit=unit)]


@pytest.mark.parametrize(
    ("live_from", "live_until", "is_shown"),
    [
        pytest.param(None, None, False, id="draft"),
        pytest.param(NOON - DAY, None, True, id="since yesterday"),
        pytest.param(NOON, None, True, id="from this moment"),
        pytest.param(NOON + SECOND, None, False, id="a second later"),
        pytest.param(NOON - DAY, NOON + SECOND, True, id="for one more second"),
        pytest.param(NOON - DAY, NOON, False, id="until this moment"),
        pytest.param(NOON - DAY, NOON - SECOND, False, id="until a second ago"),
        pytest.param(NOON, NOON, False, id="for no time at all"),
        pytest.param(NOON + SECOND, NOON + DAY, False, id="for a while to come"),
    ],
)
def test_what_is_shown_at_a_moment(time_machine, live_from, live_until, is_shown):
    version = make_benefit().newest_version()
    show(version, live_from, live_until)
    time_machine.move_to(NOON, tick=False)
    version.refresh_from_db()
    assert (shown_at(version.unit, NOON), version.is_live) == ([1] if is_shown else [], is_shown)


def test_another_language_is_not_shown_to_readers_of_english():
    version = make_benefit(language="ar").in_language("ar").newest_version()
    version.go_live(NOON)
    assert shown_at(version.unit, NOON) == []
    assert list(Version.objects.live_at(NOON, "ar")) == [version]


def test_going_live_shows_a_draft_from_now_on(time_machine):
    version = make_benefit().newest_version()
    time_machine.move_to(NOON, tick=False)
    version.go_live()
    version.refresh_from_db()
    assert (version.live_from, version.live_until, version.is_live) == (NOON, None, True)


def test_going_live_ends_the_one_before_at_the_same_moment():
    benefit = make_benefit()
    first, second = benefit.newest_version(), make_version(benefit)
    first.go_live(NOON - DAY)
    second.go_live(NOON)
    first.refresh_from_db()
    assert (first.live_from, first.live_until) == (NOON - DAY, NOON)
    assert [shown_at(benefit, moment) for moment in (NOON - SECOND, NOON, NOON + SECOND)] == [[1], [2], [2]]


def test_going_live_at_a_time_to_come_leaves_the_one_before_until_then():
    benefit = make_benefit()
    first, second = benefit.newest_version(), make_version(benefit)
    first.go_live(NOON)
    second.go_live(NOON + DAY)
    assert [shown_at(benefit, moment) for moment in (NOON, NOON + DAY - SECOND, NOON + DAY)] == [[1], [1], [2]]


def test_going_live_before_a_planned_version_leaves_one_version_at_every_moment():
    benefit = make_benefit()
    first, planned, urgent = benefit.newest_version(), make_version(benefit), make_version(benefit)
    first.go_live(NOON - DAY)
    planned.go_live(NOON + DAY)
    urgent.go_live(NOON)
    shown = [shown_at(benefit, NOON + hours * DAY / 2) for hours in range(5)]
    assert [len(versions) for versions in shown] == [1] * 5
    assert shown[0] == [3]


def test_going_live_leaves_other_units_and_other_languages_alone():
    benefit, other = make_benefit(slug="smoother"), make_benefit(slug="softer")
    arabic = make_version(benefit, number=1, language="ar")
    for version in (arabic, other.newest_version()):
        version.go_live(NOON - DAY)
    benefit.newest_version().go_live(NOON)
    assert shown_at(other, NOON) == [1]
    assert list(Version.objects.live_at(NOON, "ar")) == [arabic]


def test_the_database_refuses_two_versions_that_are_live_without_end():
    benefit = make_benefit()
    benefit.newest_version().go_live(NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_version(benefit, live_from=NOON + DAY)
    assert benefit.versions.count() == 1


def test_the_database_refuses_a_version_that_ends_before_it_begins():
    with pytest.raises(IntegrityError, match="a_version_ends_after_it_begins"), transaction.atomic():
        make_version(make_benefit(), live_from=NOON, live_until=NOON - SECOND)


def test_the_database_refuses_the_same_number_twice():
    benefit = make_benefit()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_version(benefit, number=1)
    make_version(benefit, number=1, language="ar")
    assert list(benefit.versions.values_list("language", "number")) == [("ar", 1), ("en", 1)]


def test_the_newest_version_is_the_one_with_the_highest_number():
    benefit = make_benefit()
    first, second = benefit.newest_version(), make_version(benefit)
    first.go_live()
    assert benefit.newest_version() == second
    assert list(benefit.versions.newest()) == [second]


def test_a_copy_is_the_next_draft_with_the_same_words(time_machine):
    words = {
        "title": "Scars",
        "heading": "Softer scars",
        "lead": "It *may* help [S2].",
        "summary": "May help.",
        "synonyms": "pits, marks",
    }
    first = make_benefit(**words, why="A typo", shipped="digest", live_from=NOON).newest_version()
    writer = make_staff("marketing")
    time_machine.move_to(NOON + DAY, tick=False)
    twin = copy_of(first, writer)
    twin.refresh_from_db()
    assert {name: getattr(twin, name) for name in words} == words
    assert (twin.number, twin.language, twin.unit_id) == (2, "en", first.unit_id)
    assert (twin.live_from, twin.live_until, twin.why, twin.shipped) == (None, None, "", "")
    assert (twin.written_by, twin.written_at) == (writer, NOON + DAY)


def test_a_copy_leaves_the_original_as_it_was():
    first = make_benefit(why="A typo", shipped="digest", live_from=NOON).newest_version()
    before = Version.objects.filter(pk=first.pk).values().get()
    copy_of(first, make_staff("marketing"))
    assert Version.objects.filter(pk=first.pk).values().get() == before
    assert (first.pk, first.number) == (before["id"], 1)


def test_a_copy_of_an_old_version_is_numbered_after_the_newest():
    benefit = make_benefit(summary="As it was.")
    make_version(benefit, summary="As it is.")
    first = benefit.versions.get(number=1)
    twin = copy_of(first)
    assert (twin.number, twin.summary) == (3, "As it was.")


def test_the_database_refuses_to_show_words_that_nobody_signed():
    version = make_version(make_benefit(), shipped="")
    with pytest.raises(IntegrityError, match="only_signed_or_shipped_words_go_live"), transaction.atomic():
        version.go_live()
