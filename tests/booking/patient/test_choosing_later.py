"""On the private page: a time picked later, another than was offered, and a consultation moved and moved back."""

import re
from datetime import datetime, timedelta

import pytest

from booking.models import ConsultationRequest, OpenTime
from booking.schedule.times import book, offer_times
from booking.services import withdraw
from booking.states import UNDO_WITHDRAWAL
from clinic_site.dates import moment_words
from clinic_site.models import Clinic, SelfPick
from tests.booking.schedule.doors import DETROIT
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=DETROIT)  # a Monday
THURSDAY = datetime(2026, 6, 4, 10, 0, tzinfo=DETROIT)


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    OpenTime.objects.all().delete()


@pytest.fixture
def times():
    return [make_time(0, starts_at=THURSDAY + timedelta(days=number)) for number in range(3)]


@pytest.fixture
def asked():
    return make_request()


def books_at_once():
    clinic = Clinic.profile()
    clinic.self_pick = SelfPick.BOOKED
    clinic.save()


def page_of(asked):
    return f"/consultation/r/{asked.token}/"


def press(client, asked, button, time=None, **answers):
    chosen = {"open_time": str(time.pk)} if time else {}
    return client.post(page_of(asked), {button: "1"} | chosen | answers)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def states(times):
    return [fresh(time).state for time in times]


def test_who_asked_without_a_time_picks_one_later(client, asked, times):
    assert press(client, asked, "pick", times[1]).status_code == 303
    assert fresh(asked).picked_time == times[1] and fresh(asked).state == "received"
    page = client.get(page_of(asked)).text
    assert f"You picked a time: {moment_words(times[1].starts_at)}." in page
    assert asked.mails.filter(kind="news-for-the-desk").count() == 1


def test_where_the_clinic_books_at_once_a_time_picked_later_is_booked(client, asked, times):
    books_at_once()
    assert press(client, asked, "pick", times[0]).status_code == 303
    assert (fresh(asked).state, fresh(asked).consultation.time) == ("booked", times[0])
    assert asked.mails.filter(kind="booked").exists()


def test_another_pick_frees_the_one_before(client, asked, times):
    press(client, asked, "pick", times[0])
    press(client, asked, "pick", times[2])
    assert states(times) == ["open", "open", "held"]


def test_one_who_is_offered_times_may_pick_another_and_what_was_offered_is_free(client, asked, times):
    offer_times(asked, times[:2], make_staff("frontdesk"))
    assert press(client, asked, "pick", times[2]).status_code == 303
    assert states(times) == ["open", "open", "held"]
    assert fresh(asked).state == "in-conversation" and not asked.offers.waiting().exists()
    assert fresh(asked).owed_by is not None


def test_a_pick_that_fails_leaves_the_offer_as_it_was(client, asked, times):
    offer_times(asked, times[:2], make_staff("frontdesk"))
    offer_times(make_request(email="b@patient.example"), [times[2]], make_staff("frontdesk"))
    answer = press(client, asked, "pick", times[2])
    assert answer.status_code == 409 and "has just been taken" in answer.text
    assert fresh(asked).state == "offered" and asked.offers.waiting().exists()
    assert states(times) == ["held", "held", "held"]


@pytest.mark.parametrize("value", ["", "0", "999999", "abc", "9" * 30])
@pytest.mark.parametrize("button", ["pick", "move"])
def test_without_a_time_that_there_is_the_button_says_what_to_do(client, asked, times, button, value):
    answer = client.post(page_of(asked), {button: "1", "open_time": value})
    assert answer.status_code == 409 and "Choose one of the times first" in answer.text
    assert states(times) == ["open"] * 3


@pytest.mark.parametrize("state", ["booked", "withdrawn"])
def test_a_request_that_has_a_consultation_or_an_end_picks_nothing(client, asked, times, state):
    if state == "booked":
        book(asked, times[0], make_staff("frontdesk"))
    else:
        withdraw(asked)
    assert press(client, asked, "pick", times[1]).status_code == 409
    assert fresh(times[1]).state == "open"


def test_a_booked_consultation_is_moved_by_the_patient_and_both_are_told(client, asked, times):
    book(asked, times[0], make_staff("frontdesk"))
    assert press(client, asked, "move", times[1]).status_code == 303
    assert fresh(asked).consultation.time == times[1] and states(times) == ["open", "booked", "open"]
    assert {"moved", "news-for-the-desk"} <= set(asked.mails.waiting().values_list("kind", flat=True))
    page = client.get(page_of(asked)).text
    assert "You moved your consultation from" in page and "Undo" in page


