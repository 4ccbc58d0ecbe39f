"""Times that are offered, held, accepted and freed: never given twice, never left behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.models import Consultation, ConsultationRequest, Offer, OpenTime, OutboxMail
from booking.retention import redact
from booking.schedule.consultations import end_consultation
from booking.schedule.opening import TimeInTheWay, open_time
from booking.schedule.picking import pick
from booking.schedule.times import (
    TimeTaken,
    accept,
    book,
    lapse,
    lapse_what_is_due,
    offer_times,
    refuse,
)
from booking.services import undo_by_patient, withdraw
from booking.states import IllegalStep, State
from clinic_site.hours import after_open_minutes
from clinic_site.models import Clinic
from tests.factories import make_request, make_staff, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


def states_of(*times):
    return [OpenTime.objects.get(pk=time.pk).state for time in times]


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def offered(staff):
    """A request with an offer of three times."""
    times = [make_time(hours) for hours in (48, 72, 96)]
    return offer_times(make_request(), times, staff)


@pytest.mark.parametrize("state", ["blocked", "withdrawn"])
def test_a_time_that_was_set_aside_is_opened_again_and_no_other(state):
    closed = make_time(48, state=state, reason="Meeting")
    later, another = make_time(49, state=state), make_time(48, "Dr. Other", state=state, starts_at=closed.starts_at)
    opened = open_time(closed.clinician, closed.starts_at, 45)
    assert (opened, opened.state, opened.reason, opened.minutes) == (closed, "open", "", 20)
    assert states_of(later, another) == [state, state]


def test_a_time_is_opened_where_there_is_none():
    time = make_time(48)
    opened = open_time(time.clinician, time.starts_at + timedelta(minutes=30), 45)
    assert (opened.clinician, opened.starts_at - time.starts_at, opened.minutes, opened.state) == (
        time.clinician,
        timedelta(minutes=30),
        45,
        "open",
    )


@pytest.mark.parametrize("state", ["open", "held", "booked"])
def test_a_time_is_not_opened_where_one_is_given_then(state):
    time = make_time(48)
    request = None if state == "open" else make_request()
    OpenTime.objects.filter(pk=time.pk).update(state=state, request=request)
    with pytest.raises(TimeInTheWay, match="has another time"):
        open_time(time.clinician, time.starts_at, 20)
    assert states_of(time) == [state]


def test_a_step_that_offers_or_books_names_who_took_it(staff):
    offered, booked = make_request(), make_request(email="b@patient.example")
    offer_times(offered, [make_time(48)], staff)
    book(booked, make_time(72), staff)
    assert [request.timeline.filter(kind="step").last().staff for request in (offered, booked)] == [staff, staff]


def test_an_offer_carries_the_words_of_who_made_it(staff):
    offer = offer_times(make_request(), [make_time(48)], staff, "With an interpreter")
    assert (fresh(offer).made_by, fresh(offer).note) == (staff, "With an interpreter")


def test_who_missed_is_offered_others_and_the_missed_time_stays(staff, time_machine):
    request, missed = make_request(), make_time(24)
    book(request, missed, staff)
    time_machine.move_to(missed.starts_at)
    end_consultation(request, State.MISSED, staff)
    offer_times(request, [make_time(48)], staff)
    assert (fresh(missed).state, fresh(missed).request) == ("booked", request)


def test_other_times_are_offered_instead_of_those_that_are_held(staff):
    request, picked, other = make_request(), make_time(96), make_time(120)
    pick(request, picked)
    offer_times(request, [other], staff)
    assert states_of(picked, other) == ["open", "held"]


def test_another_time_is_booked_than_the_one_that_was_picked(staff):
    request, picked, other = make_request(), make_time(96), make_time(120)
    pick(request, picked)
    book(request, other, staff)
    assert states_of(picked, other) == ["open", "booked"]


def test_a_time_that_is_booked_stays_so_when_it_has_begun(staff, time_machine):
    request, time = make_request(), make_time(48)
    book(request, time, staff)
    time_machine.move_to(time.starts_at + timedelta(hours=1))
    lapse_what_is_due()
    assert (fresh(time).state, fresh(time).request) == ("booked", request)


def test_an_offer_is_ended_once(offered, time_machine):
    refuse(offered)
    with pytest.raises(IllegalStep, match="ended already"):
        refuse(offered)
    time_machine.move_to(offered.lapses_at)
    assert (lapse(offered), fresh(offered).state) == (False, "refused")


def test_an_offer_lapses_from_its_moment_on(offered, time_machine):
    before = offered.lapses_at - timedelta(seconds=1)
    time_machine.move_to(before, tick=False)
    assert (lapse(offered), fresh(offered).state) == (False, "waiting")
    time_machine.move_to(offered.lapses_at, tick=False)
    assert (lapse(offered), fresh(offered).state) == (True, "lapsed")


def test_the_mail_of_a_booking_by_hand_rests_a_minute_and_of_an_acceptance_leaves_at_once(offered, staff, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    by_hand = make_request(email="b@patient.example")
    book(by_hand, make_time(120), staff)
    accept(offered, offered.times.first())
    rests = [request.mails.get(kind="booked").due_at - timezone.now() for request in (by_hand, offered.request)]
    assert rests == [timedelta(minutes=1), timedelta(0)]


def test_a_copy_that_was_read_before_a_step_is_read_anew_when_a_time_is_booked(staff):
    read_before = make_request()
    request = fresh(read_before)
    request.move_to(State.IN_CONVERSATION, "staff", staff=staff)
    book(read_before, make_time(48), staff)
    assert (read_before.state, fresh(request).state) == ("booked", "booked")


def test_an_offer_lapses_after_the_opening_time_that_the_clinic_has_set(staff, time_machine):
    time_machine.move_to("2027-03-15T16:00Z", tick=False)  # a Monday, noon at the clinic
    offer = offer_times(make_request(), [make_time(24 * 20)], staff)
    assert offer.lapses_at == after_open_minutes(timezone.now(), Clinic.profile().offers_hold_for)
    assert offer.lapses_at < timezone.now() + timedelta(days=19)


def test_what_was_picked_or_offered_too_near_is_refused_though_others_are_free(time_machine):
    request, near = make_request(), make_time(1)
    make_time(96)
    with pytest.raises(TimeTaken, match="cannot be held for you just now"):
        pick(request, near)
    assert (states_of(near), fresh(request).state) == (["open"], "received")


def test_offered_times_are_held_for_the_request(offered):
    assert states_of(*offered.times.all()) == ["held"] * 3
    assert {time.request_id for time in offered.times.all()} == {offered.request_id}
    assert (fresh(offered.request).state, fresh(offered.request).owed_by) == ("offered", None)


def test_an_accepted_time_is_booked_and_the_others_are_free(offered):
    first, second, third = offered.times.all()
    consultation = accept(offered, second)
    assert states_of(first, second, third) == ["open", "booked", "open"]
    assert (fresh(offered.request).state, fresh(offered).state) == ("booked", "accepted")
    assert (consultation.time, consultation.state, consultation.sequence) == (second, "booked", 0)


def test_a_time_of_another_offer_cannot_be_accepted(offered, staff):
    other = make_time(120)
    offer_times(make_request(email="b@patient.example"), [other], staff)
    with pytest.raises(TimeTaken):
        accept(offered, other)
    assert states_of(*offered.times.all(), other) == ["held"] * 4
    assert (fresh(offered).state, fresh(offered.request).state) == ("waiting", "offered")


def test_an_offer_is_accepted_once(offered):
    first, second, _third = offered.times.all()
    accept(offered, first)
    with pytest.raises(TimeTaken, match="no longer held"):
        accept(fresh(offered), second)
    assert states_of(first, second) == ["booked", "open"]
    assert Consultation.objects.count() == 1


def test_where_none_fits_the_times_are_free_and_a_word_is_owed(offered):
    refuse(offered, "Only on Fridays")
    consultation_request = fresh(offered.request)
    assert states_of(*offered.times.all()) == ["open"] * 3
    assert (consultation_request.state, consultation_request.owed_by > timezone.now()) == ("in-conversation", True)
    assert consultation_request.timeline.filter(kind="step").last().note == "Only on Fridays"


def test_an_offer_lapses_at_its_moment_and_not_before(offered, time_machine):
    lapse_what_is_due()
    assert states_of(*offered.times.all()) == ["held"] * 3
    time_machine.move_to(offered.lapses_at)
    lapse_what_is_due()
    consultation_request = fresh(offered.request)
    assert states_of(*offered.times.all()) == ["open"] * 3
    assert (fresh(offered).state, consultation_request.state) == ("lapsed", "in-conversation")
    assert consultation_request.owed_by > timezone.now()


def test_a_lapsed_offer_cannot_be_accepted_even_before_the_worker_saw_it(offered, time_machine):
    time_machine.move_to(offered.lapses_at)
    with pytest.raises(TimeTaken):
        accept(offered, offered.times.first())
    assert fresh(offered).state == "waiting"


def test_an_accepted_offer_does_not_lapse(offered, time_machine):
    accept(offered, offered.times.first())
    time_machine.move_to(offered.lapses_at)
    assert lapse(fresh(offered)) is False
    assert fresh(offered.request).state == "booked"


def test_an_offer_lapses_before_its_first_time_begins(staff):
    soon = make_time(1)
    assert offer_times(make_request(), [soon], staff).lapses_at == soon.starts_at


@pytest.mark.parametrize("number", [0, 4])
@pytest.mark.timeless
def test_an_offer_has_one_to_three_times(staff, number):
    consultation_request = make_request()
    with pytest.raises(IllegalStep, match="one to three"):
        offer_times(consultation_request, [make_time(24 * (n + 2)) for n in range(number)], staff)
    assert (fresh(consultation_request).state, Offer.objects.count()) == ("received", 0)


@pytest.mark.parametrize("state", ["held", "booked", "blocked", "withdrawn", "past", "away"])
def test_a_time_that_is_not_free_is_not_offered_and_nothing_is_left_behind(staff, state):
    good, bad = make_time(48), make_time(-1 if state == "past" else 72)
    if state in ("held", "booked"):
        OpenTime.objects.filter(pk=bad.pk).update(state=state, request=make_request(email="b@patient.example"))
    elif state == "away":
        type(bad.clinician).objects.filter(pk=bad.clinician_id).update(sees_patients=False)
    elif state != "past":
        OpenTime.objects.filter(pk=bad.pk).update(state=state)
    before, consultation_request = states_of(good, bad), make_request()
    with pytest.raises(TimeTaken):
        offer_times(consultation_request, [good, bad], staff)
    assert (states_of(good, bad), fresh(consultation_request).state, Offer.objects.count()) == (before, "received", 0)
    assert not consultation_request.mails.filter(kind="offered").exists()


def test_a_time_is_booked_on_the_telephone_and_a_waiting_offer_is_taken_back(offered, staff):
    other = make_time(120)
    book(offered.request, other, staff)
    assert states_of(*offered.times.all(), other) == ["open", "open", "open", "booked"]
    assert (fresh(offered).state, fresh(offered.request).state) == ("taken-back", "booked")


def test_withdrawing_frees_what_was_held_and_undoing_holds_it_again(offered):
    consultation_request = offered.request
    withdraw(consultation_request)
    assert (states_of(*offered.times.all()), fresh(offered).state) == (["open"] * 3, "taken-back")
    undo_by_patient(consultation_request)
    assert fresh(consultation_request).state == State.OFFERED
    assert (states_of(*offered.times.all()), fresh(offered).state) == (["held"] * 3, "waiting")


def test_withdrawing_frees_what_was_booked(offered):
    consultation = accept(offered, offered.times.first())
    withdraw(offered.request)
    assert (states_of(consultation.time), fresh(consultation).state) == (["open"], "cancelled")
    assert fresh(consultation).sequence == 1


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_the_time_of_a_consultation_that_is_over_stays_taken_when_the_request_comes_to_its_end(
    staff, state, time_machine
):
    request, time = make_request(), make_time(48)
    book(request, time, staff)
    time_machine.move_to(time.starts_at)
    end_consultation(request, state, staff)
    redact(request)
    assert (fresh(time).state, fresh(time).request) == ("booked", request)
    assert request.consultations.get().state == state


def test_the_mail_of_an_offer_rests_a_minute_and_is_dropped_when_it_is_overtaken(offered):
    mail = offered.request.mails.get(kind=OutboxMail.Kind.OFFERED)
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=1)
    refuse(offered)
    assert fresh(mail).is_overtaken


@pytest.mark.parametrize(("state", "with_request"), [("held", False), ("booked", False), ("open", True)])
@pytest.mark.timeless
def test_the_database_refuses_a_given_time_without_a_request_and_the_other_way_round(state, with_request):
    time = make_time(48)
    consultation_request = make_request() if with_request else None
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenTime.objects.filter(pk=time.pk).update(request=consultation_request, state=state)


def test_the_database_refuses_two_waiting_offers_of_one_request(offered):
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(
            request=offered.request, made_by=offered.made_by, lapses_at=timezone.now() + timedelta(days=1)
        )


def test_the_database_refuses_two_booked_consultations_of_one_time(offered):
    consultation = accept(offered, offered.times.first())
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.create(request=make_request(email="b@patient.example"), time=consultation.time)


def test_no_request_is_lost_sight_of(offered):
    refuse(offered)
    assert ConsultationRequest.objects.awaiting_answer().filter(pk=offered.request_id).exists()


def test_an_acceptance_is_not_undone_as_a_withdrawal(offered):
    accept(offered, offered.times.first())
    with pytest.raises(IllegalStep, match="too late"):
        undo_by_patient(fresh(offered.request))
    assert fresh(offered.request).state == "booked"
