"""The same time is never given twice, and no hold is left behind. `make prove` plays more rounds."""

import time as clock
from datetime import time as clock_time
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.db import transaction
from django.utils.timezone import localdate, localtime

from booking.models import ConsultationRequest
from booking.schedule.changes import note_absence, set_hours, set_sees_patients
from booking.schedule.times import accept, book, offer_times
from booking.services import submit
from tests.booking.schedule.changing import change, close
from tests.booking.schedule.races import (
    CHANGES_AMID_MANY,
    RACES,
    WON,
    a_time,
    at_once,
    fresh,
    left_behind,
    many_accept_while_it_is_changed,
)
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.usefixtures("committed")

ROUNDS = 5


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_exactly_one_wins_and_the_others_are_told(race):
    for _round in range(ROUNDS):
        outcomes = race()
        assert outcomes.count(WON) == 1
        assert all(outcome.endswith((".", "us.")) for outcome in outcomes if outcome != WON)
        assert left_behind() == []


@pytest.mark.parametrize("making", CHANGES_AMID_MANY, ids=lambda making: making.__name__.strip("_"))
def test_nobody_is_booked_where_nobody_can_be_after_a_change_amid_many(making):
    *accepted, changed = many_accept_while_it_is_changed(making)
    assert changed == WON
    assert all(outcome.endswith((".", "us.")) for outcome in accepted if outcome != WON)
    assert left_behind() == []


def stop_seeing_patients(time):
    change(partial(set_sees_patients, time.clinician, False), make_staff("manager"), "cancel")


def close_its_day(time):
    close(localdate(time.starts_at), make_staff("frontdesk"))


def go_away_then(time):
    change(partial(note_absence, time.clinician, time.starts_at, time.ends_at), make_staff("manager"), "cancel")


def begin_later(time):
    later = (localtime(time.starts_at) + timedelta(minutes=1)).time()
    change(partial(set_hours, [(day, later, clock_time.max) for day in range(7)]), make_staff("manager"), "cancel")


def accept_it(time):
    offer = offer_times(make_request(), [time], make_staff("frontdesk"))
    return lambda: accept(fresh(offer), time)


def book_it(time):
    consultation_request, staff = make_request(), make_staff("frontdesk")
    return lambda: book(consultation_request, time, staff)


def pick_it(time):
    consultation_request = ConsultationRequest(
        name="A", contact_by="email", email="a@patient.example", form_key=f"{time}"
    )
    return lambda: submit(consultation_request, time)


CHANGES = [stop_seeing_patients, close_its_day, go_away_then, begin_later]


@pytest.mark.parametrize("changing", CHANGES, ids=lambda changing: changing.__name__)
@pytest.mark.parametrize("taker", [accept_it, book_it, pick_it], ids=lambda taker: taker.__name__)
def test_who_takes_a_time_while_it_becomes_unbookable_waits_and_is_refused(taker, changing):
    time, changed = a_time(3), Event()
    take = taker(time)

    def change_slowly():
        with transaction.atomic():
            changing(time)
            changed.set()
            clock.sleep(0.3)

    def take_meanwhile():
        changed.wait(60)
        take()

    outcomes = at_once(change_slowly, take_meanwhile)
    assert (outcomes[0], outcomes[1] != WON) == (WON, True)
    assert fresh(time).state == "open"
    assert left_behind() == []
