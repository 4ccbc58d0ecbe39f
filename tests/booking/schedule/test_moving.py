"""A booked consultation is moved, and the move undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.desk import steps
from booking.models import OutboxMail
from booking.schedule import consultations as do
from booking.schedule.times import TimeTaken, book, offer_earlier
from booking.states import IllegalStep, State
from tests.booking.schedule.as_it_is import fresh, state_of, waiting_mail
from tests.factories import make_request, make_staff, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


def test_a_moved_consultation_keeps_its_uid_and_frees_the_old_time(booked, staff):
    before, new = booked.consultation, make_time(96)
    do.move(booked, new, staff)
    after = booked.consultation
    assert (after.pk, after.uid, after.time, after.sequence) == (before.pk, before.uid, new, before.sequence + 1)
    assert (state_of(before.time), state_of(new)) == ("open", "booked")
    assert fresh(booked).state == State.BOOKED


def test_a_move_takes_back_an_earlier_time_that_waits_for_an_answer(booked, staff):
    earlier = make_time(24)
    offer = offer_earlier(booked, earlier, staff)
    moved = do.move(booked, make_time(96), staff)
    assert (state_of(earlier), fresh(offer).state, moved) == ("open", "taken-back", booked.consultation)


def test_an_undone_move_is_a_line_of_who_undid_it(booked, staff):
    do.move(booked, make_time(96), staff)
    steps.undo_step(booked, staff)
    line = booked.timeline.last()
    assert (line.kind, line.actor, line.staff, line.before, line.after) == (
        "undone",
        "staff",
        staff,
        "booked",
        "booked",
    )


def test_a_move_can_be_undone_for_less_than_a_minute(booked, staff, time_machine):
    do.move(booked, make_time(96), staff)
    moved_at = booked.timeline.last().at
    seen = []
    for span in (timedelta(seconds=59), timedelta(minutes=1)):
        time_machine.move_to(moved_at + span, tick=False)
        seen.append(steps.what_can_be_undone(booked, staff) is not None)
    assert seen == [True, False]
    with pytest.raises(IllegalStep, match="too late"):
        steps.undo_step(booked, staff)


def test_where_nothing_was_moved_no_move_is_undone(booked, staff):
    assert steps.what_can_be_undone(booked, staff).kind == "step"
    assert steps.what_can_be_undone(make_request(email="b@patient.example"), staff) is None


def test_what_was_said_of_the_old_time_is_void_at_the_new_one(booked, staff):
    do.confirm(booked)
    do.wait_for_earlier(booked)
    do.move(booked, make_time(96), staff)
    assert (booked.consultation.confirmed_at, booked.consultation.earlier_wanted_at) == (None, None)


def test_a_move_to_a_time_that_is_taken_changes_nothing(booked, staff):
    taken = make_time(96)
    book(make_request(email="b@patient.example"), taken, staff)
    before = booked.consultation
    with pytest.raises(TimeTaken, match="taken"):
        do.move(booked, taken, staff)
    assert (booked.consultation.time, booked.consultation.sequence) == (before.time, before.sequence)
    assert state_of(before.time) == "booked"


def test_a_move_is_told_once_after_a_minute_and_words_stand_on_the_page(booked, staff):
    do.move(booked, make_time(96), staff, "The clinician is away that day.")
    do.move(booked, make_time(120), staff)
    mail = booked.mails.waiting().get(kind=OutboxMail.Kind.MOVED)
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=1)
    assert "The clinician is away that day." in [line.note for line in booked.timeline.all() if line.is_for_patient]


def test_a_move_can_be_undone_by_the_same_hand_within_a_minute(booked, staff):
    old, new = booked.consultation.time, make_time(96)
    do.move(booked, new, staff)
    steps.undo_step(booked, staff)
    assert (booked.consultation.time, state_of(old), state_of(new)) == (old, "booked", "open")
    assert booked.consultation.sequence == 2
    assert OutboxMail.Kind.MOVED not in waiting_mail(booked)


def test_a_move_is_not_undone_later_nor_by_another(booked, staff, time_machine):
    new = make_time(96)
    do.move(booked, new, staff)
    with pytest.raises(IllegalStep):
        steps.undo_step(booked, make_staff("frontdesk"))
    time_machine.move_to(timezone.now() + timedelta(minutes=1, seconds=1))
    with pytest.raises(IllegalStep):
        steps.undo_step(booked, staff)
    assert booked.consultation.time == new


def test_an_undone_move_finds_the_old_time_gone_and_stays_where_it_is(booked, staff):
    old, new = booked.consultation.time, make_time(96)
    do.move(booked, new, staff)
    book(make_request(email="b@patient.example"), old, staff)
    with pytest.raises(IllegalStep, match="cannot be undone"):
        steps.undo_step(booked, staff)
    assert (booked.consultation.time, state_of(new)) == (new, "booked")
    assert OutboxMail.Kind.MOVED in waiting_mail(booked)
