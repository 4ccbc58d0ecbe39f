from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import ConsultationRequest, Event, OutboxMail
from booking.states import CAN_BE_UNDONE_TO, STEPS, IllegalStep, State
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

LEGAL = [(before, after) for before, steps in STEPS.items() for after in sorted(steps)]
ILLEGAL = [(before, after) for before in State for after in State if after not in STEPS[before]]


def request_in(state):
    asked = make_request()
    ConsultationRequest.objects.filter(pk=asked.pk).update(state=state)
    asked.refresh_from_db()
    return asked


def everything_about(asked):
    """Every row of it: its own, its timeline's and its mail's."""
    about = {"request": asked.pk}
    return [
        list(rows.values())
        for rows in (
            ConsultationRequest.objects.filter(pk=asked.pk),
            Event.objects.filter(**about),
            OutboxMail.objects.filter(**about),
        )
    ]


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_a_legal_step_moves_the_request_and_adds_a_line(before, after):
    asked = request_in(before)
    asked.move_to(after, Event.Actor.SYSTEM, reason="because")
    asked.refresh_from_db()
    line = asked.timeline.last()
    assert (asked.state, line.before, line.after, line.actor, line.note) == (after, before, after, "system", "because")


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_an_illegal_step_changes_nothing_and_says_why(before, after):
    asked = request_in(before)
    with pytest.raises(IllegalStep, match=str(before.label)):
        asked.move_to(after, Event.Actor.SYSTEM)
    asked.refresh_from_db()
    assert (asked.state, asked.timeline.count()) == (before, 1)


def test_a_step_that_somebody_else_overtook_changes_nothing():
    mine = make_request()
    theirs = ConsultationRequest.objects.get(pk=mine.pk)
    theirs.move_to(State.DECLINED, Event.Actor.SYSTEM)
    with pytest.raises(IllegalStep, match="Declined"):
        mine.move_to(State.IN_CONVERSATION, Event.Actor.SYSTEM)
    mine.refresh_from_db()
    assert (mine.state, mine.timeline.count()) == (State.DECLINED, 2)


def test_every_state_can_be_reached_from_a_new_request():
    reached = {State.RECEIVED}
    while more := {after for before in reached for after in STEPS[before]} - reached:
        reached |= more
    assert reached == set(State)


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_an_illegal_step_leaves_no_trace(before, after):
    asked = request_in(before)
    kept = everything_about(asked)
    with pytest.raises(IllegalStep):
        asked.move_to(after, Event.Actor.SYSTEM)
    assert everything_about(asked) == kept


WITHDRAWABLE = [(before, back) for before, back in CAN_BE_UNDONE_TO.items() if State.WITHDRAWN in STEPS[before]]


@pytest.mark.parametrize(("before", "back"), WITHDRAWABLE)
def test_an_undone_withdrawal_leads_back_to_where_the_patient_was_or_to_the_conversation(before, back):
    asked = request_in(before)
    asked.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    asked.undo_step(Event.Actor.PATIENT)
    line = asked.timeline.last()
    assert (asked.state, line.kind, line.before, line.after) == (back, "undone", "withdrawn", back)


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_any_step_is_undone_by_the_hand_that_took_it(before, after):
    asked, staff = request_in(before), make_staff("frontdesk")
    asked.move_to(after, Event.Actor.STAFF, staff=staff)
    asked.undo_step(Event.Actor.STAFF, staff=staff)
    asked.refresh_from_db()
    line = asked.timeline.last()
    assert (asked.state, line.kind, line.staff) == (CAN_BE_UNDONE_TO[before], "undone", staff)
    assert asked.owed_by == (asked.reply_by if before == State.RECEIVED else None)


@pytest.mark.parametrize("hand", ["patient", "system", "a colleague"])
def test_no_other_hand_undoes_a_step(hand):
    asked = make_request()
    asked.move_to(State.CLOSED, Event.Actor.STAFF, staff=make_staff("frontdesk"))
    kept = everything_about(asked)
    with pytest.raises(IllegalStep, match=r"Nothing was changed\."):
        if hand == "a colleague":
            asked.undo_step(Event.Actor.STAFF, staff=make_staff("frontdesk"))
        else:
            asked.undo_step(hand)
    assert everything_about(asked) == kept


@pytest.mark.parametrize(("seconds", "state"), [(59, "received"), (60, "closed")])
def test_a_step_can_be_undone_for_so_long_and_no_longer(time_machine, seconds, state):
    asked, start = make_request(), timezone.now()
    time_machine.move_to(start, tick=False)
    asked.move_to(State.CLOSED, Event.Actor.SYSTEM)
    time_machine.move_to(start + timedelta(seconds=seconds), tick=False)
    with suppress(IllegalStep):
        asked.undo_step(Event.Actor.SYSTEM, within=timedelta(minutes=1))
    assert ConsultationRequest.objects.get().state == state


def test_a_step_that_two_hands_undo_at_once_is_undone_once():
    mine = make_request()
    mine.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    theirs = ConsultationRequest.objects.get(pk=mine.pk)
    theirs.undo_step(Event.Actor.PATIENT)
    kept = everything_about(mine)
    with pytest.raises(IllegalStep):
        mine.undo_step(Event.Actor.PATIENT)
    assert everything_about(mine) == kept


def test_what_was_undone_is_not_undone_again():
    asked = make_request()
    asked.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    asked.undo_step(Event.Actor.PATIENT)
    with pytest.raises(IllegalStep, match="too late"):
        asked.undo_step(Event.Actor.PATIENT)


def test_a_state_says_since_when_it_stands(time_machine):
    asked = make_request()
    time_machine.move_to("2040-01-05T12:00Z", tick=False)
    asked.move_to(State.CLOSED, Event.Actor.SYSTEM)
    assert ConsultationRequest.objects.get().state_since.isoformat() == "2040-01-05T12:00:00+00:00"


def test_every_end_has_a_time_after_which_its_data_goes(settings):
    assert {state.value for state, steps in STEPS.items() if not steps} <= set(settings.REQUESTS_KEPT)
    assert set(settings.REQUESTS_KEPT) <= set(State.values) - {"received", "in-conversation", "offered", "booked"}
