"""The calendar screen of the desk: what it shows, and what can be done in it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Absence, Clinician, OpenTime
from booking.schedule import consultations as do
from booking.schedule.calendar import agenda_of
from booking.schedule.times import book, offer_times
from clinic_site.dates import midnight, moment_words
from clinic_site.models import ClosedDay, OpeningHours
from tests.booking.schedule.races import at_ten
from tests.factories import make_request, make_staff, make_time, open_around_the_clock

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

CALENDAR = "/admin/booking/opentime/calendar/"


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def day_of(time):
    return timezone.localdate(time.starts_at).isoformat()


def act(client, action, **sent):
    return client.post(f"{CALENDAR}do/{action}/", sent, follow=True)


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def test_a_week_shows_what_is_open_held_booked_and_blocked(desk):
    staff = make_staff("frontdesk")
    free, held, booked, blocked = (make_time(24 * 8 + n) for n in range(4))
    offer_times(make_request(name="Halima Held", email="h@patient.example"), [held], staff)
    book(make_request(name="Boris Booked"), booked, staff)
    blocked.set_state_unless_given("blocked", "Staff meeting")
    page = desk.get(CALENDAR, {"day": day_of(free)}).text
    cells = dict(re.findall(r'<a\s+class="cell (\w+)(.*?)</a>', page, re.DOTALL))
    for kind, words in [
        ("open", "Open"),
        ("held", "Halima Held"),
        ("booked", "Boris Booked"),
        ("blocked", "Staff meeting"),
    ]:
        assert words in cells[kind]


def test_the_number_of_queries_does_not_grow_with_the_times(desk, django_assert_max_num_queries):
    staff = make_staff("frontdesk")
    first = make_time(0, starts_at=at_ten(8), minutes=1)
    book(make_request(), first, staff)
    address = {"day": day_of(first)}
    desk.get(CALENDAR, address)
    with django_assert_max_num_queries(16) as few:
        desk.get(CALENDAR, address)
    for number in range(20):
        starts_at = first.starts_at + timedelta(minutes=number + 1)
        time = make_time(0, starts_at=starts_at, minutes=1)
        book(make_request(email=f"p{number}@patient.example"), time, staff)
    with django_assert_max_num_queries(len(few)):
        assert desk.get(CALENDAR, address).text.count('class="cell booked"') == 21


def test_an_empty_place_is_opened_and_a_second_click_says_that_it_is_there(desk):
    who = Clinician.objects.create(name="Dr. Example")
    open_around_the_clock()
    moment = (timezone.now() + timedelta(days=3)).replace(hour=17, microsecond=0).isoformat()
    assert "Open now" in act(desk, "open", at=moment, clinician=who.pk).text
    assert OpenTime.objects.get().state == "open"
    assert "has another time" in act(desk, "open", at=moment, clinician=who.pk).text


@pytest.mark.parametrize("sent", [{}, {"at": "soon", "clinician": "1"}, {"at": "2030-01-01T10:00", "clinician": "1"}])
@pytest.mark.timeless
def test_nothing_is_opened_at_no_place(desk, sent):
    assert "Nothing was opened" in act(desk, "open", **sent).text
    assert not OpenTime.objects.exists()


def test_a_time_is_blocked_with_a_reason_and_opened_again(desk):
    time = make_time(72)
    act(desk, "block", time=time.pk, reason="Training")
    assert (fresh(time).state, fresh(time).reason) == ("blocked", "Training")
    act(desk, "open-again", time=time.pk)
    assert (fresh(time).state, fresh(time).reason) == ("open", "")
    act(desk, "withdraw", time=time.pk)
    assert fresh(time).state == "withdrawn"


def test_an_interpreter_is_found_for_a_time_that_somebody_has_and_falls_away_again(desk):
    time = make_time(72)
    book(make_request(interpreter=True), time, make_staff("frontdesk"))
    shown = {"day": day_of(time), "time": time.pk}
    assert "An interpreter comes" in desk.get(CALENDAR, shown).text
    assert "an interpreter comes." in act(desk, "interpreter", time=time.pk, comes="1").text
    assert (fresh(time).with_interpreter, fresh(time).state) == (True, "booked")
    assert "No interpreter comes" in desk.get(CALENDAR, shown).text
    assert "no interpreter comes." in act(desk, "interpreter", time=time.pk, comes="0").text
    assert not fresh(time).with_interpreter


@pytest.mark.parametrize("action", ["block", "withdraw", "open-again"])
def test_a_booked_time_is_never_blocked(desk, action):
    time = make_time(72)
    book(make_request(), time, make_staff("frontdesk"))
    assert "held or booked" in act(desk, action, time=time.pk).text
    assert fresh(time).state == "booked"


def test_a_stretch_is_blocked_for_one_clinician_and_what_is_booked_stays(desk):
    inside, booked = make_time(72), make_time(72.5)
    other = make_time(72, clinician="Dr. Other")
    book(make_request(), booked, make_staff("frontdesk"))
    local = timezone.localtime(inside.starts_at)
    sent = {
        "day": local.date().isoformat(),
        "begins": local.strftime("%H:%M"),
        "ends": "23:59",
        "who": inside.clinician_id,
        "reason": "Training",
    }
    act(desk, "block-span", **sent)
    assert [fresh(time).state for time in (inside, booked, other)] == ["blocked", "booked", "open"]


def test_a_stretch_without_an_end_blocks_nothing(desk):
    time = make_time(72)
    assert "Nothing was blocked" in act(desk, "block-span", day=day_of(time), begins="08:00", ends="").text
    assert fresh(time).state == "open"


def test_a_booked_cell_can_be_picked_up_and_put_down_elsewhere(desk):
    old, new = make_time(24 * 8), make_time(24 * 8 + 1)
    consultation_request = make_request(name="Amira Haddad")
    book(consultation_request, old, make_staff("frontdesk"))
    page = desk.get(CALENDAR, {"day": day_of(old), "move": consultation_request.pk, "time": new.pk}).text
    assert "Your consultation has a new time" in page and moment_words(new.starts_at) in page
    assert "Moving Amira Haddad" in page and f'<option value="{new.pk}" selected>' in page
    back = f"{CALENDAR}?day={day_of(old)}"
    done = desk.post(
        f"/admin/booking/consultationrequest/{consultation_request.pk}/do/move/",
        {"time": new.pk, "back": back},
        follow=True,
    )
    assert done.redirect_chain == [(back, 302)] and "Moved to" in done.text
    assert consultation_request.consultation.time == new


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/admin/", "/admin\\evil", "/consultation/"])
@pytest.mark.timeless
def test_a_button_comes_back_to_staff_pages_alone(desk, back):
    time = make_time(72)
    response = desk.post(f"{CALENDAR}do/block/", {"time": time.pk, "back": back})
    assert response["Location"] == CALENDAR


def test_who_waits_for_a_free_time_is_shown_and_offered_it_in_one_click(desk):
    consultation_request, free = make_request(name="Helen Shamoun"), make_time(48)
    book(consultation_request, make_time(24 * 9), make_staff("frontdesk"))
    do.wait_for_earlier(consultation_request)
    page = desk.get(CALENDAR, {"day": day_of(free), "time": free.pk}).text
    assert "Wait for a time like this" in page and "Helen Shamoun" in page
    desk.post(f"/admin/booking/consultationrequest/{consultation_request.pk}/do/earlier/", {"time": free.pk})
    assert (fresh(free).state, consultation_request.offers.waiting().count()) == ("held", 1)


def test_closed_days_and_breaks_are_said(desk):
    OpeningHours.objects.all().delete()
    ClosedDay.objects.all().delete()
    day = timezone.localdate() + timedelta(days=8)
    for opens, closes in (("08:00", "12:00"), ("13:00", "16:00")):
        OpeningHours.objects.create(weekday=day.weekday(), opens=opens, closes=closes)
    Clinician.objects.create(name="Dr. Example")
    assert 'class="cell break"' in desk.get(CALENDAR, {"day": day.isoformat()}).text
    make_time(24 * 8)
    ClosedDay.objects.create(date=day, name="Founders Day")
    assert "closed: Founders Day" in desk.get(CALENDAR, {"day": day.isoformat()}).text


def column_of(day, clinician):
    """The cells of one clinician's day, from top to bottom, and the minutes of a row."""
    agenda = agenda_of(day, 1, [clinician])
    return [cell for row in agenda.rows for cell in row.cells], agenda.unit


