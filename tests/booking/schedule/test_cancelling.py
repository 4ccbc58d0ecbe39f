"""A booked consultation is cancelled or withdrawn, and that undone."""

import pytest
from django.utils import timezone

from booking.desk import steps
from booking.models import OutboxMail
from booking.schedule import consultations as do
from booking.schedule.times import book
from booking.services import undo_by_patient, withdraw
from booking.states import IllegalStep, State
from tests.booking.schedule.as_it_is import fresh, kinds, state_of, waiting_mail
from tests.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


def test_a_cancelled_consultation_frees_its_time_and_a_word_is_owed(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff, words="We are sorry.")
    consultation_request = fresh(booked)
    assert (consultation_request.state, fresh(consultation).state, fresh(consultation).sequence) == (
        "in-conversation",
        "cancelled",
        1,
    )
    assert state_of(consultation.time) == "open"
    assert consultation_request.owed_by > timezone.now()
    assert OutboxMail.Kind.CANCELLED in waiting_mail(booked)


def test_words_to_the_patient_and_a_note_for_colleagues_stand_apart_when_it_is_cancelled(booked, staff):
    do.cancel(booked, staff, words="We are sorry.", note="Dr. Example is ill")
    words, step = booked.timeline.filter(kind__in=["answer", "step"]).order_by("-pk")[:2][::-1]
    assert (words.kind, words.staff, words.actor, words.note) == ("answer", staff, "staff", "We are sorry.")
    assert (step.kind, step.staff, step.actor, step.note) == ("step", staff, "staff", "Dr. Example is ill")


def test_without_words_nothing_is_said_to_the_patient(booked, staff):
    do.cancel(booked, staff)
    assert "answer" not in kinds(booked)


def test_a_step_back_to_the_conversation_by_hand_cancels_too(booked, staff):
    steps.change_state(booked, State.IN_CONVERSATION, staff, "patient is ill")
    assert fresh(booked).owed_by is not None
    assert waiting_mail(booked) >= {OutboxMail.Kind.CANCELLED}
    assert OutboxMail.Kind.IN_CONVERSATION not in waiting_mail(booked)


def test_an_undone_cancelling_books_the_same_consultation_again_and_no_mail_leaves(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff)
    steps.undo_step(booked, staff)
    assert fresh(booked).state == State.BOOKED
    assert booked.consultation == consultation
    assert (state_of(consultation.time), booked.consultation.sequence) == ("booked", 2)
    assert OutboxMail.Kind.CANCELLED not in waiting_mail(booked)


def test_a_cancelling_whose_time_is_gone_is_not_undone_and_the_patient_is_told(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff)
    book(make_request(email="b@patient.example"), consultation.time, staff)
    with pytest.raises(IllegalStep, match="cannot be undone"):
        steps.undo_step(booked, staff)
    assert (fresh(booked).state, fresh(consultation).state) == ("in-conversation", "cancelled")
    assert OutboxMail.Kind.CANCELLED in waiting_mail(booked)


def test_a_withdrawal_that_is_undone_gives_the_consultation_back_if_its_time_is_free(booked):
    time = booked.consultation.time
    withdraw(booked)
    assert state_of(time) == "open"
    undo_by_patient(booked)
    assert (fresh(booked).state, booked.consultation.time, state_of(time)) == ("booked", time, "booked")


def test_a_consultation_that_stands_again_owes_no_word(booked):
    withdraw(booked)
    undo_by_patient(booked)
    assert fresh(booked).owed_by is None


def test_a_withdrawal_that_is_undone_too_late_for_the_time_goes_to_the_desk(booked, staff):
    time = booked.consultation.time
    withdraw(booked)
    book(make_request(email="b@patient.example"), time, staff)
    undo_by_patient(booked)
    assert (fresh(booked).state, booked.consultation) == ("in-conversation", None)
    assert fresh(booked).owed_by is not None
    assert waiting_mail(booked) >= {OutboxMail.Kind.TIMES_GONE} and OutboxMail.Kind.WITHDRAWN not in waiting_mail(
        booked
    )
