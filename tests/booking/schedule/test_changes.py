"""Hours, closed days, absences and who sees patients change: whom that touches, and what becomes of each."""

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.desk.due import due_of
from booking.desk.worklist import QUESTIONS
from booking.models import Absence, Clinician, Consultation, ConsultationRequest, OpenTime
from booking.schedule.changes import (
    TouchedMeanwhile,
    carry_out,
    close_day,
    note_absence,
    reopen_day,
    set_hours,
    set_sees_patients,
    whom_it_touches,
)
from booking.schedule.picking import pick
from booking.schedule.settling import Choice
from booking.schedule.times import TimeTaken, book, offer_earlier, offer_times
from booking.services import submit
from booking.states import IllegalStep
from clinic_site.dates import midnight
from clinic_site.models import Banner, ClosedDay, OpeningHours, StaffMember
from tests.booking.schedule import doors
from tests.booking.schedule.changing import change, close
from tests.booking.schedule.doors import fresh
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
MONDAY, TUESDAY = (datetime(2027, 3, day, 9, tzinfo=DETROIT) for day in (15, 16))
WEDNESDAY = TUESDAY + timedelta(days=1)
TWENTY = timedelta(minutes=20)


@pytest.fixture
def staff():
    return make_staff("manager")


@pytest.fixture(autouse=True)
def monday_morning(time_machine):
    time_machine.move_to(MONDAY, tick=False)


def at(moment, clinician="Dr. Example"):
    made = make_time(1, clinician)
    shift_time(made, moment)
    doors.set_hours("08:00", "17:00", range(5))
    return fresh(made)


def requests(number):
    return [make_request(name=f"Person {n}", email=f"{n}@patient.example") for n in range(number)]


def close_tuesday(clinician):
    return partial(close_day, TUESDAY.date(), "Snow")


def begin_at_ten(clinician):
    return partial(set_hours, [(day, time(10), time(17)) for day in range(5)])


def send_away(clinician):
    return partial(note_absence, clinician, TUESDAY - TWENTY, TUESDAY + 3 * TWENTY, "ill")


def stop_seeing_patients(clinician):
    return partial(set_sees_patients, clinician, False)


CHANGES = [close_tuesday, begin_at_ten, send_away, stop_seeing_patients]


def name_of(function):
    return function.__name__


@pytest.fixture
def three(staff):
    """Three people with a time of one clinician each: booked, offered, and picked but not confirmed."""
    booked, offered, picked = requests(3)
    times = [at(TUESDAY + number * TWENTY) for number in range(3)]
    book(booked, times[0], staff)
    offer_times(offered, [times[1]], staff)
    pick(picked, times[2])
    return [booked, offered, picked]


@pytest.fixture
def clinician(three):
    return three[0].consultation.time.clinician


@pytest.mark.parametrize("making", CHANGES, ids=name_of)
def test_a_change_shows_who_is_booked_offered_and_held_in_its_way_and_changes_nothing(three, clinician, making):
    at(TUESDAY + 4 * TWENTY)
    before = [fresh(each).state for each in three]
    effect = whom_it_touches(making(clinician))
    assert [each.request for each in effect.touched] == three
    assert [each.is_booked for each in effect.touched] == [True, False, False]
    assert [each.is_offered for each in effect.touched] == [False, True, False]
    assert [fresh(each).state for each in three] == before
    assert not Absence.objects.exists() and not ClosedDay.objects.filter(date=TUESDAY.date()).exists()
    assert fresh(clinician).sees_patients and OpeningHours.objects.filter(opens=time(8)).count() == 5


@pytest.mark.parametrize("making", CHANGES, ids=name_of)
def test_what_is_kept_stands_on_today_and_on_the_worklist_until_it_is_settled(
    three, clinician, staff, making, as_staff
):
    change(making(clinician), staff, "keep")
    assert [fresh(each).state for each in three] == ["booked", "offered", "received"]
    assert {time.request for time in OpenTime.objects.cannot_stand()} == set(three)
    page = as_staff("frontdesk").get("/admin/").text
    assert "Cannot stand, must be settled" in page and all(each.name in page for each in three)
    found = ConsultationRequest.objects.filter(QUESTIONS["cannot-stand"].condition(staff))
    assert set(found) == set(three)


