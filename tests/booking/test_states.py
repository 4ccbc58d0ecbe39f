import pytest

from booking.models import ConsultationRequest, Event
from booking.states import STEPS, IllegalStep, State
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
