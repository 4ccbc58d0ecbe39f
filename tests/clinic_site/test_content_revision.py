from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from clinic_site.content_revision import (
    ContentRevision,
    KeptUntilChanged,
    PublishedModel,
    PublishedQuerySet,
    next_change,
)
from clinic_site.models import Banner, OpeningHours, TeamMember
from tests.factories import make_benefit, make_request
from treatments.models import Claim, Source, Version

pytestmark = pytest.mark.django_db


def make_person(name="Dr. Example"):
    return TeamMember.objects.create(name=name, role="Dermatologist")


def rename(person):
    person.name = "Renamed"
    return person


ONE_ROW = {
    "save": lambda person: rename(person).save(),
    "save of one field": lambda person: rename(person).save(update_fields=["name"]),
    "delete": lambda person: person.delete(),
}
MANY_ROWS = {
    "create": lambda people: people.create(name="Another", role="Nurse"),
    "get_or_create": lambda people: people.get_or_create(name="Another"),
    "update_or_create": lambda people: people.update_or_create(name="Dr. Example", defaults={"role": "Nurse"}),
    "update": lambda people: people.filter(role="Dermatologist").update(role="Nurse"),
    "bulk_create": lambda people: people.bulk_create([TeamMember(name="Another", role="Nurse")]),
    "bulk_update": lambda people: people.bulk_update([rename(people.get())], ["name"]),
    "delete": lambda people: people.filter(role="Dermatologist").delete(),
}
OF_A_RELATION = {
    "set": lambda claim, source: claim.sources.set([source]),
    "add": lambda claim, source: claim.sources.add(source),
    "clear": lambda claim, source: claim.sources.clear(),
    "remove": lambda claim, source: claim.sources.remove(claim.sources.first()),
}

IMPOSSIBLE = {
    "save": lambda: OpeningHours(weekday=6, opens="12:00", closes="09:00").save(),
    "update": lambda: OpeningHours.objects.update(closes="08:00"),
    "bulk_create": lambda: OpeningHours.objects.bulk_create([OpeningHours(weekday=6, opens="12:00", closes="09:00")]),
}


@pytest.mark.parametrize("write", ONE_ROW.values(), ids=ONE_ROW)
def test_a_write_to_one_row_raises_the_revision(write):
    person = make_person()
    before = ContentRevision.current()
    write(person)
    assert ContentRevision.current() > before


@pytest.mark.parametrize("write", MANY_ROWS.values(), ids=MANY_ROWS)
def test_a_write_to_many_rows_raises_the_revision(write):
    make_person()
    before = ContentRevision.current()
    write(TeamMember.objects)
    assert ContentRevision.current() > before


@pytest.mark.parametrize("write", OF_A_RELATION.values(), ids=OF_A_RELATION)
def test_a_change_of_a_claims_sources_raises_the_revision(write):
    claim = Claim.objects.filter(cited__isnull=False).first()
    source = Source.objects.exclude(pk__in=claim.sources.all()).first()
    before = ContentRevision.current()
    write(claim, source)
    assert ContentRevision.current() > before


@pytest.mark.parametrize("write", ONE_ROW.values(), ids=ONE_ROW)
def test_a_rollback_takes_the_raise_back(write):
    person = make_person()
    before = ContentRevision.current()
    with transaction.atomic():
        write(person)
        transaction.set_rollback(True)
    assert ContentRevision.current() == before


def test_every_public_model_writes_in_bulk_through_the_queryset_that_raises_the_revision():
    models = [model for model in apps.get_models() if issubclass(model, PublishedModel)]
    managers = {model.__name__: model._default_manager.get_queryset() for model in models}
    assert [name for name, rows in managers.items() if not isinstance(rows, PublishedQuerySet)] == []


def test_what_is_not_on_public_pages_leaves_the_revision_alone():
    before = ContentRevision.current()
    make_request().save()
    assert ContentRevision.current() == before


def test_reading_leaves_the_revision_alone(client):
    before = ContentRevision.current()
    client.get("/")
    assert ContentRevision.current() == before


def test_the_first_write_of_a_new_database_counts():
    ContentRevision.objects.all().delete()
    assert ContentRevision.current() == 0
    make_person()
    assert (ContentRevision.current(), ContentRevision.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_the_revision_and_the_write_it_counts_are_one_transaction(write):
    """Otherwise a page rendered between the two is kept under the new number with the old words."""
    OpeningHours.objects.create(weekday=5, opens="09:00", closes="12:00")
    before = ContentRevision.current()
    with pytest.raises(IntegrityError):
        write()
    assert ContentRevision.current() == before


@pytest.fixture
def no_clocks():
    """Nothing that the clock will change."""
    Version.objects.update(live_from=datetime(2020, 1, 1, tzinfo=UTC))


NOON = datetime(2030, 5, 1, 16, tzinfo=UTC)  # noon in Detroit


def test_the_clock_changes_nothing_where_nothing_is_planned(no_clocks):
    assert next_change(NOON) is None


def test_a_banner_changes_pages_when_it_comes_and_when_it_goes(no_clocks):
    comes, goes = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    Banner.objects.create(text="Closed", shown_from=comes, shown_until=goes)
    assert [next_change(NOON), next_change(comes), next_change(goes)] == [comes, goes, None]


def test_a_version_changes_pages_when_it_begins_and_when_it_ends(no_clocks):
    begins, ends = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    version = make_benefit().newest_version()
    Version.objects.filter(pk=version.pk).update(live_from=begins, live_until=ends)
    assert [next_change(NOON), next_change(begins), next_change(ends)] == [begins, ends, None]


def test_the_earliest_change_of_all_wins(no_clocks):
    first, second = NOON + timedelta(days=1), NOON + timedelta(days=2)
    Version.objects.filter(pk=make_benefit().newest_version().pk).update(live_from=first)
    Banner.objects.create(text="Closed", shown_from=second, shown_until=second + timedelta(days=1))
    assert [next_change(NOON), next_change(first)] == [first, second]


def test_what_was_kept_is_made_anew_when_the_clock_is_set_back(time_machine):
    kept, made = KeptUntilChanged(most=1), count()

    def look(hour):
        time_machine.move_to(datetime(2027, 6, 1, hour, tzinfo=UTC), tick=False)
        return kept.get("page", lambda: next(made))

    assert [look(hour) for hour in (12, 12, 13, 11, 12)] == [0, 0, 0, 1, 1]
