"""One request's page: times that suit, the ways on, and what a colleague did meanwhile."""

import pytest
from django.test import Client

from booking.desk.calls import log_call
from booking.desk.clinicians import ask_clinician
from booking.models import ConsultationRequest, PreparedAnswer
from booking.models.timeline import Outcome
from booking.schedule.times import book
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

LIST = "/admin/booking/consultationrequest/"


def page_of(consultation_request, way=""):
    return f"{LIST}{consultation_request.pk}/change/" + (f"?way={way}" if way else "")


def fresh(consultation_request):
    return ConsultationRequest.objects.for_worklist().get(pk=consultation_request.pk)


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def test_three_times_that_suit_are_ticked_on_three_days(desk):
    times = [make_time(24 * day + hour) for day in (2, 3, 4, 5) for hour in (0, 0.5)]
    times[0].set_state_unless_given("blocked")
    page = desk.get(page_of(make_request(windows=["any"]), "offer"))
    ticked = [time for time in page.context["times"].free if time.ticked]
    assert len(ticked) == 3 and len({time.day for time in ticked}) == 3 and times[0] not in ticked


def test_a_time_without_an_interpreter_does_not_suit_who_needs_one(desk):
    make_time(48), make_time(72, with_interpreter=True)
    page = desk.get(page_of(make_request(interpreter=True), "offer"))
    assert [time.suits for time in page.context["times"].free] == [False, True]


@pytest.mark.parametrize("way", ["offer", "answer", "clinician", "end", "visit", "picked", "nonsense"])
def test_every_way_can_be_asked_for_in_every_state(desk, way):
    staff, consultation_request = make_staff("frontdesk"), make_request()
    assert desk.get(page_of(consultation_request, way)).status_code == 200
    book(consultation_request, make_time(72), staff)
    assert desk.get(page_of(consultation_request, way)).status_code == 200
    consultation_request.move_to("withdrawn", "patient")
    assert desk.get(page_of(consultation_request, way)).status_code == 200


def test_a_prepared_answer_is_where_the_answer_begins(desk):
    answer = PreparedAnswer.objects.create(title="Parking", text="There is a lot behind the house.")
    assert (
        "There is a lot behind the house."
        in desk.get(page_of(make_request(), "answer") + f"&prepared={answer.pk}").text
    )


def test_who_else_has_the_request_open_is_said(desk, client):
    consultation_request, other = make_request(), Client()
    colleague = make_staff("frontdesk")
    sign_in(other, colleague)
    assert "has this open too" not in other.get(page_of(consultation_request)).text
    assert f"{colleague} has this open too" in desk.get(page_of(consultation_request)).text


def test_a_stale_save_is_refused_shows_both_and_loses_nothing(desk):
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    consultations_by_colleague = make_staff("frontdesk")
    book(consultation_request, make_time(72), consultations_by_colleague)
    sent = {"state": "declined", "note": "Cannot be reached", "seen": seen}
    refused = desk.post(f"{LIST}{consultation_request.pk}/do/step/", sent)
    assert refused.status_code == 409
    assert "Cannot be reached" in refused.text and "Booked" in refused.text
    assert str(consultations_by_colleague) in refused.text and fresh(consultation_request).state == "booked"


def test_what_was_refused_can_be_done_all_the_same(desk):
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    log_call(consultation_request, Outcome.NO_ANSWER, make_staff("frontdesk"))
    sent = {"state": "declined", "note": "Moved away", "seen": seen}
    refused = desk.post(f"{LIST}{consultation_request.pk}/do/step/", sent)
    desk.post(f"{LIST}{consultation_request.pk}/do/step/", sent | {"seen": refused.context["seen"]})
    assert (fresh(consultation_request).state, consultation_request.timeline.filter(kind="step").last().note) == (
        "declined",
        "Moved away",
    )


def test_ones_own_clicks_and_notes_of_others_make_no_save_stale(desk):
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    desk.post(f"{LIST}{consultation_request.pk}/do/take/")
    consultation_request.record("note", "staff", staff=make_staff("frontdesk"), note="FYI")
    assert desk.post(f"{LIST}{consultation_request.pk}/do/call/", {"outcome": "spoke", "seen": seen}).status_code == 302


@pytest.mark.parametrize("outcome", Outcome.values)
def test_a_call_is_logged_in_one_click(desk, outcome):
    consultation_request = make_request()
    desk.post(f"{LIST}{consultation_request.pk}/do/call/", {"outcome": outcome})
    assert consultation_request.timeline.filter(kind="call").get().outcome == outcome


def test_an_outcome_that_there_is_not_is_refused(desk):
    consultation_request = make_request()
    page = desk.post(f"{LIST}{consultation_request.pk}/do/call/", {"outcome": "shouted"}, follow=True)
    assert "Say what came of the call" in page.text and consultation_request.timeline.count() == 1


def test_a_clinician_sees_what_the_desk_asks_and_answers(as_staff):
    consultation_request = make_request(name="Keloid Person")
    ask_clinician(consultation_request, make_staff("frontdesk"), "Keloids: not sure")
    clinician = as_staff("clinician")
    assert "Keloid Person" in clinician.get("/admin/").text
    assert "Keloids: not sure" in clinician.get(page_of(consultation_request, "clinician")).text
    clinician.post(f"{LIST}{consultation_request.pk}/advise/", {"note": "Fine to talk"})
    assert (fresh(consultation_request).flagged_at, consultation_request.timeline.last().note) == (None, "Fine to talk")


@pytest.mark.parametrize("role", ["frontdesk", "marketing"])
def test_nobody_else_answers_for_a_clinician(as_staff, role):
    consultation_request = make_request()
    ask_clinician(consultation_request, make_staff("frontdesk"))
    assert as_staff(role).post(f"{LIST}{consultation_request.pk}/advise/", {"note": "Fine"}).status_code == 403
    assert fresh(consultation_request).flagged_at


def test_a_refused_step_loses_nothing_that_was_typed(desk):
    consultation_request = make_request()
    consultation_request.move_to("closed", "system")
    page = desk.post(f"{LIST}{consultation_request.pk}/do/step/", {"state": "declined", "note": "Moved to Ohio"})
    assert page.status_code == 409 and "Moved to Ohio" in page.text and "cannot become" in page.text
    assert fresh(consultation_request).state == "closed"


def test_the_page_says_what_the_patient_will_see_after_the_step(desk):
    make_time(48)
    assert "We have times for you" in desk.get(page_of(make_request(), "offer")).text
