"""The day of a consultation: arrived, attended or missed."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from booking.desk import steps
from booking.models import OutboxMail
from booking.schedule import consultations as do
from booking.schedule.times import book, offer_earlier
from booking.states import IllegalStep, State
from clinic_site.dates import midnight
from tests.booking.schedule.as_it_is import fresh, state_of, waiting_mail
from tests.factories import make_request, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


def begin(consultation, time_machine):
    time_machine.move_to(consultation.time.starts_at + timedelta(minutes=5))


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_the_end_of_a_consultation_is_a_step_with_its_note_and_takes_back_what_was_offered(staff, state, time_machine):
    request, earlier, later = make_request(), make_time(24), make_time(72)
    book(fresh(request), later, staff)
    offer_earlier(fresh(request), earlier, staff)
    time_machine.move_to(later.starts_at)
    do.end_consultation(request, state, staff, "Came with her sister")
    step = request.timeline.filter(kind="step").last()
    assert (step.after, step.staff, step.actor, step.note) == (state, staff, "staff", "Came with her sister")
    assert (state_of(earlier), fresh(request).offers.get().state) == ("open", "taken-back")
    assert (fresh(request).owed_by is None) is (state == State.ATTENDED)


def test_nobody_has_missed_a_consultation_before_it_begins(booked, staff, time_machine):
    starts_at = booked.consultation.time.starts_at
    time_machine.move_to(starts_at - timedelta(seconds=1), tick=False)
    with pytest.raises(IllegalStep, match="not begun"):
        do.end_consultation(booked, State.MISSED, staff)
    time_machine.move_to(starts_at, tick=False)
    do.end_consultation(booked, State.MISSED, staff)
    assert fresh(booked).state == State.MISSED


def test_a_consultation_that_was_forgotten_is_ended_on_a_later_day(booked, staff, time_machine):
    time_machine.move_to(booked.consultation.time.starts_at + timedelta(days=2))
    do.end_consultation(booked, State.ATTENDED, staff)
    assert fresh(booked).state == State.ATTENDED


def test_of_two_consultations_the_last_is_taken_up_again(booked, staff):
    first = booked.consultation
    do.cancel(booked, staff)
    book(booked, make_time(96), staff)
    second = booked.consultation
    do.cancel(booked, staff)
    steps.undo_step(booked, staff)
    assert (fresh(first).state, booked.consultation, booked.timeline.last().staff) == ("cancelled", second, staff)


def test_arrival_is_noted_on_the_day_and_taken_back_by_a_second_click(booked, staff, time_machine):
    with pytest.raises(IllegalStep, match="not today"):
        do.note_arrived(booked, staff)
    begin(booked.consultation, time_machine)
    assert do.note_arrived(booked, staff).arrived_at == booked.consultation.arrived_at is not None
    assert do.note_arrived(booked, staff).arrived_at is None
    assert list(booked.timeline.values_list("kind", "staff"))[-2:] == [("arrived", staff.pk), ("not-arrived", staff.pk)]
    assert booked.consultation.arrived_at is None


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_nothing_is_attended_or_missed_before_its_time(booked, staff, state):
    with pytest.raises(IllegalStep, match="not begun"):
        do.end_consultation(booked, state, staff)
    assert (fresh(booked).state, booked.consultation.state) == ("booked", "booked")


def test_a_patient_who_is_early_can_be_seen_early(booked, staff, time_machine):
    time_machine.move_to(midnight(localdate(booked.consultation.time.starts_at)))
    do.end_consultation(booked, State.ATTENDED, staff)
    assert fresh(booked).state == State.ATTENDED


def test_an_attended_consultation_keeps_its_time_and_owes_nothing(booked, staff, time_machine):
    consultation = booked.consultation
    begin(consultation, time_machine)
    do.end_consultation(booked, State.ATTENDED, staff)
    assert (fresh(consultation).state, state_of(consultation.time)) == ("attended", "booked")
    assert fresh(booked).owed_by is None


def test_a_missed_one_gets_a_kind_mail_and_goes_back_to_the_desk(booked, staff, time_machine):
    begin(booked.consultation, time_machine)
    do.end_consultation(booked, State.MISSED, staff)
    consultation_request = fresh(booked)
    assert (consultation_request.state, consultation_request.is_awaiting_answer) == ("missed", True)
    assert OutboxMail.Kind.MISSED in waiting_mail(booked)


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_a_wrong_click_about_the_visit_is_undone(booked, staff, state, time_machine):
    consultation = booked.consultation
    begin(consultation, time_machine)
    do.end_consultation(booked, state, staff)
    steps.undo_step(booked, staff)
    assert (fresh(booked).state, fresh(consultation).state, state_of(consultation.time)) == ("booked",) * 3
    assert OutboxMail.Kind.MISSED not in waiting_mail(booked)


def test_a_missed_patient_can_be_booked_again_and_the_past_stays(booked, staff, time_machine):
    missed = booked.consultation
    begin(missed, time_machine)
    do.end_consultation(booked, State.MISSED, staff)
    book(booked, make_time(48), staff)
    assert (fresh(missed).state, state_of(missed.time)) == ("missed", "booked")
    assert booked.consultation != missed
