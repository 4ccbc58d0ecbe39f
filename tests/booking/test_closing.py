"""Closing a day: its times, its promises, the banner, and everyone who would have come."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from booking.closing import close_day, plan_closing
from booking.models import Consultation, ConsultationRequest, OpenTime
from booking.services import submit
from booking.times import book, offer_earlier, offer_times, pick
from clinic_site.hours import reply_by
from clinic_site.models import Banner, ClosedDay, StaffMember
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
MONDAY, TUESDAY = (datetime(2027, 3, day, 9, tzinfo=DETROIT) for day in (15, 16))
ADDRESS = "/admin/booking/opentime/close/"


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture(autouse=True)
def monday_morning(time_machine):
    time_machine.move_to(MONDAY, tick=False)


def at(moment, clinician="Dr. Example"):
    time = make_time(1, clinician)
    OpenTime.objects.filter(pk=time.pk).update(starts_at=moment)
    time.refresh_from_db()
    return time


def close(staff, **answers):
    return close_day(**{"day": TUESDAY.date(), "name": "Snow", "banner": "", "words": "", "staff": staff} | answers)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def test_no_time_of_a_closed_day_is_given_and_those_of_other_days_stay(staff):
    closed, other = at(TUESDAY), at(TUESDAY + timedelta(days=1))
    close(staff)
    assert (fresh(closed).state, fresh(closed).reason, fresh(other).state) == ("blocked", "Snow", "open")
    assert ClosedDay.objects.get(date=TUESDAY.date()).name == "Snow"


def test_a_consultation_of_the_day_is_cancelled_told_and_owed_a_word(staff):
    request, time = make_request(), at(TUESDAY)
    book(request, time, staff)
    consultation = request.consultation
    close(staff, words="The roads are closed.")
    assert (fresh(request).state, fresh(consultation).state, fresh(time).state) == (
        "in-conversation",
        "cancelled",
        "blocked",
    )
    assert fresh(request).owed_by > timezone.now()
    assert request.mails.waiting().filter(kind="cancelled").exists()
    assert "The roads are closed." in [line.note for line in request.timeline.for_patient()]


def test_an_offer_with_a_time_of_the_day_goes_back_to_the_desk_and_its_other_times_are_free(staff):
    request, closed, other = make_request(), at(TUESDAY), at(TUESDAY + timedelta(days=1))
    offer = offer_times(request, [closed, other], staff)
    close(staff)
    assert (fresh(request).state, fresh(offer).state) == ("in-conversation", "taken-back")
    assert (fresh(closed).state, fresh(other).state) == ("blocked", "open")
    assert request.mails.waiting().filter(kind="times-gone").exists()


def test_an_earlier_time_of_the_day_goes_and_the_booked_one_stays(staff):
    request, booked = make_request(), at(TUESDAY + timedelta(days=3))
    book(request, booked, staff)
    offer = offer_earlier(request, at(TUESDAY), staff)
    close(staff)
    assert (fresh(request).state, fresh(booked).state, fresh(offer).state) == ("booked", "booked", "taken-back")


def test_a_picked_time_of_the_day_goes_and_the_request_keeps_waiting_for_its_answer(staff):
    request, time = make_request(), at(TUESDAY + timedelta(hours=6))
    pick(request, time)
    close(staff)
    assert (fresh(request).state, fresh(time).state, fresh(request).picked_time) == ("received", "blocked", None)


def test_a_promise_for_the_day_moves_by_the_open_time_that_is_lost(staff):
    request = make_request()
    promised = request.owed_by
    assert promised.astimezone(DETROIT).date() == TUESDAY.date()
    close(staff)
    assert fresh(request).owed_by == reply_by(MONDAY) > promised
    assert fresh(request).timeline.last().kind == "promise"


def test_promises_before_the_day_and_overdue_ones_stay(staff):
    soon, overdue = make_request(), make_request(email="b@patient.example")
    moments = {soon.pk: MONDAY + timedelta(hours=2), overdue.pk: MONDAY - timedelta(days=2)}
    for pk, moment in moments.items():
        ConsultationRequest.objects.filter(pk=pk).update(owed_by=moment)
    close(staff)
    assert {request.pk: request.owed_by for request in ConsultationRequest.objects.all()} == moments


def test_the_banner_shows_from_the_day_before_until_the_day_is_over(staff, client, time_machine):
    close(staff, banner="We are closed on Tuesday: snow.")
    banner = Banner.objects.get()
    assert (banner.shown_from, banner.shown_until) == (MONDAY, datetime(2027, 3, 17, tzinfo=DETROIT))
    assert "We are closed on Tuesday: snow." in client.get("/").text
    time_machine.move_to(datetime(2027, 3, 17, 0, 1, tzinfo=DETROIT))
    assert "We are closed on Tuesday: snow." not in client.get("/").text


def test_a_day_far_ahead_has_its_banner_the_day_before(staff):
    close(staff, day=TUESDAY.date() + timedelta(days=20), banner="We are closed.")
    assert Banner.objects.get().shown_from == datetime(2027, 4, 4, tzinfo=DETROIT)


def test_the_plan_says_what_closing_does_and_changes_nothing(staff):
    requests = [make_request(email=f"{n}@patient.example") for n in range(3)]
    at(TUESDAY)
    book(requests[0], at(TUESDAY + timedelta(hours=1)), staff)
    offer_times(requests[1], [at(TUESDAY + timedelta(hours=2))], staff)
    plan = plan_closing(TUESDAY.date())
    assert (plan.open_times, len(plan.consultations), plan.offered, plan.promises) == (1, 1, [requests[1]], 1)
    assert not ClosedDay.objects.filter(date=TUESDAY.date()).exists()
    assert Consultation.objects.booked().count() == 1


def test_closing_is_all_or_nothing(staff):
    request, time = make_request(), at(TUESDAY)
    book(request, time, staff)
    with pytest.raises(ValueError, match="unsaved"):
        close(StaffMember(username="never saved"))
    assert (fresh(request).state, fresh(time).state) == ("booked", "booked")
    assert not ClosedDay.objects.filter(date=TUESDAY.date()).exists()


def test_a_day_is_closed_from_the_admin_after_a_preview(as_staff, staff):
    request = make_request(name="Amira Haddad")
    book(request, at(TUESDAY), staff)
    desk = as_staff("frontdesk")
    answers = {"day": TUESDAY.date().isoformat(), "name": "Snow", "banner": "Closed.", "words": "Sorry."}
    preview = desk.post(ADDRESS, answers)
    assert preview.status_code == 200 and "1 consultation is cancelled" in preview.text
    assert "Amira Haddad" in preview.text and fresh(request).state == "booked"
    done = desk.post(ADDRESS, answers | {"close": "1"}, follow=True)
    assert "1 patient is told" in done.text
    assert fresh(request).state == "in-conversation"


@pytest.mark.parametrize(("field", "value"), [("day", "2020-01-01"), ("day", "soon"), ("name", "")])
def test_a_day_that_is_over_or_without_a_reason_is_not_closed(as_staff, field, value):
    answers = {"day": TUESDAY.date().isoformat(), "name": "Snow", "banner": "", "words": "", "close": "1"}
    assert as_staff("frontdesk").post(ADDRESS, answers | {field: value}).status_code == 422
    assert not ClosedDay.objects.filter(name="Snow").exists()


@pytest.mark.parametrize("role", ["marketing", "clinician"])
def test_who_may_not_change_times_closes_no_day(as_staff, staff, role):
    book(make_request(name="Amira Haddad"), at(TUESDAY), staff)
    answers = {"day": TUESDAY.date().isoformat(), "name": "Snow", "banner": "", "words": "", "close": "1"}
    response = as_staff(role).post(ADDRESS, answers)
    assert response.status_code == 403 and "Amira" not in response.text
    assert Consultation.objects.booked().exists()


def test_a_request_that_comes_later_is_promised_an_answer_without_that_day(staff):
    close(staff)
    later = submit(ConsultationRequest(name="A", contact_by="email", email="a@patient.example", form_key="later"))
    assert later.reply_by.astimezone(DETROIT).date() > TUESDAY.date()
