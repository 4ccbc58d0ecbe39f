"""What is due, in words and in order, and what is to be done next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.desk.calls import log_call
from booking.desk.clinicians import ask_clinician
from booking.desk.due import due_of, span_words
from booking.desk.next_steps import next_step_of, previous_and_next
from booking.models import ConsultationRequest
from booking.models.timeline import Outcome
from booking.schedule import consultations
from booking.schedule.picking import pick
from booking.schedule.times import book, offer_times, refuse
from tests.factories import make_request, make_staff, make_time, open_around_the_clock

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

LIST = "/admin/booking/consultationrequest/"
NOON = "2027-03-15T16:00Z"  # a Monday, noon at the clinic


def page_of(consultation_request, way=""):
    return f"{LIST}{consultation_request.pk}/change/" + (f"?way={way}" if way else "")


def owe(consultation_request, by):
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(owed_by=by)


def fresh(consultation_request):
    return ConsultationRequest.objects.for_worklist().get(pk=consultation_request.pk)


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


@pytest.mark.parametrize(
    ("minutes", "band", "words"),
    [
        (-35, "over", "Overdue 35 min"),
        (-60 * 26, "over", "Overdue 1 d"),
        (48, "soon", "Due in 48 min"),
        (100, "soon", "Due in 1 h 40 min"),
        (121, "today", "Today 2:01\N{NO-BREAK SPACE}PM"),
        (60 * 20, "later", "Tomorrow 8:00\N{NO-BREAK SPACE}AM"),
        (60 * 72, "later", "Thu, Mar 18, 12:00\N{NO-BREAK SPACE}PM"),
    ],
)
def test_due_is_said_in_words_and_stands_in_a_band(time_machine, minutes, band, words):
    time_machine.move_to(NOON, tick=False)
    open_around_the_clock()  # else what is promised for the break is due before it
    consultation_request = make_request()
    owe(consultation_request, timezone.now() + timedelta(minutes=minutes))
    due = due_of(fresh(consultation_request))
    assert (due.band, due.words) == (band, words)


@pytest.mark.parametrize(("minutes", "words"), [(0, "1 min"), (60, "1 h"), (61, "1 h 1 min"), (200, "3 h")])
@pytest.mark.timeless
def test_a_span_is_said_as_people_say_it(minutes, words):
    assert span_words(timedelta(minutes=minutes)) == words


def test_the_next_step_follows_from_where_a_request_stands():
    staff = make_staff("frontdesk")
    assert next_step_of(fresh(make_request())).words == "Offer times"
    assert next_step_of(fresh(make_request(contact_by="phone", phone="+15865550101", email=""))).words == "Call"
    refused = make_request()
    refuse(offer_times(refused, [make_time(48)], staff))
    assert next_step_of(fresh(refused)).words == "Offer again"
    picked = make_request()
    pick(picked, make_time(72))
    assert next_step_of(fresh(picked)).words == "Confirm the time"
    consultation_request = make_request()
    ask_clinician(consultation_request, staff)
    assert next_step_of(fresh(consultation_request)).words == "Ask clinician"
    tried = make_request()
    log_call(tried, Outcome.NO_ANSWER, staff)
    assert next_step_of(fresh(tried)).words == "Call"
    booked = make_request()
    book(booked, make_time(96), staff)
    assert next_step_of(fresh(booked)).words == "Look"
    consultations.ask_for_another_time(booked, "")
    assert next_step_of(fresh(booked)).words == "Move it"


def test_the_page_leads_on_to_the_next_promise(desk):
    first, second, third = (make_request(name=f"{n} Person", email=f"{n}@patient.example") for n in ("A", "B", "C"))
    for hours, consultation_request in enumerate((first, second, third), start=1):
        owe(consultation_request, timezone.now() + timedelta(hours=hours))
    page = desk.get(page_of(second))
    assert (page.context["before"], page.context["after"]) == (first, third)
    log_call(first, Outcome.SPOKE, make_staff("frontdesk"))
    assert desk.get(page_of(first)).context["after"] == second


@pytest.fixture
def equal_promises():
    """Four requests with one promise, two of them received at the same moment, in the order of the worklist."""
    promise, now = timezone.now() + timedelta(hours=3), timezone.now()
    ordered = []
    for minutes in (10, 20, 20, 30):
        request = make_request(email=f"{len(ordered)}@patient.example")
        received = now - timedelta(minutes=minutes)
        ConsultationRequest.objects.filter(pk=request.pk).update(owed_by=promise, received_at=received)
        ordered.append(request)
    return [ordered[0], ordered[2], ordered[1], ordered[3]]


def test_of_equal_promises_the_newest_request_stands_first_in_the_worklist(desk, equal_promises):
    owed_sooner = make_request(email="sooner@patient.example")
    owe(owed_sooner, timezone.now() + timedelta(hours=2))
    listed = list(desk.get(LIST).context["cl"].result_list)
    assert listed == [owed_sooner, *equal_promises]


def test_requests_that_are_owed_nothing_stand_last_the_newest_first(desk, equal_promises):
    staff = make_staff("frontdesk")
    for request in equal_promises[1::2]:
        log_call(request, Outcome.SPOKE, staff)
    listed = list(desk.get(LIST).context["cl"].result_list)
    assert listed == [*equal_promises[::2], *equal_promises[1::2]]


def test_next_and_previous_walk_through_equal_promises_in_the_order_of_the_worklist(equal_promises):
    first, second, third, fourth = (fresh(request) for request in equal_promises)
    assert [previous_and_next(request) for request in (first, second, third, fourth)] == [
        (None, second),
        (first, third),
        (second, fourth),
        (third, None),
    ]


def test_a_request_that_is_owed_nothing_leads_to_the_first_promise_alone(equal_promises):
    other = make_request(email="other@patient.example")
    owe(other, None)
    assert previous_and_next(fresh(other)) == (None, equal_promises[0])
