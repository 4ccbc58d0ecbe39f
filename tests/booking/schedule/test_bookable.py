"""What can be booked is one rule, asked at every door at the moment of acting: each rule at each door."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking.desk.steps import undo_step
from booking.models import Clinician, Consultation, ConsultationRequest, OpenTime
from booking.schedule.consultations import cancel, wait_for_earlier
from booking.schedule.opening import open_time
from booking.schedule.publishing import publish
from booking.schedule.times import TimeGone, TimeTaken, accept, book, offer_times
from booking.schedule.waiting_list import waiting_for
from booking.services import submit
from booking.states import IllegalStep
from clinic_site.hours import reply_by
from clinic_site.models import Clinic, ClosedDay, OpeningHours, SelfPick
from tests.booking.schedule.doors import (
    CALENDAR,
    DETROIT,
    NOW,
    RULES,
    SILENT,
    WEDNESDAY_AT_TEN,
    WITH_WORDS,
    World,
    close_the_day,
    fresh,
    pattern_of,
    see_no_patients,
    set_hours,
)
from tests.factories import form_data, make_request

pytestmark = pytest.mark.django_db

REFUSALS = ["cannot be", "no longer held", "too late", "Nothing was"]


@pytest.fixture
def world(client, as_staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return World(client, as_staff, time_machine)


def name_of(function):
    return function.__name__


@pytest.mark.parametrize("door", [*SILENT, *WITH_WORDS], ids=name_of)
def test_a_time_that_fits_is_given_at_every_door(world, door):
    steps = door(world)
    next(steps)
    gave, words = next(steps)
    assert gave, words


@pytest.mark.parametrize("rule", RULES, ids=name_of)
@pytest.mark.parametrize("door", [*SILENT, *WITH_WORDS], ids=name_of)
def test_a_time_at_which_nobody_can_come_is_given_at_no_door(world, door, rule):
    steps = door(world)
    next(steps)
    rule(world)
    gave, words = next(steps)
    assert not gave
    assert door in SILENT or any(refusal in words for refusal in REFUSALS)
    assert not Consultation.objects.booked().filter(time__starts_at=WEDNESDAY_AT_TEN).exists()


@pytest.mark.parametrize(
    ("opens", "closes"), [("10:00", "10:20"), ("08:00", "10:20"), ("10:00", "17:00")], ids=lambda clock: clock
)
def test_a_time_may_begin_with_the_hours_and_end_with_them(world, opens, closes):
    set_hours(opens, closes)
    assert world.time in OpenTime.objects.bookable()


def test_a_time_does_not_run_across_the_break(world):
    OpeningHours.objects.all().delete()
    for opens, closes in [("08:00", "10:10"), ("10:15", "17:00")]:
        OpeningHours.objects.create(weekday=2, opens=opens, closes=closes)
    assert world.time not in OpenTime.objects.bookable()


def test_a_time_can_be_booked_until_the_moment_it_begins(world, time_machine):
    time_machine.move_to(WEDNESDAY_AT_TEN - timedelta(seconds=1), tick=False)
    assert world.time in OpenTime.objects.bookable()


def test_a_held_time_can_be_booked_for_whom_it_is_held_alone(world):
    consultation_request = make_request()
    offer_times(consultation_request, [world.time], world.staff)
    assert world.time in OpenTime.objects.bookable(held_for=consultation_request)
    assert world.time not in OpenTime.objects.bookable(held_for=make_request(email="b@patient.example"))
    assert world.time not in OpenTime.objects.bookable()


@pytest.mark.parametrize("moment", ["2026-12-25T10:00-05:00", "2020-06-03T10:00-04:00"])
def test_no_click_opens_christmas_day_or_the_past(world, moment):
    ClosedDay.objects.get_or_create(date="2026-12-25", defaults={"name": "Christmas Day"})
    page = world.click("open", at=moment, clinician=world.clinician.pk)
    assert "Nothing was opened" in page
    assert OpenTime.objects.count() == 1


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 3, 14)], ids=str)
def test_what_is_published_on_a_daylight_saving_night_can_be_booked(world, time_machine, day):
    time_machine.move_to(datetime.combine(day - timedelta(days=3), time(12), tzinfo=DETROIT), tick=False)
    set_hours("00:00", "05:00")
    made = publish(pattern_of(day, world.clinician)).times
    hours = {date(2026, 11, 1): 6, date(2027, 3, 14): 4}[day]
    assert len(made) == 3 * hours
    assert OpenTime.objects.bookable().on_day(day).count() == len(made)


@pytest.mark.parametrize(
    ("begins", "bookable"),
    [
        ("05:30-00:00", False),
        ("12:00-00:00", False),
        ("13:00-00:00", True),
        ("21:40-00:00", True),
        ("21:41-00:00", False),
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall_after_the_clocks_went_back(world, time_machine, begins, bookable):
    time_machine.move_to(datetime(2026, 10, 29, 12, 0, tzinfo=DETROIT), tick=False)
    on_the_day = world.make(datetime.fromisoformat(f"2026-11-01T{begins}"))
    assert (on_the_day in OpenTime.objects.bookable()) == bookable


@pytest.mark.parametrize(("seconds", "shown"), [(0, False), (1, True)])
def test_a_patient_picks_nothing_that_is_nearer_than_the_notice(world, seconds, shown):
    notice = timedelta(hours=Clinic.profile().notice_hours)
    world.time_machine.move_to(WEDNESDAY_AT_TEN - notice - timedelta(seconds=seconds), tick=False)
    clinic = Clinic.profile()
    assert (world.time in OpenTime.objects.to_pick(clinic, timezone.now())) == shown


@pytest.mark.parametrize("self_pick", SelfPick.values)
@pytest.mark.parametrize("seconds", [-1, 0])
def test_what_the_desk_has_to_confirm_does_not_begin_before_its_promised_answer(world, self_pick, seconds):
    clinic = Clinic(self_pick=self_pick)
    promise = WEDNESDAY_AT_TEN - timedelta(seconds=seconds)
    kept = {SelfPick.NONE: False, SelfPick.BOOKED: True, SelfPick.HELD: seconds == 0}[self_pick]
    assert (world.time in OpenTime.objects.to_pick(clinic, promise)) == kept


def test_a_time_before_the_promised_answer_is_neither_shown_nor_picked(world):
    Clinic(answer_within=60 * 24 * 2).save()
    assert reply_by(timezone.now()) > WEDNESDAY_AT_TEN
    assert 'name="open_time"' not in world.client.get("/consultation/").text
    page = world.client.post("/consultation/", form_data(open_time=str(world.time.pk)))
    assert page.status_code == 422
    assert (fresh(world.time).state, ConsultationRequest.objects.count()) == ("open", 0)


def test_a_patient_whose_time_is_gone_is_told_why_and_owed_the_next_word(world):
    consultation_request = make_request()
    offer = offer_times(consultation_request, [world.time], world.staff)
    close_the_day(world)
    with pytest.raises(TimeGone, match="the clinic is closed on that day"):
        accept(fresh(offer), world.time)
    consultation_request = fresh(consultation_request)
    assert (consultation_request.state, fresh(offer).state, fresh(world.time).state) == (
        "in-conversation",
        "taken-back",
        "open",
    )
    assert consultation_request.owed_by > timezone.now()
    assert "closed" in consultation_request.timeline.last().note


def test_while_another_offered_time_fits_the_offer_waits_without_the_one_that_is_gone(world):
    consultation_request, other = make_request(), world.make(WEDNESDAY_AT_TEN + timedelta(days=1))
    offer = offer_times(consultation_request, [world.time, other], world.staff)
    close_the_day(world)
    with pytest.raises(TimeGone):
        accept(fresh(offer), world.time)
    assert (fresh(offer).state, list(offer.times.all()), fresh(world.time).state) == ("waiting", [other], "open")
    assert fresh(consultation_request).owed_by is not None
    accept(fresh(offer), other)
    assert fresh(other).state == "booked"


def test_who_has_a_time_booked_keeps_it_when_the_earlier_one_is_gone(world):
    consultation_request = world.make_booked(WEDNESDAY_AT_TEN + timedelta(days=1))
    world.press("earlier", consultation_request)
    see_no_patients(world)
    with pytest.raises(TimeGone):
        accept(consultation_request.offers.get(), world.time)
    consultation = fresh(consultation_request).consultation
    assert (consultation.time.starts_at, consultation.time.state) == (WEDNESDAY_AT_TEN + timedelta(days=1), "booked")


def test_closing_a_day_changes_nothing_that_is_booked(world):
    consultation_request = make_request()
    book(consultation_request, world.time, world.staff)
    close_the_day(world)
    assert world.is_given_to(consultation_request)


def test_the_calendar_shows_who_sees_patients_no_longer_while_they_have_some_ahead(world):
    address = f"{CALENDAR}?day=2026-06-03"
    book(make_request(name="Boris Booked"), world.time, world.staff)
    see_no_patients(world)
    assert "Boris Booked" in world.as_staff("frontdesk").get(address).text
    assert list(Clinician.objects.in_calendar()) == [world.clinician]
    world.time_machine.move_to(WEDNESDAY_AT_TEN + timedelta(days=1), tick=False)
    assert not Clinician.objects.in_calendar().exists()


def test_who_waits_is_found_for_a_free_time(world):
    consultation_request = world.make_booked(WEDNESDAY_AT_TEN + timedelta(days=1))
    wait_for_earlier(consultation_request)
    assert [each.request for each in waiting_for(world.time)] == [consultation_request]


def test_a_time_whose_consultation_was_cancelled_is_not_booked_again_on_a_day_that_is_closed(world):
    consultation_request = make_request()
    book(consultation_request, world.time, world.staff)
    cancel(consultation_request, world.staff)
    close_the_day(world)
    with pytest.raises(IllegalStep, match="cannot be undone"):
        undo_step(fresh(consultation_request), world.staff)
    assert fresh(consultation_request).consultation is None


def test_opening_says_why_nobody_could_come(world):
    close_the_day(world)
    with pytest.raises(IllegalStep, match=r"cannot be opened: the clinic is closed on that day\. Nothing was opened"):
        open_time(world.clinician, WEDNESDAY_AT_TEN + timedelta(hours=1), 20)


def test_picking_a_time_that_is_gone_keeps_nothing(world):
    close_the_day(world)
    with pytest.raises(TimeTaken, match="cannot be held for you just now"):
        submit(ConsultationRequest(name="A", contact_by="email", email="a@patient.example", form_key="k"), world.time)
    assert not ConsultationRequest.objects.exists()


def test_the_times_of_two_months_and_four_clinicians_are_one_query(world, django_assert_num_queries):
    clinic, first_day = Clinic.profile(), date(2026, 6, 2)
    clinicians = [Clinician.objects.create(name=f"Dr. {number}") for number in range(4)]
    publish(pattern_of(first_day, *clinicians, last_day=first_day + timedelta(days=60)))
    with django_assert_num_queries(1):
        assert len(OpenTime.objects.to_pick(clinic, timezone.now())) > 6000
    world.client.get("/consultation/")  # what the form takes from published content is kept from here on
    with CaptureQueriesContext(connection) as many:
        world.client.get("/consultation/")
    OpenTime.objects.filter(starts_at__gt=WEDNESDAY_AT_TEN + timedelta(days=1)).delete()
    with CaptureQueriesContext(connection) as few:
        world.client.get("/consultation/")
    assert len(many) == len(few)


MIDNIGHT = datetime(2026, 6, 4, tzinfo=DETROIT)


@pytest.mark.parametrize(
    ("starts_at", "clock"),
    [
        (MIDNIGHT - timedelta(minutes=20), (date(2026, 6, 3), 2, time(23, 40), None)),
        (MIDNIGHT - timedelta(minutes=21), (date(2026, 6, 3), 2, time(23, 39), time(23, 59))),
        (MIDNIGHT, (date(2026, 6, 4), 3, time(0), time(0, 20))),
    ],
)
@pytest.mark.parametrize("way", ["saved", "in bulk", "changed"])
def test_a_time_keeps_the_day_and_clock_of_the_clinic_however_it_is_written(way, starts_at, clock):
    someone = Clinician.objects.create(name="Dr. Clock")
    stretch = {"starts_at": starts_at.astimezone(UTC), "ends_at": starts_at + timedelta(minutes=20)}
    if way == "saved":
        OpenTime.objects.create(clinician=someone, **stretch)
    elif way == "in bulk":
        OpenTime.objects.bulk_create([OpenTime(clinician=someone, **stretch)])
    else:
        OpenTime.objects.create(clinician=someone, starts_at=MIDNIGHT + timedelta(9), ends_at=MIDNIGHT + timedelta(10))
        someone.times.update(**stretch)
    assert someone.times.values_list("day", "weekday", "begins_by_clock", "ends_by_clock").get() == clock
