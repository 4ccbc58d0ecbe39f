"""Two people change a request, or a time is lost: what is there, what was typed, and a button for each way out."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Consultation, ConsultationRequest
from booking.schedule.times import book
from clinic_site.dates import midnight
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

TWENTY = timedelta(minutes=20)
LIST = "/admin/booking/consultationrequest/"


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def press(desk, consultation_request, action, **sent):
    return desk.post(f"{LIST}{consultation_request.pk}/do/{action}/", sent)


@pytest.fixture
def booked_meanwhile():
    """A request that a colleague booked while it was open here, and the times that were ticked here."""
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    theirs, mine = make_time(72), make_time(96)
    make_time(120)
    book(consultation_request, theirs, make_staff("frontdesk"))
    return consultation_request, seen, theirs, mine


def buttons(page):
    return re.findall(r'formaction="[^"]*/do/([a-z-]+)/"', page.text)


def test_the_page_shows_both_and_a_button_for_each_way_out(desk, booked_meanwhile):
    consultation_request, seen, _theirs, mine = booked_meanwhile
    page = press(desk, consultation_request, "offer", time=[mine.pk], note="Comes by bus.", seen=seen)
    assert page.status_code == 409 and "Comes by bus." in page.text
    assert "What is there now" in page.text and "Another time" in page.text
    assert buttons(page) == ["note", "move", "move"]
    assert "Do it all the same" not in page.text and "Try it again" not in page.text


def test_theirs_is_taken_and_my_words_are_a_note(desk, booked_meanwhile):
    consultation_request, seen, theirs, mine = booked_meanwhile
    page = press(desk, consultation_request, "offer", time=[mine.pk], note="Comes by bus.", seen=seen)
    [seen_now] = re.findall(r'name="seen" value="(\d+)"', page.text)
    assert press(desk, consultation_request, "note", note="Comes by bus.", seen=seen_now).status_code == 302
    assert (consultation_request.consultation.time, consultation_request.timeline.last().note) == (
        theirs,
        "Comes by bus.",
    )


def test_mine_is_kept_by_moving_what_they_booked(desk, booked_meanwhile):
    consultation_request, seen, theirs, mine = booked_meanwhile
    page = press(desk, consultation_request, "book", time=[mine.pk], seen=seen)
    [seen_now] = re.findall(r'name="seen" value="(\d+)"', page.text)
    press(desk, consultation_request, "move", time=[mine.pk], seen=seen_now)
    assert consultation_request.consultation.time == mine and fresh(theirs).state == "open"


def test_another_time_is_given_in_place_of_the_one_that_was_lost(desk):
    consultation_request, lost, other = make_request(), make_time(72), make_time(96)
    book(make_request(email="b@patient.example"), lost, make_staff("frontdesk"))
    page = press(desk, consultation_request, "book", time=[lost.pk])
    assert (page.status_code, "has just been taken" in page.text, buttons(page)) == (409, True, ["book"])
    assert "cannot be given any more" in page.text
    press(desk, consultation_request, "book", time=[lost.pk], other_time=other.pk, way="other")
    assert Consultation.objects.booked().get(request=consultation_request).time == other


def test_what_cannot_be_done_any_more_has_no_button(desk):
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    ConsultationRequest.objects.get().move_to("declined", "staff", staff=make_staff("frontdesk"))
    page = press(desk, consultation_request, "step", state="closed", note="Wrote twice.", seen=seen)
    assert (page.status_code, buttons(page)) == (409, ["note"])
    assert "As things stand now, this cannot be done." in page.text


def kept_times(page):
    return [int(number) for number in re.findall(r'name="time" value="(\d+)"', page.text)]


def lose(time):
    book(make_request(email=f"{time.pk}@patient.example"), time, make_staff("frontdesk"))


def test_of_ticked_times_the_ones_that_are_left_can_be_offered(desk):
    consultation_request, lost, left = make_request(), make_time(72), make_time(96)
    lose(lost)
    page = press(desk, consultation_request, "offer", time=[lost.pk, left.pk], note="A daughter comes along.")
    assert (buttons(page), kept_times(page)) == (["note", "offer"], [left.pk])
    assert "Keep mine: offer what is left" in page.text
    press(desk, consultation_request, "offer", time=kept_times(page), note="A daughter comes along.")
    assert fresh(left).state == "held" and consultation_request.offers.get().note == "A daughter comes along."


def test_a_booking_is_moved_to_the_one_ticked_time_that_is_left(desk, booked_meanwhile):
    consultation_request, seen, _theirs, mine = booked_meanwhile
    lost = make_time(100)
    lose(lost)
    page = press(desk, consultation_request, "offer", time=[lost.pk, mine.pk], seen=seen)
    assert buttons(page)[0] == "move" and kept_times(page) == [mine.pk]


def test_what_was_refused_for_another_reason_is_not_proposed_again(desk):
    consultation_request = make_request()
    times = [make_time(72 + number) for number in range(4)]
    page = press(desk, consultation_request, "offer", time=[time.pk for time in times], note="Any of these.")
    assert page.status_code == 409 and "Keep mine" not in page.text


def test_what_colleagues_noted_meanwhile_stands_with_what_is_there(desk, booked_meanwhile):
    consultation_request, seen, _theirs, mine = booked_meanwhile
    other = make_staff("manager")
    consultation_request.record("note", "staff", staff=other, note="Called back, took the first morning.")
    page = press(desk, consultation_request, "offer", time=[mine.pk], seen=seen)
    now, _before, wanted = page.text.partition("What you wanted")
    assert "Called back, took the first morning." in now and "Called back" not in wanted


def test_two_other_times_of_each_of_three_days_are_shown_and_first_what_suits(desk):
    lost, of_days = make_time(48), []
    for days in range(3, 7):
        ten = midnight(timezone.localdate() + timedelta(days=days)) + timedelta(hours=10)
        names = ["Dr. Example", "Dr. Example", "Dr. Wished"]
        of_days.append([make_time(0, name, starts_at=ten + number * TWENTY) for number, name in enumerate(names)])
    wished = of_days[0][2].clinician
    consultation_request = make_request(clinician=wished)
    lose(lost)
    page = press(desk, consultation_request, "book", time=[lost.pk])
    shown = [int(number) for number in re.findall(r'name="other_time"\s+value="(\d+)"', page.text)]
    assert shown == [time.pk for day in of_days[:3] for time in (day[0], day[2])]