def test_a_move_is_undone_within_ten_minutes_and_nobody_is_told_of_it(client, asked, times, time_machine):
    book(asked, times[0], make_staff("frontdesk"))
    press(client, asked, "move", times[1])
    time_machine.shift(UNDO_WITHDRAWAL - timedelta(seconds=1))
    assert press(client, asked, "undo").status_code == 303
    assert fresh(asked).consultation.time == times[0] and states(times) == ["booked", "open", "open"]
    assert not asked.mails.waiting().filter(kind="moved").exists()


def test_after_ten_minutes_a_move_stands(client, asked, times, time_machine):
    book(asked, times[0], make_staff("frontdesk"))
    press(client, asked, "move", times[1])
    time_machine.shift(UNDO_WITHDRAWAL)
    assert press(client, asked, "undo").status_code == 409
    assert fresh(asked).consultation.time == times[1]


def test_a_move_whose_old_time_somebody_has_by_now_stands(client, asked, times):
    book(asked, times[0], make_staff("frontdesk"))
    press(client, asked, "move", times[1])
    book(make_request(email="b@patient.example"), fresh(times[0]), make_staff("frontdesk"))
    answer = press(client, asked, "undo")
    assert answer.status_code == 409 and "cannot be undone" in answer.text
    assert fresh(asked).consultation.time == times[1]


@pytest.mark.parametrize("gone", ["near", "taken", "closed to patients"])
def test_nobody_moves_to_a_time_that_cannot_be_had(client, asked, times, gone):
    book(asked, times[0], make_staff("frontdesk"))
    wanted = times[1]
    if gone == "near":
        wanted = make_time(0, starts_at=NOW + timedelta(hours=Clinic.profile().notice_hours))
    elif gone == "taken":
        book(make_request(email="b@patient.example"), wanted, make_staff("frontdesk"))
    else:
        Clinic.objects.update(self_pick=SelfPick.NONE)
    before = fresh(wanted).request
    answer = press(client, asked, "move", wanted)
    assert answer.status_code == 409 and "You still have yours" in answer.text
    assert fresh(asked).consultation.time == times[0] and fresh(wanted).request == before


def test_within_the_notice_a_move_is_for_the_telephone(client, asked, times, time_machine):
    book(asked, times[0], make_staff("frontdesk"))
    time_machine.move_to(THURSDAY - timedelta(hours=Clinic.profile().notice_hours), tick=False)
    assert press(client, asked, "move", times[1]).status_code == 409
    assert fresh(asked).consultation.time == times[0]
    assert 'name="move"' not in client.get(page_of(asked), {"choose": "1"}).text


def test_looking_at_a_day_changes_nothing_and_opens_its_times(client, asked, times):
    before = ConsultationRequest.objects.values().get(pk=asked.pk)
    page = client.get(page_of(asked), {"day": "2026-06-05"}).text
    assert re.findall(r'name="open_time"\s+value="(\d+)"', page) == [str(times[1].pk)]
    assert 'href="?day=2026-06-04#times"' in page
    assert ConsultationRequest.objects.values().get(pk=asked.pk) == before


def test_who_needs_an_interpreter_sees_times_with_one_alone(client, asked, times):
    spoken = make_time(0, starts_at=THURSDAY + timedelta(hours=3), with_interpreter=True)
    ConsultationRequest.objects.filter(pk=asked.pk).update(interpreter=True)
    page = client.get(page_of(asked), {"choose": "1"}).text
    assert re.findall(r'name="open_time"\s+value="(\d+)"', page) == [str(spoken.pk)]


def test_where_no_time_is_open_the_page_says_what_to_do(client, asked):
    page = client.get(page_of(asked), {"choose": "1"}).text
    assert "No time is open just now." in page and 'name="pick"' not in page


def test_where_the_clinic_lets_nobody_pick_the_page_offers_no_times(client, asked, times):
    Clinic.objects.update(self_pick=SelfPick.NONE)
    assert 'name="open_time"' not in client.get(page_of(asked), {"choose": "1"}).text
    assert press(client, asked, "pick", times[0]).status_code == 409
