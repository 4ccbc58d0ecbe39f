"""
Undo never unsays what stands: every step that can be undone, times what may happen in between, with and without email.

Either the request is back as it was, with its times, its offer, its consultation, its promise and what was to be told;
or nothing is changed, and what the patient is told stands; or, where it had come to an end, it lives again without its
times, and the patient is told so.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.desk.calls import log_call
from booking.desk.steps import answer, change_state, undo_step
from booking.models import Clinician, ConsultationRequest, OutboxMail
from booking.models.timeline import Outcome
from booking.schedule.changes import close_day
from booking.schedule.consultations import (
    cancel,
    cannot_come,
    confirm,
    end_consultation,
    move,
    wait_for_earlier,
)
from booking.schedule.picking import pick
from booking.schedule.times import book, offer_earlier, offer_times
from booking.services import add_words, undo_by_patient, withdraw
from booking.states import IllegalStep, State
from booking.tasks import sweep
from clinic_site.models import ClosedDay
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = pytest.mark.django_db

AS_IT_WAS, REFUSED, WITHOUT_TIMES = "as it was", "refused", "without its times"
WAYS = {"email": {}, "no email": {"contact_by": "phone", "email": "", "phone": "+15865550142"}}


class World:
    """One patient, the times on the day that matters and on another, and the desk."""

    def __init__(self, way):
        self.staff = make_staff("frontdesk")
        self.consultation_request = make_request(**WAYS[way])
        self.times = [make_time(72), make_time(74)]
        self.other = make_time(120)

    @property
    def day(self):
        return timezone.localdate(self.times[0].starts_at)

    def picked(self):
        pick(self.consultation_request, self.times[0])

    def offered(self):
        offer_times(self.consultation_request, self.times, self.staff)

    def booked(self):
        book(self.consultation_request, self.times[0], self.staff)
        confirm(self.consultation_request)
        wait_for_earlier(self.consultation_request)

    def called_back_next_week(self):
        log_call(self.consultation_request, Outcome.NO_ANSWER, self.staff, again="week")

    def stands(self):
        """All that an undo has to bring back."""
        request = ConsultationRequest.objects.get(pk=self.consultation_request.pk)
        consultation = request.consultation
        now = timezone.now()
        return {
            "state": request.state,
            "owed_by": request.owed_by,
            "call_by": request.call_by,
            "tries": request.tries,
            "times": sorted(request.times.values_list("pk", "state")),
            "offers": sorted(request.offers.waiting().values_list("pk", flat=True)),
            "consultation": consultation
            and (consultation.pk, consultation.time_id, consultation.confirmed_at, consultation.earlier_wanted_at),
            "mails": sorted(request.mails.to_patients().waiting().filter(due_at__gt=now).values_list("pk", flat=True)),
            "calls": sorted(request.to_calls.open().values_list("pk", flat=True)),
        }


# What stood before, what was done, and what the request gave up with it: 'times', or nothing.
def made(*before):
    def prepare(world):
        for name in before:
            getattr(world, name)()

    return prepare


STEPS = {
    "offer": (made("called_back_next_week"), lambda w: offer_times(w.consultation_request, w.times, w.staff), False),
    "offer instead of the picked time": (
        made("picked"),
        lambda w: offer_times(w.consultation_request, [w.other], w.staff),
        True,
    ),
    "book": (made("called_back_next_week"), lambda w: book(w.consultation_request, w.times[0], w.staff), False),
    "book the picked time": (made("picked"), lambda w: book(w.consultation_request, w.times[0], w.staff), False),
    "book another than the offered times": (
        made("offered"),
        lambda w: book(w.consultation_request, w.other, w.staff),
        True,
    ),
    "move": (made("booked"), lambda w: move(w.consultation_request, w.other, w.staff), True),
    "offer an earlier time": (
        made("booked"),
        lambda w: offer_earlier(w.consultation_request, make_time(48), w.staff),
        False,
    ),
    "cancel": (made("booked"), lambda w: cancel(w.consultation_request, w.staff), True),
    "take the offer back": (
        made("offered"),
        lambda w: change_state(w.consultation_request, State.IN_CONVERSATION, w.staff),
        True,
    ),
    "decline": (
        made("called_back_next_week"),
        lambda w: change_state(w.consultation_request, State.DECLINED, w.staff),
        False,
    ),
    "decline whose time is picked": (
        made("picked"),
        lambda w: change_state(w.consultation_request, State.DECLINED, w.staff),
        True,
    ),
    "decline who has an offer": (
        made("offered"),
        lambda w: change_state(w.consultation_request, State.DECLINED, w.staff),
        True,
    ),
    "close": (
        made("called_back_next_week"),
        lambda w: change_state(w.consultation_request, State.CLOSED, w.staff),
        False,
    ),
    "unreachable": (
        made("called_back_next_week"),
        lambda w: change_state(w.consultation_request, State.UNREACHABLE, w.staff),
        False,
    ),
    "withdraw": (made("called_back_next_week"), lambda w: withdraw(w.consultation_request), False),
    "withdraw who is booked": (made("booked"), lambda w: withdraw(w.consultation_request), True),
    "withdraw who has an offer": (made("offered"), lambda w: withdraw(w.consultation_request), True),
    "cannot come": (made("booked"), lambda w: cannot_come(w.consultation_request, "I am ill"), True),
}
BY_PATIENT = [name for name in STEPS if name.startswith(("withdraw", "cannot"))]
TO_AN_END = [name for name in STEPS if name.startswith(("decline", "withdraw"))]


def nothing(world):
    pass


def the_worker_sweeps(world):
    sweep()


def the_patient_adds_words(world):
    if world.consultation_request.state != State.WITHDRAWN:  # whose page takes no words
        add_words(world.consultation_request, "Fridays are good.")


def the_time_is_taken(world):
    free = [time for time in world.times if not type(time).objects.get(pk=time.pk).request_id]
    for time in free:
        book(make_request(email="b@patient.example"), time, world.staff)


def the_clinician_stops(world):
    Clinician.objects.update(sees_patients=False)


def a_colleague_answers(world):
    answer(world.consultation_request, make_staff("frontdesk"), "Call us.")


BETWEEN = {
    nothing: lambda step, gave_up: AS_IT_WAS,
    the_worker_sweeps: lambda step, gave_up: AS_IT_WAS,
    the_patient_adds_words: lambda step, gave_up: AS_IT_WAS,
    the_time_is_taken: lambda step, gave_up: _without(step) if gave_up else AS_IT_WAS,
    the_clinician_stops: lambda step, gave_up: _without(step) if gave_up else AS_IT_WAS,
    a_colleague_answers: lambda step, gave_up: REFUSED,
}


def _without(step):
    return WITHOUT_TIMES if step in TO_AN_END else REFUSED


@pytest.fixture(autouse=True)
def no_hours_decide(time_machine):
    time_machine.move_to("2026-06-01T13:00Z")
    ClosedDay.objects.all().delete()


def undo(world, step):
    if step in BY_PATIENT:
        undo_by_patient(world.consultation_request)
    else:
        undo_step(world.consultation_request, world.staff)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("between", BETWEEN, ids=lambda between: between.__name__)
@pytest.mark.parametrize("step", STEPS)
def test_an_undo_brings_back_what_it_promises_or_changes_nothing(way, between, step):
    world = World(way)
    prepare, act, gave_up = STEPS[step]
    prepare(world)
    before = world.stands()
    act(world)
    between(world)
    after, expected = world.stands(), BETWEEN[between](step, gave_up)
    if expected == REFUSED:
        with pytest.raises(IllegalStep, match="Nothing was changed"):
            undo(world, step)
        assert world.stands() == after
        return
    undo(world, step)
    now = world.stands()
    if expected == AS_IT_WAS:
        if between is the_patient_adds_words and before["owed_by"] is None:
            before["owed_by"] = after["owed_by"]  # their words were promised an answer
        assert now == before
        return
    assert (now["state"] in ("received", "in-conversation"), now["times"], now["consultation"]) == (True, [], None)
    assert now["owed_by"] is not None
    told = OutboxMail.Kind.TIMES_GONE
    request = world.consultation_request
    assert request.mails.waiting().filter(kind=told).exists() or request.to_calls.open().filter(kind=told).exists()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("step", STEPS)
def test_after_its_time_nothing_is_undone(way, step, time_machine):
    world = World(way)
    prepare, act, _gave_up = STEPS[step]
    prepare(world)
    act(world)
    span = timedelta(minutes=10) if step in BY_PATIENT else timedelta(minutes=1)
    time_machine.move_to(timezone.now() + span)
    after = world.stands()
    with pytest.raises(IllegalStep, match="too late"):
        undo(world, step)
    assert world.stands() == after


@pytest.mark.parametrize("way", WAYS)
def test_a_booking_of_a_day_that_was_closed_since_is_not_brought_back_and_its_cancelling_is_told(way):
    world = World(way)
    book(world.consultation_request, world.times[0], world.staff)
    cancel(world.consultation_request, world.staff, "The roads are closed.")
    close_day(world.day, "Snow")
    world.consultation_request.refresh_from_db()
    after = world.stands()
    with pytest.raises(IllegalStep, match="cannot be given any more, as the clinic is closed"):
        undo_step(world.consultation_request, world.staff)
    assert world.stands() == after and (after["mails"] or after["calls"])
    kind = world.consultation_request.to_calls if way == "no email" else world.consultation_request.mails
    assert kind.filter(kind="cancelled", dropped_at=None).exists()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_a_visit_that_was_noted_by_mistake_is_undone_with_what_was_to_be_told(way, state):
    world = World(way)
    world.booked()
    shift_time(world.times[0], timezone.now() - timedelta(minutes=30))
    before = world.stands()
    end_consultation(world.consultation_request, state, world.staff)
    undo_step(world.consultation_request, world.staff)
    assert world.stands() == before


@pytest.mark.parametrize("way", WAYS)
def test_an_undone_second_move_leaves_the_first_to_be_told(way):
    world = World(way)
    world.booked()
    move(world.consultation_request, world.times[1], world.staff)
    after_first = world.stands()
    move(world.consultation_request, world.other, world.staff)
    undo_step(world.consultation_request, world.staff)
    assert world.stands() == after_first


@pytest.mark.parametrize("way", WAYS)
def test_an_undone_booking_leaves_the_offer_to_be_told_though_the_worker_had_dropped_it(way):
    world = World(way)
    world.offered()
    before = world.stands()
    book(world.consultation_request, world.times[0], world.staff)
    for mail in OutboxMail.objects.filter(kind="offered"):
        mail.mark_dropped()
    undo_step(world.consultation_request, world.staff)
    assert world.stands() == before