def test_a_day_is_drawn_to_scale_with_its_hours_breaks_and_absences():
    time = make_time(24 * 8)
    OpeningHours.objects.all().delete()
    day = timezone.localdate(time.starts_at)
    for opens, closes in (("08:00", "12:00"), ("13:00", "16:30")):
        OpeningHours.objects.create(weekday=day.weekday(), opens=opens, closes=closes)
    OpenTime.objects.all().delete()
    begins = midnight(day) + timedelta(hours=14)
    Absence.objects.create(
        clinician=time.clinician, begins_at=begins, ends_at=begins + timedelta(hours=1), reason="Ill"
    )
    cells, unit = column_of(day, time.clinician)
    minutes = {
        kind: sum(cell.rows for cell in cells if cell.kind == kind) * unit for kind in ("break", "away", "outside")
    }
    assert minutes == {"break": 60, "away": 60, "outside": 30}
    assert sum(cell.rows for cell in cells) * unit == 9 * 60
    assert [cell.reason for cell in cells if cell.kind == "away"] == ["Ill"]


def test_who_is_booked_is_drawn_on_a_closed_day_and_in_an_absence():
    booked, other = make_time(24 * 8, minutes=20), make_time(24 * 8, clinician="Dr. Other")
    book(make_request(), booked, make_staff("frontdesk"))
    day = timezone.localdate(booked.starts_at)
    ClosedDay.objects.create(date=day, name="Flood")
    kinds = [cell.kind for cell in column_of(day, booked.clinician)[0]]
    assert kinds.count("booked") == 1 and "closed" in kinds
    assert {cell.kind for cell in column_of(day, other.clinician)[0]} == {"closed"}


