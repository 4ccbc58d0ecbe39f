"""A booked consultation: what its patient asks and says, and what holds for all that is done to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Consultation, OutboxMail
from booking.schedule import consultations as do
from booking.schedule.times import book, offer_earlier, withdraw_offer
from booking.services import withdraw
from booking.states import IllegalStep, State
from clinic_site.models import Clinic
from tests.booking.schedule.as_it_is import fresh, kinds, state_of, waiting_mail
from tests.factories import make_request, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


def begin(consultation, time_machine):
    time_machine.move_to(consultation.time.starts_at + timedelta(minutes=5))


@pytest.mark.parametrize("kind", ["cancelled", "missed"])
def test_the_mail_of_a_cancelling_or_a_missed_one_rests_a_minute(booked, staff, kind, time_machine):
    time_machine.move_to(booked.consultation.time.starts_at, tick=False)
    if kind == "cancelled":
        do.cancel(booked, staff)
    else:
        do.end_consultation(booked, State.MISSED, staff)
    assert booked.mails.get(kind=kind).due_at - timezone.now() == timedelta(minutes=1)


@pytest.mark.parametrize("act", [do.cancel, lambda request, _staff: do.cannot_come(request)])
def test_a_copy_that_was_read_before_the_booking_is_read_anew(staff, act):
    request = make_request()
    book(fresh(request), make_time(72), staff)
    act(request, staff)
    assert fresh(request).state == State.IN_CONVERSATION


def test_a_confirmation_counts_once(booked):
    do.confirm(booked)
    first = booked.consultation.confirmed_at
    do.confirm(booked)
    assert booked.consultation.confirmed_at == first
    assert kinds(booked).count("confirmed") == 1


def test_who_cannot_come_gives_the_time_back_even_late(booked, time_machine):
    time = booked.consultation.time
    time_machine.move_to(time.starts_at - timedelta(minutes=30))
    do.cannot_come(booked, "Only on Fridays")
    consultation_request = fresh(booked)
    assert (consultation_request.state, state_of(time)) == ("in-conversation", "open")
    assert consultation_request.owed_by > timezone.now()
    assert consultation_request.timeline.filter(kind="step").last().note == "Only on Fridays"
    assert OutboxMail.Kind.NEWS_FOR_THE_DESK in waiting_mail(booked)


def test_after_the_beginning_it_is_a_matter_for_the_telephone(booked, time_machine):
    begin(booked.consultation, time_machine)
    for act in (do.cannot_come, do.confirm):
        with pytest.raises(IllegalStep, match="begun"):
            act(booked)
    assert fresh(booked).state == State.BOOKED


def test_what_the_patient_asks_or_says_is_kept_with_the_line_and_told_to_the_desk(booked):
    do.ask_for_another_time(booked, "A Friday, please")
    line = booked.timeline.last()
    assert (line.kind, line.actor, line.note) == ("other-time", "patient", "A Friday, please")
    assert OutboxMail.Kind.NEWS_FOR_THE_DESK in waiting_mail(booked)


def test_who_asks_for_another_time_keeps_hers_until_the_desk_moves_her(booked, staff):
    time = booked.consultation.time
    do.ask_for_another_time(booked, "A Friday, please")
    assert (booked.consultation.time, fresh(booked).is_awaiting_answer) == (time, True)
    do.move(booked, make_time(96), staff)
    assert fresh(booked).owed_by is None


@pytest.mark.parametrize(
    "act", [withdraw, lambda consultation_request: do.ask_for_another_time(consultation_request, "")]
)
def test_within_the_notice_the_patient_has_to_call(booked, act, time_machine):
    clinic = Clinic.profile()
    clinic.notice_hours = 48
    clinic.save()
    time = booked.consultation.time
    time_machine.move_to(time.starts_at - timedelta(hours=48))
    with pytest.raises(IllegalStep, match="48 hours"):
        act(booked)
    assert (fresh(booked).state, state_of(time)) == ("booked", "booked")
    time_machine.move_to(time.starts_at - timedelta(hours=48, seconds=1))
    act(booked)


@pytest.mark.parametrize(
    "act",
    [
        lambda consultation_request, staff: do.move(consultation_request, make_time(96), staff),
        do.cancel,
        do.note_arrived,
        lambda consultation_request, staff: do.end_consultation(consultation_request, State.ATTENDED, staff),
        lambda consultation_request, staff: do.confirm(consultation_request),
        lambda consultation_request, staff: do.cannot_come(consultation_request),
        lambda consultation_request, staff: do.ask_for_another_time(consultation_request, ""),
        lambda consultation_request, staff: do.wait_for_earlier(consultation_request),
        lambda consultation_request, staff: offer_earlier(consultation_request, make_time(96), staff),
        lambda consultation_request, staff: withdraw_offer(consultation_request, staff),
    ],
)
@pytest.mark.timeless
def test_where_nothing_is_booked_nothing_of_this_can_be_done(staff, act):
    consultation_request = make_request()
    before = kinds(consultation_request)
    with pytest.raises(IllegalStep, match="No consultation is booked"):
        act(consultation_request, staff)
    assert (fresh(consultation_request).state, kinds(consultation_request)) == ("received", before)
    assert not Consultation.objects.exists()
