import pytest

from booking.models import ConsultationRequest, Event
from booking.states import CAN_BE_UNDONE_TO, STEPS, IllegalStep, State
from tests.factories import make_request

pytestmark = pytest.mark.django_db

LEGAL = [(before, after) for before, steps in STEPS.items() for after in sorted(steps)]
ILLEGAL = [(before, after) for before in State for after in State if after not in STEPS[before]]


def request_in(state):
    asked = make_request()
    ConsultationRequest.objects.filter(pk=asked.pk).update(state=state)
    asked.refresh_from_db()
    return asked


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
    kept = ConsultationRequest.objects.values().get(), asked.mails.count()
    with pytest.raises(IllegalStep):
        asked.move_to(after, Event.Actor.SYSTEM)
    assert (ConsultationRequest.objects.values().get(), asked.mails.count()) == kept


WITHDRAWABLE = [(before, back) for before, back in CAN_BE_UNDONE_TO.items() if State.WITHDRAWN in STEPS[before]]


@pytest.mark.parametrize(("before", "back"), WITHDRAWABLE)
def test_an_undone_withdrawal_leads_back_to_where_the_patient_was_or_to_the_conversation(before, back):
    asked = request_in(before)
    asked.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    asked.undo_step(Event.Actor.PATIENT)
    line = asked.timeline.last()
    assert (asked.state, line.kind, line.before, line.after) == (back, "undone", "withdrawn", back)


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
