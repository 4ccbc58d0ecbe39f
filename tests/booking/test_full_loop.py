"""
The whole loop over HTTP: from every state every way on, by the desk's buttons and the patient's.

What the state table allows is done, whatever it does not is refused with a reason and changes nothing.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import ConsultationRequest, OpenTime
from booking.samples import way_to
from booking.states import STEPS, State
from tests.factories import form_data, make_staff, make_time

pytestmark = pytest.mark.django_db


class Loop:
    """One request, driven by two browsers: the patient's and the desk's."""

    def __init__(self, client, desk, time_machine):
        self.patient, self.desk, self.time_machine = client, desk, time_machine
        location = client.post("/consultation/", form_data())["Location"]
        self.token = location.split("/")[3]
        self.pk = ConsultationRequest.objects.latest("pk").pk

    @property
    def request(self):
        return ConsultationRequest.objects.get(pk=self.pk)

    def press(self, wish, **sent):
        """The desk presses a button; returns what it is told."""
        page = self.desk.post(f"/admin/booking/consultationrequest/{self.pk}/do/{wish}/", sent, follow=True)
        return re.findall(r'<li class="(\w+)">([^<]+)</li>', page.text.split('class="messagelist"')[1])[0]

    def say(self, wish, **sent):
        """The patient presses a button; returns what she is told where it was refused."""
        response = self.patient.post(f"/consultation/r/{self.token}/", {wish: "1"} | sent)
        if response.status_code == 303:
            return "success", ""
        found = re.search(r'role="alert">([^<]+)</p>', response.text)
        return ("error", found[1]) if response.status_code == 409 else (response.status_code, "")

    def let_it_begin(self):
        time = self.request.consultation.time
        OpenTime.objects.filter(pk=time.pk).update(starts_at=timezone.now() - timedelta(minutes=5))

    def go(self, state):
        """One legal step by HTTP, as whoever takes it in life."""
        if state == State.OFFERED:
            return self.press("offer", time=[make_time(72).pk, make_time(73).pk])
        if state == State.BOOKED and self.request.state == State.OFFERED:
            return self.say("accept", time=self.request.times.first().pk)
        if state == State.BOOKED:
            return self.press("book", time=make_time(74).pk)
        if state in (State.ATTENDED, State.MISSED):
            if self.request.state == State.BOOKED:
                self.let_it_begin()
            return self.press(state.value)
        if state == State.WITHDRAWN:
            return self.say("withdraw")
        return self.press("step", state=state.value)


@pytest.fixture
def loop(client, time_machine, django_user_model):
    from django.test import Client

    desk = Client()
    desk.force_login(make_staff("frontdesk"))
    return Loop(client, desk, time_machine)


def in_state(loop, state):
    for step in way_to(state):
        outcome = loop.go(step)
        assert outcome[0] == "success", (step, outcome)
    assert loop.request.state == state
    return loop


GOALS = [state for state in State if state != State.RECEIVED]


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("state", list(State))
def test_every_step_that_the_table_allows_is_taken_and_every_other_refused_with_a_reason(loop, state, goal):
    in_state(loop, state)
    lines = loop.request.timeline.count()
    outcome, said = loop.go(goal)
    if goal in STEPS[state]:
        assert (outcome, loop.request.state) == ("success", goal)
    else:
        assert outcome == "error" and said.strip().endswith(".")
        assert (loop.request.state, loop.request.timeline.count()) == (state, lines)
        assert not OpenTime.objects.filter(state="held").exclude(request__state="offered").exists()


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
    request = loop.request
    assert request.state == State.ATTENDED
    assert list(request.consultations.order_by("pk").values_list("state", flat=True)) == [
        "cancelled",
        "cancelled",
        "missed",
        "attended",
    ]
    assert OpenTime.objects.filter(state="held").count() == 0
    assert OpenTime.objects.filter(state="booked").count() == 2  # of the missed and of the attended one
    page = loop.patient.get(f"/consultation/r/{loop.token}/").text
    for line in ("You asked for an earlier time", "moved to another time", "You confirmed", "You asked for another"):
        assert line in page


@pytest.mark.parametrize("state", [state for state in State if state != State.BOOKED])
@pytest.mark.parametrize("wish", ["confirm", "cannot-come", "other-time", "earlier", "not-earlier"])
def test_what_is_said_about_a_consultation_is_refused_where_none_is_booked(loop, state, wish):
    in_state(loop, state)
    lines = loop.request.timeline.count()
    outcome, said = loop.say(wish, why="x")
    assert outcome == "error" and said.strip().endswith(".")
    assert (loop.request.state, loop.request.timeline.count()) == (state, lines)


@pytest.mark.parametrize("state", [state for state in State if state != State.BOOKED])
@pytest.mark.parametrize("wish", ["move", "cancel", "arrived", "earlier", "take-back"])
def test_what_the_desk_does_with_a_consultation_is_refused_where_none_is_booked(loop, state, wish):
    in_state(loop, state)
    lines, time = loop.request.timeline.count(), make_time(90)
    outcome, said = loop.press(wish, time=time.pk)
    assert outcome == "error" and said.strip().endswith(".")
    assert (loop.request.state, loop.request.timeline.count()) == (state, lines)
    assert OpenTime.objects.get(pk=time.pk).state == "open"
