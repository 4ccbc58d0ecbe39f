"""A closed day is open again: who lost a booked time by the closing, and who gets it back."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from booking.models import ConsultationRequest
from booking.schedule.changes import reopen_day
from booking.schedule.consultations import cancel, move
from booking.schedule.reopening import lost_by_closing, put_back
from booking.schedule.settling import CANCEL, KEEP, MOVE
from booking.schedule.times import book
from booking.states import IllegalStep
from clinic_site.models import ClosedDay
from tests.booking.schedule import doors
from tests.booking.schedule.changing import change, close
from tests.booking.schedule.doors import fresh
from tests.booking.schedule.test_changes import close_tuesday
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
MONDAY, TUESDAY = (datetime(2027, 3, day, 9, tzinfo=DETROIT) for day in (15, 16))
DAY = TUESDAY.date()
REACH = {"email": {}, "no email": {"contact_by": "phone", "email": "", "phone": "+15865550142"}}
OPENING = "/admin/booking/opentime/opening/"


@pytest.fixture(autouse=True)
def monday_morning(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def staff():
    return make_staff("manager")


def at(moment):
    made = make_time(1)
    shift_time(made, moment)
    doors.set_hours("08:00", "17:00", range(5))
    return fresh(made)


@pytest.fixture
def booked(staff, reach):
    return booked_at(TUESDAY, staff, **REACH[reach])


@pytest.fixture
def reach():
    return "email"


def booked_at(moment, staff, **fields):
    consultation_request = make_request(**fields)
    book(consultation_request, at(moment), staff)
    everybody_has_heard()
    return consultation_request


def everybody_has_heard():
    """All that was to be told has been told."""
    for consultation_request in ConsultationRequest.objects.all():
        consultation_request.mails.waiting().update(sent_at=timezone.now())
        consultation_request.to_calls.open().update(done_at=timezone.now())
    ConsultationRequest.objects.update(call_by=None)


def reopen():
    reopen_day(ClosedDay.objects.get(date=DAY))


def to_be_told(consultation_request):
    """The kinds of what is waiting to be told to the patient, by mail or by voice."""
    mails = consultation_request.mails.to_patients().waiting()
    return [*mails.values_list("kind", flat=True), *consultation_request.to_calls.open().values_list("kind", flat=True)]


@pytest.mark.parametrize("reach", REACH)
@pytest.mark.parametrize(
    ("what", "has_heard", "is_told"),
    [
        (CANCEL, False, []),
        (CANCEL, True, ["booked"]),
        (MOVE, False, []),
        (MOVE, True, ["moved"]),
    ],
)
def test_who_lost_a_time_by_a_closing_gets_it_back_and_is_told_where_they_had_heard(
    booked, staff, reach, what, has_heard, is_told
):
    had, other = booked.consultation.time, at(TUESDAY + timedelta(days=1))
    change(close_tuesday(None), staff, what, to=other if what == MOVE else None)
    if has_heard:
        everybody_has_heard()
    reopen()
    [lost] = lost_by_closing(DAY)
    assert (lost.request, lost.moment, lost.is_free, lost.was_told) == (booked, TUESDAY, True, has_heard)
    put_back(lost.request, DAY, staff)
    assert (fresh(booked).state, fresh(booked).consultation.time) == ("booked", had)
    assert fresh(other).state == "open" and to_be_told(booked) == is_told
    assert lost_by_closing(DAY) == []


def test_a_time_that_somebody_else_has_by_then_is_not_given_back(booked, staff):
    close(DAY, staff)
    reopen()
    had = booked.consultations.get().time
    book(make_request(email="b@patient.example"), had, staff)
    assert [lost.is_free for lost in lost_by_closing(DAY)] == [False]
    with pytest.raises(IllegalStep, match="Nothing was changed"):
        put_back(booked, DAY, staff)
    assert (fresh(booked).state, to_be_told(booked)) == ("in-conversation", ["cancelled"])


def test_while_the_day_is_closed_nobody_is_put_back(booked, staff):
    close(DAY, staff)
    with pytest.raises(IllegalStep):
        put_back(booked, DAY, staff)
    assert fresh(booked).state == "in-conversation"


def book_another_time(consultation_request, staff, later, last):
    book(fresh(consultation_request), later, staff)


def decline(consultation_request, staff, later, last):
    fresh(consultation_request).move_to("declined", "staff", staff=staff)


def book_and_move(consultation_request, staff, later, last):
    book(fresh(consultation_request), later, staff)
    move(fresh(consultation_request), last, staff)


@pytest.mark.parametrize("since", [book_another_time, decline, book_and_move], ids=lambda since: since.__name__)
def test_who_has_gone_on_since_is_left_alone(booked, staff, since):
    later, last = at(TUESDAY + timedelta(days=2)), at(TUESDAY + timedelta(days=3))
    close(DAY, staff)
    since(booked, staff, later, last)
    reopen()
    stands = fresh(booked).state
    assert lost_by_closing(DAY) == []
    with pytest.raises(IllegalStep):
        put_back(booked, DAY, staff)
    assert fresh(booked).state == stands


def test_what_was_cancelled_for_another_reason_is_not_the_closings(booked, staff):
    cancel(booked, staff)
    close(DAY, staff)
    reopen()
    assert lost_by_closing(DAY) == []


def test_what_was_kept_stands_again_by_itself(booked, staff):
    close(DAY, staff, what=KEEP)
    reopen()
    assert lost_by_closing(DAY) == [] and fresh(booked).consultation.time.starts_at == TUESDAY


def test_the_page_gives_back_whom_the_manager_ticks_and_nobody_else(as_staff, booked, staff):
    other = booked_at(TUESDAY + timedelta(hours=1), staff, email="b@patient.example", name="Basma Yousif")
    close(DAY, staff)
    manager = as_staff("manager")
    page = manager.post(f"{OPENING}reopen/{ClosedDay.objects.get(date=DAY).pk}/", follow=True)
    assert "2 people lost a time by the closing" in page.text and "Basma Yousif" in page.text
    done = manager.post(f"{OPENING}reopened/?day={DAY}", {f"back-{booked.pk}": "on"}, follow=True)
    assert "1 person has their time back." in done.text and "told by email" not in done.text
    assert (fresh(booked).state, fresh(other).state) == ("booked", "in-conversation")


def test_the_page_says_whom_it_could_not_put_back(as_staff, booked, staff):
    close(DAY, staff)
    reopen()
    book(make_request(email="b@patient.example"), booked.consultations.get().time, staff)
    done = as_staff("manager").post(f"{OPENING}reopened/?day={DAY}", {f"back-{booked.pk}": "on"}, follow=True)
    assert f"{booked.name}, {booked.reference}: This cannot be undone" in done.text
    assert "has their time back" not in done.text


@pytest.mark.parametrize("role", ["frontdesk", "clinician", "marketing"])
def test_nobody_but_the_manager_puts_back(as_staff, booked, staff, role):
    close(DAY, staff)
    reopen()
    address = f"{OPENING}reopened/?day={DAY}"
    client = as_staff(role)
    answers = [client.get(address), client.post(address, {f"back-{booked.pk}": "on"})]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert fresh(booked).state == "in-conversation"
