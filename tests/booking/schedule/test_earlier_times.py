"""An earlier time is held for who waits for one, and what they have stays theirs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import OutboxMail
from booking.schedule import consultations as do
from booking.schedule.times import accept, lapse, offer_earlier, refuse, withdraw_offer
from booking.services import withdraw
from booking.states import IllegalStep
from tests.booking.schedule.as_it_is import fresh, kinds, state_of, waiting_mail
from tests.factories import make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


def test_a_wish_for_an_earlier_time_is_a_line_once(booked):
    for waits in (True, True, False, False):
        do.wait_for_earlier(booked, waits)
    assert kinds(booked)[-2:] == ["earlier", "not-earlier"]
    assert kinds(booked).count("earlier") == kinds(booked).count("not-earlier") == 1
    assert booked.consultation.earlier_wanted_at is None


def test_an_earlier_time_is_held_while_the_own_one_stays(booked, staff):
    mine, earlier = booked.consultation.time, make_time(24)
    do.wait_for_earlier(booked)
    offer_earlier(booked, earlier, staff)
    assert (state_of(mine), state_of(earlier), fresh(booked).state) == ("booked", "held", "booked")
    assert OutboxMail.Kind.EARLIER in waiting_mail(booked)


def test_an_accepted_earlier_time_moves_the_consultation(booked, staff):
    consultation, earlier = booked.consultation, make_time(24)
    offer = offer_earlier(booked, earlier, staff)
    moved = accept(offer, earlier)
    assert moved == booked.consultation
    assert (moved.pk, moved.time, moved.sequence) == (consultation.pk, earlier, 1)
    assert fresh(offer).state == "accepted"
    assert (state_of(consultation.time), state_of(earlier)) == ("open", "booked")


@pytest.mark.parametrize("end", ["refused", "lapsed", "taken-back"])
def test_an_earlier_time_that_is_not_taken_is_free_and_the_own_one_stays(booked, staff, end, time_machine):
    mine, earlier = booked.consultation.time, make_time(24)
    offer = offer_earlier(booked, earlier, staff)
    mail = booked.mails.get(kind=OutboxMail.Kind.EARLIER)
    if end == "refused":
        refuse(offer)
    elif end == "taken-back":
        withdraw_offer(booked, staff)
    else:
        time_machine.move_to(offer.lapses_at)
        assert lapse(offer)
    assert (state_of(mine), state_of(earlier), fresh(booked).state, fresh(offer).state) == (
        "booked",
        "open",
        "booked",
        end,
    )
    assert fresh(mail).is_overtaken


def test_a_time_at_the_same_moment_is_not_earlier(booked, staff):
    time = make_time(1, "Dr. Other", starts_at=booked.consultation.time.starts_at)
    with pytest.raises(IllegalStep, match="not earlier"):
        offer_earlier(booked, time, staff)
    assert state_of(time) == "open"


def test_the_mail_of_an_earlier_time_rests_a_minute(booked, staff, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    offer_earlier(booked, make_time(24), staff)
    assert booked.mails.get(kind="earlier").due_at - timezone.now() == timedelta(minutes=1)


def test_why_an_earlier_time_does_not_fit_is_kept(booked, staff):
    refuse(offer_earlier(booked, make_time(24), staff), "Only on Fridays")
    line = booked.timeline.last()
    assert (line.kind, line.actor, line.note) == ("kept", "patient", "Only on Fridays")


def test_taking_an_earlier_time_back_twice_is_refused(booked, staff):
    offer_earlier(booked, make_time(24), staff)
    withdraw_offer(booked, staff)
    with pytest.raises(IllegalStep, match="No time is held"):
        withdraw_offer(booked, staff)


def test_only_one_earlier_time_is_held_at_once_and_only_an_earlier_one(booked, staff):
    offer_earlier(booked, make_time(24), staff)
    with pytest.raises(IllegalStep, match="already"):
        offer_earlier(booked, make_time(30), staff)
    with pytest.raises(IllegalStep, match="not earlier"):
        offer_earlier(booked, make_time(96), staff)


def test_withdrawing_frees_the_earlier_time_too(booked, staff):
    earlier = make_time(24)
    offer_earlier(booked, earlier, staff)
    withdraw(booked)
    assert state_of(earlier) == "open"