@pytest.mark.parametrize("making", CHANGES, ids=name_of)
def test_what_is_taken_back_is_told_and_owed_a_word(three, clinician, staff, making):
    change(making(clinician), staff, "cancel", words="We are sorry.")
    assert [fresh(each).state for each in three] == ["in-conversation", "in-conversation", "received"]
    assert not OpenTime.objects.given().exists() and not Consultation.objects.booked().exists()
    assert all(fresh(each).owed_by > timezone.now() for each in three)
    kinds = [each.mails.waiting().filter(kind__in=["cancelled", "times-gone"]).get().kind for each in three]
    assert kinds == ["cancelled", "times-gone", "times-gone"]
    assert all("We are sorry." in [line.note for line in each.timeline.all() if line.is_for_patient] for each in three)


@pytest.mark.parametrize("making", CHANGES, ids=name_of)
def test_what_is_moved_goes_to_another_time_as_it_stood(three, clinician, staff, making):
    others = [at(WEDNESDAY + timedelta(hours=2) + number * TWENTY, "Dr. Other") for number in range(3)]
    effect = change(making(clinician), staff)
    assert {each.proposed.what for each in effect.touched} == {"move"}
    given = {time.request: time.state for time in OpenTime.objects.given()}
    assert given == {three[0]: "booked", three[1]: "held", three[2]: "held"}
    assert all(fresh(time).request for time in others)
    assert three[0].consultation.time.clinician.name == "Dr. Other"
    assert list(three[1].offers.waiting().get().times.all()) == list(three[1].times.all())
    assert fresh(three[2]).picked_time.clinician.name == "Dr. Other"
    kinds = [set(each.mails.waiting().values_list("kind", flat=True)) for each in three]
    assert ["moved" in kinds[0], "offered" in kinds[1], "times-gone" in kinds[2]] == [True] * 3


def test_what_is_not_in_its_way_is_not_touched(staff):
    booked, other = requests(2)
    book(booked, at(TUESDAY), staff)
    book(other, at(WEDNESDAY), staff)
    assert [each.request for each in whom_it_touches(close_tuesday(None)).touched] == [booked]


@pytest.mark.parametrize(
    ("begins", "ends", "touches"),
    [(-60, 0, False), (-60, 1, True), (19, 60, True), (20, 60, False), (5, 6, True)],
)
def test_an_absence_touches_what_it_overlaps_to_the_minute(staff, begins, ends, touches):
    [booked] = requests(1)
    book(booked, at(TUESDAY), staff)
    away = [TUESDAY + timedelta(minutes=minutes) for minutes in (begins, ends)]
    make = partial(note_absence, booked.consultation.time.clinician, *away)
    assert bool(whom_it_touches(make).touched) == touches


def test_an_absence_touches_its_own_clinician_alone(staff):
    [booked] = requests(1)
    book(booked, at(TUESDAY), staff)
    other = Clinician.objects.create(name="Dr. Other")
    assert whom_it_touches(send_away(other)).touched == []


