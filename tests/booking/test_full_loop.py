"""
The whole loop over HTTP: from every state every way on, by the desk's buttons and the patient's.

What the state table allows is done, whatever it does not is refused with a reason and changes nothing.
"""

import re
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.utils import timezone

from booking.models import ConsultationRequest, OpenTime
from booking.samples import steps_to
from booking.states import STEPS, State
from tests.factories import form_data, make_staff, make_time, shift_time
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


class Loop:
    """One request, driven by two browsers: the patient's and the desk's."""

    def __init__(self, client, desk, time_machine):
        self.patient, self.desk, self.time_machine = client, desk, time_machine
        self.hours, self.minutes_ago = count(72), count(5, step=30)
        location = client.post("/consultation/", form_data())["Location"]
        self.token = location.split("/")[3]
        self.pk = ConsultationRequest.objects.latest("pk").pk

    @property
    def consultation_request(self):
        return ConsultationRequest.objects.get(pk=self.pk)

    def press(self, action, **sent):
        """The desk presses a button; returns what the page that follows tells it."""
        response = self.desk.post(f"/admin/booking/consultationrequest/{self.pk}/do/{action}/", sent)
        assert response.status_code == 302
        *_of_steps_before, told = get_messages(response.wsgi_request)
        return told.level_tag, str(told)

    def say(self, action, **sent):
        """The patient presses a button; returns what they are told where it was refused."""
        response = self.patient.post(f"/consultation/r/{self.token}/", {action: "1"} | sent)
        if response.status_code == 303:
            return "success", ""
        found = re.search(r'role="alert">([^<]+)</p>', response.text)
        return ("error", found[1]) if response.status_code == 409 else (response.status_code, "")

    def next_time(self):
        """A free time, an hour after the one before."""
        return make_time(next(self.hours))

    def let_it_begin(self):
        time = self.consultation_request.consultation.time
        shift_time(time, timezone.now() - timedelta(minutes=next(self.minutes_ago)))

    def go(self, state):
        """One legal step by HTTP, as whoever takes it in life."""
        if state == State.OFFERED:
            return self.press("offer", time=[self.next_time().pk, self.next_time().pk])
        if state == State.BOOKED and self.consultation_request.state == State.OFFERED:
            return self.say("accept", time=self.consultation_request.times.first().pk)
        if state == State.BOOKED:
            return self.press("book", time=self.next_time().pk)
        if state in (State.ATTENDED, State.MISSED):
            if self.consultation_request.state == State.BOOKED:
                self.let_it_begin()
            return self.press(state.value)
        if state == State.WITHDRAWN:
            return self.say("withdraw")
        return self.press("step", state=state.value)


@pytest.fixture
def loop(client, time_machine, django_user_model):
    desk = Client()
    sign_in(desk, make_staff("frontdesk"))
    return Loop(client, desk, time_machine)


def in_state(loop, state):
    for step in steps_to(state):
        outcome = loop.go(step)
        assert outcome[0] == "success", (step, outcome)
    assert loop.consultation_request.state == state
    return loop


GOALS = [state for state in State if state != State.RECEIVED]
NOT_BOOKED = [state for state in State if state != State.BOOKED]


def not_refused(loop, presses):
    """
    What came of each of these buttons that did not say why not, or did not leave everything as it was. It is taken back
    before the next one is pressed.
    """
    wrong = {}
    for button, press in presses.items():
        with transaction.atomic():
            before = as_it_stands(loop)
            outcome, said = press()
            if outcome != "error" or not said.strip().endswith(".") or as_it_stands(loop) != before:
                wrong[button] = (outcome, said, loop.consultation_request.state)
            transaction.set_rollback(True)
    return wrong


def as_it_stands(loop):
    times = OpenTime.objects.exclude(state="open").order_by("pk").values_list("pk", "state", "request")
    return loop.consultation_request.state, loop.consultation_request.timeline.count(), list(times)


@pytest.mark.parametrize("state", [state for state in State if STEPS[state]])
def test_every_step_that_the_table_allows_is_taken(loop, state):
    """Each from one and the same request: what a step did is taken back before the next."""
    in_state(loop, state)
    taken = {}
    for goal in STEPS[state]:
        with transaction.atomic():
            outcome, said = loop.go(goal)
            taken[goal] = (outcome, loop.consultation_request.state, said if outcome != "success" else "")
            transaction.set_rollback(True)
    assert taken == {goal: ("success", goal, "") for goal in STEPS[state]}


@pytest.mark.parametrize("state", list(State))
def test_every_step_that_the_table_does_not_allow_is_refused_with_a_reason(loop, state):
    in_state(loop, state)
    assert not_refused(loop, {goal: partial(loop.go, goal) for goal in GOALS if goal not in STEPS[state]}) == {}


def test_the_long_way_round_leaves_one_booked_time_and_every_line(loop):
    loop.go(State.OFFERED)
    assert loop.say("none-fits", why="Fridays") == ("success", "")
    loop.go(State.OFFERED)
    loop.go(State.BOOKED)
    loop.say("earlier")
    earlier = make_time(30)
    assert loop.press("earlier", time=earlier.pk)[0] == "success"
    assert loop.say("accept", time=earlier.pk) == ("success", "")
    moved = make_time(80)
    assert loop.press("move", time=moved.pk)[0] == "success"
    loop.say("confirm")
    loop.say("other-time", why="Rather in the afternoon")
    assert loop.press("cancel")[0] == "success"
    assert loop.press("book", time=make_time(81).pk)[0] == "success"
    loop.say("cannot-come")
    loop.go(State.BOOKED)
    loop.go(State.MISSED)
    loop.go(State.BOOKED)
    loop.go(State.ATTENDED)
    consultation_request = loop.consultation_request
    assert consultation_request.state == State.ATTENDED
    assert list(consultation_request.consultations.order_by("pk").values_list("state", flat=True)) == [
        "cancelled",
        "cancelled",
        "missed",
        "attended",
    ]
    assert OpenTime.objects.filter(state="held").count() == 0
    assert OpenTime.objects.filter(state="booked").count() == 2  # of the missed and of the attended one
    page = loop.patient.get(f"/consultation/r/{loop.token}/").text
    for line in (
        "You told us that none of the times works",
        "You asked for an earlier time",
        "We held an earlier time for you: ",
        "You moved your consultation from ",
        "We moved your consultation from ",
        "You confirmed that you will come: ",
        "You asked for another time:",
        "We canceled your consultation: ",
        "You told us that you cannot come: ",
        "We missed you at your consultation: ",
    ):
        assert line in page


@pytest.mark.parametrize("state", NOT_BOOKED)
def test_what_is_said_about_a_consultation_is_refused_where_none_is_booked(loop, state):
    in_state(loop, state)
    said = ("confirm", "cannot-come", "other-time", "earlier", "not-earlier")
    assert not_refused(loop, {action: partial(loop.say, action, why="x") for action in said}) == {}


@pytest.mark.parametrize("state", NOT_BOOKED)
def test_what_the_desk_does_with_a_consultation_is_refused_where_none_is_booked(loop, state):
    in_state(loop, state)
    time = make_time(90)
    done = ("move", "cancel", "arrived", "earlier", "take-back")
    assert not_refused(loop, {action: partial(loop.press, action, time=time.pk) for action in done}) == {}
