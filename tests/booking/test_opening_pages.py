"""The screens of hours, closed days, absences and who sees patients: first whom it touches, then the change."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib import admin
from django.utils import timezone

from booking.models import Absence, Clinician, OpenTime
from booking.schedule.times import book
from clinic_site.models import ClosedDay, OpeningHours
from tests.booking.schedule import doors
from tests.booking.schedule.doors import fresh
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
MONDAY, TUESDAY = (datetime(2027, 3, day, 9, tzinfo=DETROIT) for day in (15, 16))
TIMES = "/admin/booking/opentime/"
OPENING = f"{TIMES}opening/"


@pytest.fixture(autouse=True)
def monday_morning(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def manager(as_staff):
    return as_staff("manager")


def at(moment, clinician="Dr. Example"):
    made = make_time(1, clinician)
    shift_time(made, moment)
    doors.set_hours("08:00", "17:00", range(5))
    return fresh(made)


@pytest.fixture
def booked():
    consultation_request = make_request(name="Amira Haddad")
    book(consultation_request, at(TUESDAY), make_staff("frontdesk"))
    return consultation_request


@pytest.fixture
def clinician(booked):
    return booked.consultation.time.clinician


def closing(clinician):
    return f"{TIMES}close/", {"day": "2027-03-16", "name": "Snow"}


def hours_from_ten(clinician):
    answers = {f"opens-{day}-0": "10:00" for day in range(5)} | {f"closes-{day}-0": "17:00" for day in range(5)}
    return f"{OPENING}hours/", answers


def three_days_away(clinician):
    return f"{OPENING}away/{clinician.pk}/", {"first_day": "2027-03-15", "last_day": "2027-03-17", "begins": "10:00"}


def seeing_nobody(clinician):
    return f"{OPENING}sees/{clinician.pk}/", {"look": "1"}


SCREENS = [closing, hours_from_ten, three_days_away, seeing_nobody]


def name_of(function):
    return function.__name__


def seen_in(page):
    return re.search(r'name="seen" value="(\w+)"', page.text)[1]


def look_and_do(client, address, answers, **more):
    looked = client.post(address, answers)
    return client.post(address, answers | {"do": "chosen", "seen": seen_in(looked)} | more, follow=True)


@pytest.mark.parametrize("screen", SCREENS, ids=name_of)
def test_a_screen_shows_whom_it_touches_and_changes_nothing_before_the_second_click(manager, booked, clinician, screen):
    page = manager.post(*screen(clinician))
    assert page.status_code == 200 and "This touches 1 person" in page.text and "Amira Haddad" in page.text
    assert booked.consultation.time in OpenTime.objects.ahead()


@pytest.mark.parametrize("screen", SCREENS, ids=name_of)
def test_the_change_is_made_with_what_was_chosen_for_each(manager, booked, clinician, screen):
    at(TUESDAY + timedelta(days=2, hours=2), "Dr. Other")
    done = look_and_do(manager, *screen(clinician), **{f"do-booked-{booked.pk}": "cancel"})
    assert "Moved: 0. Canceled: 1. To be settled on Today: 0." in done.text
    assert fresh(booked).state == "in-conversation"
    assert not OpenTime.objects.ahead().filter(clinician=clinician).exists()


@pytest.mark.parametrize("screen", SCREENS, ids=name_of)
def test_what_is_proposed_is_done_where_nothing_else_is_chosen(manager, booked, clinician, screen):
    other = at(TUESDAY + timedelta(days=2, hours=2), "Dr. Other")
    page = manager.post(*screen(clinician))
    assert re.search(r'value="move"\s+checked', page.text) and f'value="{other.pk}" selected' in page.text
    look_and_do(manager, *screen(clinician), **{f"to-booked-{booked.pk}": other.pk})
    assert booked.consultation.time == other


@pytest.mark.parametrize("screen", SCREENS, ids=name_of)
def test_everybody_can_be_settled_later(manager, booked, clinician, screen):
    at(TUESDAY + timedelta(days=2, hours=2), "Dr. Other")
    look_and_do(manager, *screen(clinician), do="later")
    assert fresh(booked).state == "booked"
    assert [time.request for time in OpenTime.objects.cannot_stand()] == [booked]
    assert "Cannot stand, must be settled" in manager.get("/admin/").text


@pytest.mark.parametrize("screen", SCREENS, ids=name_of)
def test_whom_a_second_person_booked_meanwhile_is_shown_before_anything_is_changed(manager, booked, clinician, screen):
    address, answers = screen(clinician)
    looked = manager.post(address, answers)
    late = make_request(name="Late Person", email="late@patient.example")
    book(late, at(TUESDAY + timedelta(minutes=20)), make_staff("frontdesk"))
    again = manager.post(address, answers | {"do": "chosen", "seen": seen_in(looked)})
    assert again.status_code == 409 and "Late Person" in again.text and "Nothing was done" in again.text
    assert OpenTime.objects.cannot_stand().count() == 0 and fresh(booked).state == "booked"


def test_without_a_look_nothing_is_changed(manager, booked):
    address, answers = closing(None)
    assert manager.post(address, answers | {"do": "chosen"}).status_code == 409
    assert not ClosedDay.objects.filter(date=TUESDAY.date()).exists()


def test_another_day_than_was_looked_at_is_looked_at_first(manager, booked):
    address, answers = closing(None)
    seen = seen_in(manager.post(address, answers | {"day": "2027-03-18"}))
    assert manager.post(address, answers | {"do": "chosen", "seen": seen}).status_code == 409
    assert not ClosedDay.objects.filter(date=TUESDAY.date()).exists()


@pytest.mark.parametrize(
    ("day", "name"), [("2027-03-14", "Snow"), ("2020-01-01", "Snow"), ("soon", "Snow"), ("2027-03-16", "")]
)
def test_a_day_that_is_over_or_without_a_reason_is_not_closed(as_staff, day, name):
    assert as_staff("frontdesk").post(f"{TIMES}close/", {"day": day, "name": name}).status_code == 422
    assert not ClosedDay.objects.filter(name="Snow").exists()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"opens-0-0": "08:00"}, "Monday: give both"),
        ({"opens-0-0": "08:00", "closes-0-0": "08:00"}, "Monday: the end of a stretch"),
        (
            {"opens-6-0": "08:00", "closes-6-0": "12:00", "opens-6-1": "11:59", "closes-6-1": "17:00"},
            "Sunday: two stretches overlap",
        ),
        ({"opens-0-0": "soon", "closes-0-0": "17:00"}, "Enter a valid time"),
    ],
)
def test_hours_that_contradict_themselves_are_refused(manager, answers, words):
    before = set(OpeningHours.objects.values_list("weekday", "opens", "closes"))
    page = manager.post(f"{OPENING}hours/", answers)
    assert page.status_code == 422 and words in page.text
    assert set(OpeningHours.objects.values_list("weekday", "opens", "closes")) == before


def test_hours_with_a_break_are_kept_as_they_were_entered(manager):
    answers = {"opens-2-0": "08:00", "closes-2-0": "12:00", "opens-2-1": "12:00", "closes-2-1": "16:30"}
    look_and_do(manager, f"{OPENING}hours/", answers)
    rows = list(OpeningHours.objects.values_list("weekday", "opens", "closes"))
    assert rows == [(2, time(8), time(12)), (2, time(12), time(16, 30))]


@pytest.mark.parametrize(
    ("answers", "begins", "ends"),
    [
        ({"first_day": "2027-03-16"}, "2027-03-16T00:00", "2027-03-17T00:00"),
        ({"first_day": "2027-03-16", "last_day": "2027-03-18"}, "2027-03-16T00:00", "2027-03-19T00:00"),
        ({"first_day": "2027-03-16", "begins": "13:00", "ends": "15:30"}, "2027-03-16T13:00", "2027-03-16T15:30"),
        ({"first_day": "2027-03-15", "begins": "10:00"}, "2027-03-15T10:00", "2027-03-16T00:00"),
    ],
)
def test_an_absence_is_of_days_or_of_hours(manager, clinician, answers, begins, ends):
    look_and_do(manager, f"{OPENING}away/{clinician.pk}/", answers)
    absence = Absence.objects.get()
    assert (absence.begins_at, absence.ends_at) == tuple(
        datetime.fromisoformat(moment).replace(tzinfo=DETROIT) for moment in (begins, ends)
    )


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"first_day": "2027-03-16", "last_day": "2027-03-15"},
        {"first_day": "2027-03-16", "begins": "13:00", "ends": "13:00"},
        {"first_day": "2027-03-14"},
        {"first_day": "2027-03-15", "ends": "09:00"},
    ],
)
def test_an_absence_that_is_over_or_ends_before_it_begins_is_refused(manager, clinician, answers):
    assert manager.post(f"{OPENING}away/{clinician.pk}/", answers).status_code == 422
    assert not Absence.objects.exists()


def test_what_was_changed_can_be_taken_back_on_the_same_page(manager, clinician):
    look_and_do(manager, *closing(clinician), do="later")
    look_and_do(manager, *three_days_away(clinician))
    look_and_do(manager, *seeing_nobody(clinician))
    page = manager.get(OPENING).text
    assert "Snow" in page and "away" in page and "sees no patients" in page
    manager.post(f"{OPENING}reopen/{ClosedDay.objects.get(date=TUESDAY.date()).pk}/")
    manager.post(f"{OPENING}back/{Absence.objects.get().pk}/")
    manager.post(f"{OPENING}sees/{clinician.pk}/")
    assert not OpenTime.objects.cannot_stand().exists() and fresh(clinician).sees_patients


def pages_of(clinician):
    return {
        "hours": f"{OPENING}hours/",
        "sees": f"{OPENING}sees/{clinician.pk}/",
        "away": f"{OPENING}away/{clinician.pk}/",
        "close": f"{TIMES}close/",
    }


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("manager", {"hours", "sees", "away", "close"}),
        ("frontdesk", {"close"}),
        ("clinician", set()),
        ("marketing", set()),
    ],
)
def test_each_screen_is_for_those_whose_it_is(as_staff, clinician, role, may):
    client = as_staff(role)
    answered = {name for name, page in pages_of(clinician).items() if client.post(page, {"look": 1}).status_code != 403}
    assert answered == may


@pytest.mark.parametrize("role", ["frontdesk", "clinician", "marketing"])
def test_only_the_manager_takes_back_closed_days_and_absences(as_staff, clinician, role):
    closed = ClosedDay.objects.create(date=TUESDAY.date(), name="Snow")
    absence = Absence.objects.create(clinician=clinician, begins_at=MONDAY, ends_at=TUESDAY)
    client = as_staff(role)
    for page in (f"reopen/{closed.pk}/", f"back/{absence.pk}/"):
        assert client.post(f"{OPENING}{page}").status_code == 403
    assert ClosedDay.objects.filter(pk=closed.pk).exists() and Absence.objects.exists()


def test_a_change_by_get_is_none(manager, clinician):
    for page in pages_of(clinician).values():
        assert manager.get(page).status_code in (200, 302)
    assert fresh(clinician).sees_patients and not Absence.objects.exists()


# No other door


def test_no_stock_page_writes_hours_closed_days_or_absences():
    assert not {OpeningHours, ClosedDay, Absence} & set(admin.site._registry)


def test_the_stock_page_of_a_clinician_does_not_untick_that_they_see_patients(manager, booked, clinician):
    manager.post(f"/admin/booking/clinician/{clinician.pk}/change/", {"name": "Dr. New"})
    assert (fresh(clinician).name, fresh(clinician).sees_patients) == ("Dr. New", True)


def test_a_new_clinician_can_be_entered_who_sees_nobody_yet(manager):
    manager.post("/admin/booking/clinician/add/", {"name": "Dr. New"})
    assert not Clinician.objects.get(name="Dr. New").sees_patients


# The calendar says what an open time is


def calendar(client):
    return client.get(f"{TIMES}calendar/?day=2027-03-16").text


@pytest.mark.parametrize(
    ("screen", "word"),
    [
        (closing, "closed"),
        (hours_from_ten, "outside hours"),
        (three_days_away, "away"),
        (seeing_nobody, "sees no patients"),
    ],
)
def test_the_calendar_shows_what_hinders_an_open_time_and_who_cannot_stand(manager, booked, clinician, screen, word):
    at(TUESDAY + timedelta(minutes=20))
    before = calendar(manager)
    assert "unbookable" not in before and "cannot-stand" not in before
    look_and_do(manager, *screen(clinician), do="later")
    page = calendar(manager)
    covered = word in ("closed", "away")  # no time stands there any more: the reason does
    cell = page[page.index("cell shut" if covered else "cell unbookable") :]
    assert word in cell[: cell.index("</span>" if covered else "</a>")]
    assert "cell booked cannot-stand" in page and "Amira Haddad" in page
    assert "1 booked, 0 open" in page or "closed: Snow" in page


def test_times_of_a_past_day_are_shown_as_they_were(manager, time_machine):
    at(TUESDAY)
    time_machine.move_to(TUESDAY + timedelta(days=1), tick=False)
    assert "unbookable" not in calendar(manager)
    assert timezone.now() > TUESDAY