def test_times_at_odd_minutes_all_have_a_place_of_their_own():
    times = [make_time(24 * 8 + number / 60, minutes=1) for number in range(7)]
    cells, _unit = column_of(timezone.localdate(times[0].starts_at), times[0].clinician)
    of_that_day = [
        time for time in times if timezone.localdate(time.starts_at) == timezone.localdate(times[0].starts_at)
    ]
    assert [cell.time for cell in cells if cell.time] == of_that_day
    assert len({cell.row for cell in cells}) == len(cells)


@pytest.mark.parametrize(
    "query", ["?day=nonsense", "?day=2026-02-30", "?time=abc", "?move=99999999999999999999", "?at=x"]
)
def test_strange_questions_show_the_week(desk, query):
    Clinician.objects.create(name="Dr. Example")
    assert desk.get(CALENDAR + query).status_code == 200


def test_without_clinicians_the_next_step_is_said(as_staff):
    assert "Add a clinician" in as_staff("manager").get(CALENDAR).text


def test_the_day_sheet_has_times_initials_and_references_and_no_names(desk):
    time = make_time(24 * 8)
    consultation_request = make_request(name="Amira Haddad", phone="+15865550101")
    book(consultation_request, time, make_staff("frontdesk"))
    page = desk.get(f"{CALENDAR}sheet/", {"day": day_of(time)}).text
    assert "A. H." in page and consultation_request.reference in page
    for told in ("Amira", "Haddad", "patient.example", "555-0101"):
        assert told not in page


@pytest.mark.parametrize("address", [CALENDAR, f"{CALENDAR}sheet/"])
@pytest.mark.timeless
def test_marketing_sees_no_calendar(as_staff, address):
    time = make_time(72)
    book(make_request(name="Amira Haddad"), time, make_staff("frontdesk"))
    response = as_staff("marketing").get(address, {"day": day_of(time)})
    assert response.status_code == 403 and "Amira" not in response.text


@pytest.mark.parametrize("action", ["open", "block", "withdraw", "open-again", "interpreter", "block-span"])
@pytest.mark.timeless
def test_a_clinician_looks_and_changes_nothing(as_staff, action):
    time = make_time(72)
    clinician = as_staff("clinician")
    assert clinician.get(CALENDAR, {"day": day_of(time)}).status_code == 200
    assert act(clinician, action, time=time.pk).status_code == 403
    assert fresh(time).state == "open"


def test_no_get_changes_anything(desk):
    time = make_time(72)
    assert desk.get(f"{CALENDAR}do/block/", {"time": time.pk}).status_code == 405
    assert fresh(time).state == "open"


def test_a_manager_makes_and_ends_a_clinicians_feed(as_staff):
    who = Clinician.objects.create(name="Dr. Example")
    address, manager = f"/admin/booking/clinician/{who.pk}/feed/", as_staff("manager")
    assert fresh(who).feed_url == ""
    page = manager.post(address, {"feed": "make"}, follow=True)
    assert fresh(who).feed_url and fresh(who).feed_url in page.text
    manager.post(address, {"feed": "end"})
    assert fresh(who).feed_url == ""


def test_the_front_desk_cannot_make_a_feed(desk):
    who = Clinician.objects.create(name="Dr. Example")
    assert desk.post(f"/admin/booking/clinician/{who.pk}/feed/", {"feed": "make"}).status_code == 403
    assert fresh(who).feed_url == ""
