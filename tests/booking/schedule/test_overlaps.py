"""No two times of one clinician overlap: the database refuses them, and each way in says what is in the way."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from booking.models import OpenTime, overlap_guard
from booking.schedule.opening import TimeInTheWay, open_again, open_time
from booking.schedule.times import book
from booking.states import IllegalStep
from tests import databases
from tests.booking.schedule.races import at_ten
from tests.environment import PROCESS
from tests.factories import make_request, make_staff, make_time, open_around_the_clock

pytestmark = pytest.mark.django_db
CALENDAR = "/admin/booking/opentime/calendar/do/"
LIST = "/admin/booking/opentime/"


@pytest.fixture
def there():
    """A time of twenty minutes at ten in the morning, in two days, whatever day that is."""
    open_around_the_clock()
    return make_time(0, starts_at=at_ten(2), minutes=20)


def beside(time, minutes, length=20, **fields):
    """Another time that begins so many minutes after the beginning of this one."""
    starts_at = time.starts_at + timedelta(minutes=minutes)
    fields = {"clinician": time.clinician, "ends_at": starts_at + timedelta(minutes=length)} | fields
    return OpenTime(starts_at=starts_at, **fields)


@pytest.mark.parametrize(
    ("minutes", "length", "fits"),
    [
        (0, 20, False),
        (10, 20, False),
        (-10, 20, False),
        (5, 5, False),
        (-10, 60, False),
        (20, 20, True),
        (-20, 20, True),
    ],
)
def test_the_database_refuses_what_overlaps_and_takes_what_touches(there, minutes, length, fits):
    other = beside(there, minutes, length)
    if fits:
        other.save()
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            other.save()
    assert OpenTime.objects.count() == 1 + fits


@pytest.mark.parametrize("state", ["open", "blocked", "withdrawn"])
def test_a_withdrawn_time_is_in_nobodys_way(there, state):
    OpenTime.objects.filter(pk=there.pk).update(state=state)
    refused = False
    try:
        with transaction.atomic():
            beside(there, 10, 30).save()
    except IntegrityError:
        refused = True
    assert refused == (state != "withdrawn")


def test_a_withdrawn_time_may_overlap_until_it_is_opened(there):
    other = beside(there, 10, state="withdrawn")
    other.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenTime.objects.filter(pk=other.pk).update(state="open")


@pytest.mark.parametrize("change", ["starts_at", "ends_at", "clinician"])
def test_a_time_cannot_be_changed_into_anothers_way(there, change):
    other = beside(there, 20) if change != "clinician" else make_time(0, "Dr. Other", starts_at=there.starts_at)
    other.save()
    minute = timedelta(minutes=1)
    changed, values = {
        "starts_at": (other, {"starts_at": other.starts_at - minute, "ends_at": other.ends_at}),
        "ends_at": (there, {"starts_at": there.starts_at, "ends_at": there.ends_at + minute}),
        "clinician": (other, {"clinician": there.clinician}),
    }[change]
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenTime.objects.filter(pk=changed.pk).update(**values)


def test_times_of_two_clinicians_may_overlap(there):
    make_time(0, "Dr. Other", starts_at=there.starts_at)
    assert OpenTime.objects.count() == 2


def test_a_time_does_not_stand_in_its_own_way(there):
    there.with_interpreter = True
    there.save()
    later = there.starts_at + timedelta(minutes=5)
    assert OpenTime.objects.filter(pk=there.pk).update(starts_at=later, ends_at=there.ends_at) == 1


def test_many_at_once_are_refused_whole_where_two_of_them_overlap(there):
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenTime.objects.bulk_create([beside(there, 30), beside(there, 40)])
    assert OpenTime.objects.count() == 1


def test_opening_a_time_says_which_one_is_in_the_way(there):
    with pytest.raises(TimeInTheWay, match=r"Dr\. Example has another time from .* \(open\)\. Nothing was opened"):
        open_time(there.clinician, there.starts_at + timedelta(minutes=10), 30)


def test_a_blocked_time_that_begins_then_is_open_again(there):
    there.set_state_unless_given("blocked")
    assert open_time(there.clinician, there.starts_at, 30) == there
    there.refresh_from_db()
    assert there.state == "open"


def test_a_withdrawn_time_stays_so_while_another_is_in_its_way(there):
    withdrawn = beside(there, 10, state="withdrawn")
    withdrawn.save()
    with pytest.raises(TimeInTheWay):
        open_again(withdrawn)
    withdrawn.refresh_from_db()
    assert withdrawn.state == "withdrawn"


def test_the_calendar_says_what_is_in_the_way(as_staff, there):
    at = (there.starts_at + timedelta(minutes=10)).isoformat()
    page = as_staff("frontdesk").post(f"{CALENDAR}open/", {"at": at, "clinician": there.clinician_id}, follow=True)
    assert ("has another time from" in page.text, OpenTime.objects.count()) == (True, 1)


def test_the_list_opens_what_it_can_and_says_what_is_in_the_way(as_staff, there):
    in_the_way, free = beside(there, 10, state="withdrawn"), beside(there, 60, state="withdrawn")
    OpenTime.objects.bulk_create([in_the_way, free])
    page = as_staff("frontdesk").post(
        LIST, {"action": "open_again", "_selected_action": [in_the_way.pk, free.pk]}, follow=True
    )
    states = dict(OpenTime.objects.values_list("pk", "state"))
    assert (states[in_the_way.pk], states[free.pk]) == ("withdrawn", "open")
    assert "1 time is open again" in page.text and "has another time from" in page.text


def test_a_booked_time_is_not_opened_again(there):
    book(make_request(), there, make_staff("frontdesk"))
    with pytest.raises(IllegalStep, match="held or booked"):
        open_again(OpenTime.objects.get(pk=there.pk))


def test_the_guard_is_there():
    assert overlap_guard.is_installed("default")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite loses a trigger with its table")
@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_made_anew_has_its_guard_after_the_next_migrate(committed):
    field = OpenTime._meta.get_field("reason")
    with connection.schema_editor() as editor:
        editor._remake_table(OpenTime, alter_fields=[(field, field)])
    lost = overlap_guard.is_installed("default")
    call_command("migrate", verbosity=0)
    assert (lost, overlap_guard.is_installed("default")) == (False, True)


@pytest.fixture(scope="module")
def migrated_back(django_db_setup, django_db_blocker):
    """The name of a database as it was before times stored their ends."""
    name = f"{PROCESS}-before-ends"
    with django_db_blocker.unblock():
        call_command("migrate", "booking", "0008", verbosity=0)
        connections.close_all()
        databases.copy(PROCESS, name)
        databases.restore()
        yield name
        databases.drop(name)


@pytest.fixture
def before(committed, migrated_back):
    """The records as they were then; the next test has a fresh copy of the database."""
    connections.close_all()
    databases.copy(migrated_back, PROCESS)
    return MigrationExecutor(connection).loader.project_state([("booking", "0008_index_of_suspects")]).apps


@pytest.mark.django_db(transaction=True)
def test_times_that_overlap_already_are_listed_and_nothing_is_changed(before):
    moment = timezone.now() + timedelta(days=2)
    clinician = before.get_model("booking", "Clinician").objects.create(name="Dr. Example")
    times = before.get_model("booking", "OpenTime").objects
    times.create(clinician=clinician, starts_at=moment, minutes=30)
    times.create(clinician=clinician, starts_at=moment + timedelta(minutes=20), minutes=20)
    with pytest.raises(SystemExit, match=r"Dr\. Example: .* for 30 minutes \(open\) and .* for 20 minutes \(open\)"):
        call_command("migrate", "booking", verbosity=0)
    assert sorted(times.values_list("minutes", flat=True)) == [20, 30]


@pytest.mark.django_db(transaction=True)
def test_times_keep_their_length_when_they_store_their_ends(before):
    moment = timezone.now() + timedelta(days=2)
    clinician = before.get_model("booking", "Clinician").objects.create(name="Dr. Example")
    before.get_model("booking", "OpenTime").objects.create(clinician=clinician, starts_at=moment, minutes=30)
    call_command("migrate", "booking", verbosity=0)
    [time] = OpenTime.objects.all()
    assert (time.minutes, time.ends_at) == (30, moment + timedelta(minutes=30))