def test_an_absence_that_ends_as_it_begins_is_refused_by_the_database(staff):
    other = Clinician.objects.create(name="Dr. Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(clinician=other, begins_at=TUESDAY, ends_at=TUESDAY)


def test_what_could_not_stand_before_is_not_touched_again(staff):
    [booked] = requests(1)
    book(booked, at(TUESDAY), staff)
    close(TUESDAY.date(), staff, "keep")
    assert whom_it_touches(begin_at_ten(None)).touched == []
    assert OpenTime.objects.cannot_stand().count() == 1


def test_times_that_are_open_again_after_a_change_is_taken_back_need_no_hand(staff):
    free = at(TUESDAY)
    close(TUESDAY.date(), staff)
    assert free not in OpenTime.objects.bookable() and fresh(free).state == "open"
    ClosedDay.objects.get(date=TUESDAY.date()).delete()
    assert free in OpenTime.objects.bookable()


def test_how_many_open_times_go_is_counted(staff):
    for number in range(3):
        at(TUESDAY + number * TWENTY)
    at(WEDNESDAY)
    assert whom_it_touches(close_tuesday(None)).open_times == 3


def test_nobody_is_proposed_a_time_that_is_proposed_to_somebody_else(three, clinician):
    others = {at(WEDNESDAY + number * TWENTY, "Dr. Other") for number in range(2)}
    effect = whom_it_touches(close_tuesday(None))
    assert {each.proposed.to for each in effect.touched if each.proposed.to} == others
    assert [each.proposed.what for each in effect.touched] == ["move", "move", "cancel"]


def test_nobody_is_cancelled_unasked_where_no_other_time_suits(staff):
    [booked] = requests(1)
    book(booked, at(TUESDAY), staff)
    assert [each.proposed.what for each in whom_it_touches(close_tuesday(None)).touched] == ["keep"]


def test_only_times_that_suit_are_proposed(staff):
    needy = make_request(interpreter=True)
    book(needy, at(TUESDAY), staff)
    at(WEDNESDAY)
    with_interpreter = at(WEDNESDAY + TWENTY)
    OpenTime.objects.filter(pk=with_interpreter.pk).update(with_interpreter=True)
    [each] = whom_it_touches(close_tuesday(None)).touched
    assert each.fits == [with_interpreter]


def test_other_times_of_an_offer_stay_offered(staff):
    [offered] = requests(1)
    gone, stays = at(TUESDAY), at(WEDNESDAY)
    offer = offer_times(offered, [gone, stays], staff)
    effect = change(close_tuesday(None), staff)
    assert [(each.others, each.proposed.what) for each in effect.touched] == [(1, "cancel")]
    assert (fresh(offered).state, list(fresh(offer).times.all())) == ("offered", [stays])
    assert (fresh(gone).state, fresh(stays).state) == ("open", "held")


def test_an_earlier_time_of_the_day_goes_and_the_booked_one_stays(staff):
    [booked] = requests(1)
    book(booked, at(WEDNESDAY), staff)
    offer = offer_earlier(booked, at(TUESDAY), staff)
    close(TUESDAY.date(), staff)
    assert (fresh(booked).state, fresh(offer).state) == ("booked", "taken-back")
    assert booked.consultation.time.starts_at == WEDNESDAY


def test_who_is_moved_without_an_email_address_is_owed_a_call(staff):
    booked = make_request(contact_by="phone", phone="+15865550101", email="")
    book(booked, at(TUESDAY), staff)
    at(WEDNESDAY)
    change(close_tuesday(None), staff)
    assert booked.consultation.time.starts_at == WEDNESDAY
    assert timezone.now() < fresh(booked).call_by < WEDNESDAY
    assert booked.to_calls.open().get(kind="moved").moments == [WEDNESDAY]


def test_who_is_booked_meanwhile_is_shown_first(staff):
    late = make_request()
    free, make = at(TUESDAY), close_tuesday(None)
    expected = whom_it_touches(make)
    book(late, free, staff)
    with pytest.raises(TouchedMeanwhile):
        carry_out(make, expected, {}, staff)
    assert not ClosedDay.objects.filter(date=TUESDAY.date()).exists()


def test_a_move_to_a_time_that_is_gone_undoes_the_whole_change_and_names_the_person(staff):
    booked, faster = requests(2)
    book(booked, at(TUESDAY), staff)
    wanted, make = at(WEDNESDAY), close_tuesday(None)
    expected = whom_it_touches(make)
    book(faster, wanted, staff)
    with pytest.raises(TimeTaken, match=f"Person 0, {booked.reference}"):
        carry_out(make, expected, {expected.touched[0].key: Choice("move", wanted)}, staff)
    assert not ClosedDay.objects.filter(date=TUESDAY.date()).exists()
    assert booked.consultation.time.starts_at == TUESDAY


def test_a_change_is_all_or_nothing(staff):
    [booked] = requests(1)
    book(booked, at(TUESDAY), staff)
    with pytest.raises(ValueError, match="unsaved"):
        close(TUESDAY.date(), StaffMember(username="never saved"))
    assert fresh(booked).state == "booked" and not ClosedDay.objects.filter(date=TUESDAY.date()).exists()


def test_a_move_without_a_time_is_refused(staff):
    [booked] = requests(1)
    book(booked, at(TUESDAY), staff)
    with pytest.raises(IllegalStep, match="Choose a time to move to"):
        close(TUESDAY.date(), staff, "move")


# Promises


def owe(consultation_request, moment):
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(owed_by=moment)
    return fresh(consultation_request)


def test_a_promise_never_moves_and_is_due_before_the_closing(staff):
    doors.set_hours("08:00", "17:00", range(5))
    promised = owe(make_request(), TUESDAY + timedelta(hours=5))
    effect = close(TUESDAY.date(), staff)
    assert fresh(promised).owed_by == TUESDAY + timedelta(hours=5)
    assert effect.promises == [MONDAY.replace(hour=17)]
    due = due_of(promised)
    assert (due.band, due.words) == ("today", "Today 5:00\N{NO-BREAK SPACE}PM")
    assert due.detail == "promised for Tomorrow 2:00\N{NO-BREAK SPACE}PM, closed then"


@pytest.mark.parametrize("hour", [8, 9, 17])
def test_what_is_promised_for_an_open_day_is_due_then(staff, hour):
    doors.set_hours("08:00", "17:00", range(5))
    promised = owe(make_request(), TUESDAY.replace(hour=hour))
    assert not ConsultationRequest.objects.filter(QUESTIONS["today"].condition(staff)).exists()
    assert (due_of(promised).band, "promised" in due_of(promised).detail) == ("later", False)


def test_what_is_promised_for_a_closed_day_is_due_today(staff):
    doors.set_hours("08:00", "17:00", range(5))
    promised = owe(make_request(), TUESDAY + timedelta(hours=5))
    after = owe(make_request(email="b@patient.example"), WEDNESDAY)
    close(TUESDAY.date(), staff)
    due = ConsultationRequest.objects.filter(QUESTIONS["today"].condition(staff))
    assert promised in due and after not in due


def test_a_promise_is_due_now_once_the_desk_has_closed_before_it(staff, time_machine):
    doors.set_hours("08:00", "17:00", range(5))
    promised = owe(make_request(), TUESDAY + timedelta(hours=5))
    close(TUESDAY.date(), staff)
    time_machine.move_to(TUESDAY, tick=False)
    assert (due_of(promised).band, due_of(promised).words) == ("over", "Due now")


def test_a_request_that_comes_later_is_promised_an_answer_without_that_day(staff):
    doors.set_hours("08:00", "12:00", range(5))
    close(TUESDAY.date(), staff)
    later = submit(ConsultationRequest(name="A", contact_by="email", email="a@patient.example", form_key="later"))
    assert later.reply_by.astimezone(DETROIT).date() > TUESDAY.date()


# The banner of a closed day


def test_the_banner_shows_from_the_day_before_until_the_day_is_over(staff, client, time_machine):
    close(TUESDAY.date(), staff, banner="We are closed on Tuesday: snow.")
    banner = Banner.objects.get()
    assert (banner.shown_from, banner.shown_until) == (MONDAY, datetime(2027, 3, 17, tzinfo=DETROIT))
    assert "We are closed on Tuesday: snow." in client.get("/").text
    time_machine.move_to(datetime(2027, 3, 17, 0, 1, tzinfo=DETROIT))
    assert "We are closed on Tuesday: snow." not in client.get("/").text


def test_a_day_far_ahead_has_its_banner_the_day_before(staff):
    close(TUESDAY.date() + timedelta(days=20), staff, banner="We are closed.")
    assert Banner.objects.get().shown_from == datetime(2027, 4, 4, tzinfo=DETROIT)


@pytest.mark.parametrize("days", [0, 1, 20])
def test_the_banner_of_a_closing_goes_when_the_day_is_open_again_and_others_stay(staff, days):
    day = timezone.localdate() + timedelta(days=days)
    ends = midnight(day + timedelta(days=1))
    Banner.objects.create(text="Flu shots", shown_from=ends - timedelta(days=4), shown_until=ends)
    close(day, staff, banner="We are closed: snow.")
    reopen_day(ClosedDay.objects.get(date=day))
    assert [banner.text for banner in Banner.objects.all()] == ["Flu shots"]
    assert not ClosedDay.objects.filter(date=day).exists()
