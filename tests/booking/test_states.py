from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import ConsultationRequest, Event, OutboxMail
from booking.schedule.undoing import undo_step_of_patient, undo_step_of_staff
from booking.states import CAN_WITHDRAW, OPEN, STEPS, STEPS_BY_HAND, IllegalStep, State
from clinic_site.models import Limits
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

LEGAL = [(before, after) for before, steps in STEPS.items() for after in sorted(steps)]
ILLEGAL = [(before, after) for before in State for after in State if after not in STEPS[before]]


def request_in(state):
    consultation_request = make_request()
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(state=state)
    consultation_request.refresh_from_db()
    return consultation_request


def everything_about(consultation_request):
    """Every row of it: its own, its timeline's and its mail's."""
    about = {"request": consultation_request.pk}
    return [
        list(rows.values())
        for rows in (
            ConsultationRequest.objects.filter(pk=consultation_request.pk),
            Event.objects.filter(**about),
            OutboxMail.objects.filter(**about),
        )
    ]


def test_the_steps_are_those_that_were_agreed_on():
    agreed = {
        "received": "in-conversation offered booked withdrawn declined unreachable closed",
        "in-conversation": "offered booked withdrawn declined unreachable closed",
        "offered": "in-conversation booked withdrawn declined",
        "booked": "attended missed in-conversation withdrawn",
        "missed": "in-conversation offered booked closed",
        "unreachable": "in-conversation offered booked closed",
        "attended": "",
        "withdrawn": "",
        "declined": "",
        "closed": "",
    }
    assert {state: set(steps) for state, steps in STEPS.items()} == {
        state: set(steps.split()) for state, steps in agreed.items()
    }
    assert STEPS_BY_HAND == ["in-conversation", "unreachable", "declined", "closed"]


def test_a_request_is_alive_and_can_be_withdrawn_where_there_is_a_step():
    assert OPEN == ["received", "in-conversation", "offered", "booked", "missed", "unreachable"]
    assert CAN_WITHDRAW == ["received", "in-conversation", "offered", "booked"]


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_a_legal_step_moves_the_request_and_adds_a_line(before, after):
    consultation_request = request_in(before)
    consultation_request.move_to(after, Event.Actor.SYSTEM, reason="because")
    consultation_request.refresh_from_db()
    line = consultation_request.timeline.last()
    assert (consultation_request.state, line.before, line.after, line.actor, line.note) == (
        after,
        before,
        after,
        "system",
        "because",
    )


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_an_illegal_step_changes_nothing_and_says_why(before, after):
    consultation_request = request_in(before)
    with pytest.raises(IllegalStep, match=str(before.label)):
        consultation_request.move_to(after, Event.Actor.SYSTEM)
    consultation_request.refresh_from_db()
    assert (consultation_request.state, consultation_request.timeline.count()) == (before, 1)


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
    consultation_request = request_in(before)
    kept = everything_about(consultation_request)
    with pytest.raises(IllegalStep):
        consultation_request.move_to(after, Event.Actor.SYSTEM)
    assert everything_about(consultation_request) == kept


@pytest.mark.parametrize("before", CAN_WITHDRAW)
def test_an_undone_withdrawal_leads_back_to_where_the_patient_was(before):
    consultation_request = request_in(before)
    consultation_request.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    undo_step_of_patient(consultation_request)
    line = consultation_request.timeline.last()
    assert (consultation_request.state, line.kind, line.before, line.after) == (before, "undone", "withdrawn", before)


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_any_step_is_undone_by_the_hand_that_took_it_and_owes_what_was_owed(before, after):
    consultation_request, staff = request_in(before), make_staff("frontdesk")
    owed_by = consultation_request.owed_by
    consultation_request.move_to(after, Event.Actor.STAFF, staff=staff)
    undo_step_of_staff(consultation_request, staff)
    consultation_request.refresh_from_db()
    line = consultation_request.timeline.last()
    assert (consultation_request.state, line.kind, line.staff) == (before, "undone", staff)
    assert consultation_request.owed_by == owed_by


@pytest.mark.parametrize("hand", ["patient", "system", "a colleague"])
def test_no_other_hand_undoes_a_step(hand):
    consultation_request = make_request()
    actor = Event.Actor.SYSTEM if hand == "system" else Event.Actor.STAFF
    staff = None if hand == "system" else make_staff("frontdesk")
    consultation_request.move_to(State.CLOSED, actor, staff=staff)
    kept = everything_about(consultation_request)
    with pytest.raises(IllegalStep, match=r"Nothing was changed\."):
        if hand == "patient":
            undo_step_of_patient(consultation_request)
        else:
            undo_step_of_staff(consultation_request, make_staff("frontdesk"))
    assert everything_about(consultation_request) == kept


@pytest.mark.parametrize(("seconds", "state"), [(59, "received"), (60, "closed")])
def test_a_step_can_be_undone_for_so_long_and_no_longer(time_machine, seconds, state):
    consultation_request, staff, start = make_request(), make_staff("frontdesk"), timezone.now()
    time_machine.move_to(start, tick=False)
    consultation_request.move_to(State.CLOSED, Event.Actor.STAFF, staff=staff)
    time_machine.move_to(start + timedelta(seconds=seconds), tick=False)
    with suppress(IllegalStep):
        undo_step_of_staff(consultation_request, staff)
    assert ConsultationRequest.objects.get().state == state


def test_a_step_that_two_hands_undo_at_once_is_undone_once():
    mine = make_request()
    mine.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    theirs = ConsultationRequest.objects.get(pk=mine.pk)
    undo_step_of_patient(theirs)
    kept = everything_about(mine)
    with pytest.raises(IllegalStep):
        undo_step_of_patient(mine)
    assert everything_about(mine) == kept


def test_what_was_undone_is_not_undone_again():
    consultation_request = make_request()
    consultation_request.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    undo_step_of_patient(consultation_request)
    with pytest.raises(IllegalStep, match="too late"):
        undo_step_of_patient(consultation_request)


def test_a_state_says_since_when_it_stands(time_machine):
    consultation_request = make_request()
    time_machine.move_to("2040-01-05T12:00Z", tick=False)
    consultation_request.move_to(State.CLOSED, Event.Actor.SYSTEM)
    assert ConsultationRequest.objects.get().state_since.isoformat() == "2040-01-05T12:00:00+00:00"


def test_every_end_has_a_time_after_which_its_data_goes():
    kept = set(Limits().requests_kept)
    assert {state.value for state, steps in STEPS.items() if not steps} <= kept
    assert kept <= set(State.values) - {"received", "in-conversation", "offered", "booked"}
