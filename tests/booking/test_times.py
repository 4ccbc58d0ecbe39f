"""Times that are offered, held, accepted and freed: never given twice, never left behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.models import Consultation, ConsultationRequest, Offer, OpenTime, OutboxMail
from booking.services import undo_withdrawal, withdraw
from booking.states import IllegalStep, State
from booking.times import TimeTaken, accept, book, lapse, lapse_what_is_due, offer_times, refuse
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db


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
    request = fresh(offered.request)
    assert states_of(*offered.times.all()) == ["open"] * 3
    assert (request.state, request.owed_by > timezone.now()) == ("in-conversation", True)
    assert request.timeline.last_step().note == "Only on Fridays"


def test_an_offer_lapses_at_its_moment_and_not_before(offered, time_machine):
    lapse_what_is_due()
    assert states_of(*offered.times.all()) == ["held"] * 3
    time_machine.move_to(offered.lapses_at)
    lapse_what_is_due()
    request = fresh(offered.request)
    assert states_of(*offered.times.all()) == ["open"] * 3
    assert (fresh(offered).state, request.state) == ("lapsed", "in-conversation")
    assert request.owed_by > timezone.now()


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
def test_an_offer_has_one_to_three_times(staff, number):
    request = make_request()
    with pytest.raises(IllegalStep, match="one to three"):
        offer_times(request, [make_time(24 * (n + 2)) for n in range(number)], staff)
    assert (fresh(request).state, Offer.objects.count()) == ("received", 0)


@pytest.mark.parametrize("state", ["held", "booked", "blocked", "withdrawn", "past", "away"])
def test_a_time_that_is_not_free_is_not_offered_and_nothing_is_left_behind(staff, state):
    good, bad = make_time(48), make_time(-1 if state == "past" else 72)
    if state in ("held", "booked"):
        OpenTime.objects.filter(pk=bad.pk).update(state=state, request=make_request(email="b@patient.example"))
    elif state == "away":
        type(bad.clinician).objects.filter(pk=bad.clinician_id).update(sees_patients=False)
    elif state != "past":
        OpenTime.objects.filter(pk=bad.pk).update(state=state)
    before, request = states_of(good, bad), make_request()
    with pytest.raises(TimeTaken):
        offer_times(request, [good, bad], staff)
    assert (states_of(good, bad), fresh(request).state, Offer.objects.count()) == (before, "received", 0)
    assert not request.mails.filter(kind="offered").exists()


def test_a_time_is_booked_on_the_telephone_and_a_waiting_offer_is_taken_back(offered, staff):
    other = make_time(120)
    book(offered.request, other, staff)
    assert states_of(*offered.times.all(), other) == ["open", "open", "open", "booked"]
    assert (fresh(offered).state, fresh(offered.request).state) == ("taken-back", "booked")


def test_withdrawing_frees_what_was_held_and_undoing_comes_back_to_the_conversation(offered):
    request = offered.request
    withdraw(request)
    assert (states_of(*offered.times.all()), fresh(offered).state) == (["open"] * 3, "taken-back")
    undo_withdrawal(request)
    assert fresh(request).state == State.IN_CONVERSATION


def test_withdrawing_frees_what_was_booked(offered):
    consultation = accept(offered, offered.times.first())
    withdraw(offered.request)
    assert (states_of(consultation.time), fresh(consultation).state) == (["open"], "cancelled")
    assert fresh(consultation).sequence == 1


def test_the_mail_of_an_offer_rests_a_minute_and_is_dropped_when_it_is_overtaken(offered):
    mail = offered.request.mails.get(kind=OutboxMail.Kind.OFFERED)
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=1)
    refuse(offered)
    assert fresh(mail).is_overtaken


@pytest.mark.parametrize(
    "fields",
    [{"state": "held"}, {"state": "booked"}, {"state": "open", "with_request": True}],
)
def test_the_database_refuses_a_given_time_without_a_request_and_the_other_way_round(fields):
    time = make_time(48)
    request = make_request() if fields.pop("with_request", False) else None
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenTime.objects.filter(pk=time.pk).update(request=request, **fields)


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
    with pytest.raises(IllegalStep, match="not withdrawn"):
        undo_withdrawal(fresh(offered.request))
    assert fresh(offered.request).state == "booked"
