"""A booked consultation: moved, cancelled, confirmed, attended or missed, by the desk and by the patient."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import consultations as do
from booking import desk
from booking.models import Consultation, OpenTime, OutboxMail
from booking.services import undo_withdrawal, withdraw
from booking.states import IllegalStep, State
from booking.times import TimeTaken, accept, book, lapse, offer_earlier, refuse, take_back_offer
from clinic_site.models import Clinic
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def state_of(time):
    return OpenTime.objects.get(pk=time.pk).state


def kinds(request):
    return list(request.timeline.values_list("kind", flat=True))


def waiting_mail(request):
    return set(request.mails.waiting().values_list("kind", flat=True))


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def booked(staff):
    """A request with a consultation in three days."""
    request = make_request()
    book(request, make_time(72), staff)
    return request


def begin(consultation, time_machine):
    time_machine.move_to(consultation.time.starts_at + timedelta(minutes=5))


def test_a_moved_consultation_keeps_its_uid_and_frees_the_old_time(booked, staff):
    before, new = booked.consultation, make_time(96)
    do.move(booked, new, staff)
    after = booked.consultation
    assert (after.pk, after.uid, after.time, after.sequence) == (before.pk, before.uid, new, before.sequence + 1)
    assert (state_of(before.time), state_of(new)) == ("open", "booked")
    assert fresh(booked).state == State.BOOKED


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
    assert "The clinician is away that day." in [line.note for line in booked.timeline.for_patient()]


def test_a_move_can_be_undone_by_the_same_hand_within_a_minute(booked, staff):
    old, new = booked.consultation.time, make_time(96)
    do.move(booked, new, staff)
    desk.undo_step(booked, staff)
    assert (booked.consultation.time, state_of(old), state_of(new)) == (old, "booked", "open")
    assert booked.consultation.sequence == 2
    assert OutboxMail.Kind.MOVED not in waiting_mail(booked)


def test_a_move_is_not_undone_later_nor_by_another(booked, staff, time_machine):
    new = make_time(96)
    do.move(booked, new, staff)
    with pytest.raises(IllegalStep):
        desk.undo_step(booked, make_staff("frontdesk"))
    time_machine.move_to(timezone.now() + timedelta(minutes=1, seconds=1))
    with pytest.raises(IllegalStep):
        desk.undo_step(booked, staff)
    assert booked.consultation.time == new


def test_an_undone_move_finds_the_old_time_gone_and_stays_where_it_is(booked, staff):
    old, new = booked.consultation.time, make_time(96)
    do.move(booked, new, staff)
    book(make_request(email="b@patient.example"), old, staff)
    with pytest.raises(TimeTaken):
        desk.undo_step(booked, staff)
    assert (booked.consultation.time, state_of(new)) == (new, "booked")


def test_a_cancelled_consultation_frees_its_time_and_a_word_is_owed(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff, words="We are sorry.")
    request = fresh(booked)
    assert (request.state, fresh(consultation).state, fresh(consultation).sequence) == (
        "in-conversation",
        "cancelled",
        1,
    )
    assert state_of(consultation.time) == "open"
    assert request.owed_by > timezone.now()
    assert OutboxMail.Kind.CANCELLED in waiting_mail(booked)


def test_a_step_back_to_the_conversation_by_hand_cancels_too(booked, staff):
    desk.take_step(booked, State.IN_CONVERSATION, staff, "patient is ill")
    assert fresh(booked).owed_by is not None
    assert waiting_mail(booked) >= {OutboxMail.Kind.CANCELLED}
    assert OutboxMail.Kind.IN_CONVERSATION not in waiting_mail(booked)


def test_an_undone_cancelling_books_the_same_consultation_again_and_no_mail_leaves(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff)
    desk.undo_step(booked, staff)
    assert fresh(booked).state == State.BOOKED
    assert booked.consultation == consultation
    assert (state_of(consultation.time), booked.consultation.sequence) == ("booked", 2)
    assert OutboxMail.Kind.CANCELLED not in waiting_mail(booked)


def test_an_undone_cancelling_whose_time_is_gone_stays_in_conversation(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff)
    book(make_request(email="b@patient.example"), consultation.time, staff)
    desk.undo_step(booked, staff)
    assert (fresh(booked).state, fresh(consultation).state) == ("in-conversation", "cancelled")


def test_a_withdrawal_that_is_undone_gives_the_consultation_back_if_its_time_is_free(booked):
    time = booked.consultation.time
    withdraw(booked)
    assert state_of(time) == "open"
    undo_withdrawal(booked)
    assert (fresh(booked).state, booked.consultation.time, state_of(time)) == ("booked", time, "booked")


def test_a_withdrawal_that_is_undone_too_late_for_the_time_goes_to_the_desk(booked, staff):
    time = booked.consultation.time
    withdraw(booked)
    book(make_request(email="b@patient.example"), time, staff)
    undo_withdrawal(booked)
    assert (fresh(booked).state, booked.consultation) == ("in-conversation", None)
    assert fresh(booked).owed_by is not None


def test_arrival_is_noted_on_the_day_and_taken_back_by_a_second_click(booked, staff, time_machine):
    with pytest.raises(IllegalStep, match="not today"):
        do.note_arrived(booked, staff)
    begin(booked.consultation, time_machine)
    assert do.note_arrived(booked, staff).arrived_at is not None
    assert do.note_arrived(booked, staff).arrived_at is None
    assert kinds(booked)[-2:] == ["arrived", "not-arrived"]


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_nothing_is_attended_or_missed_before_its_time(booked, staff, state):
    with pytest.raises(IllegalStep, match="not begun"):
        do.end_consultation(booked, state, staff)
    assert (fresh(booked).state, booked.consultation.state) == ("booked", "booked")


def test_a_patient_who_is_early_can_be_seen_early(booked, staff, time_machine):
    time_machine.move_to(booked.consultation.time.starts_at - timedelta(minutes=20))
    do.end_consultation(booked, State.ATTENDED, staff)
    assert fresh(booked).state == State.ATTENDED


def test_an_attended_consultation_keeps_its_time_and_owes_nothing(booked, staff, time_machine):
    consultation = booked.consultation
    begin(consultation, time_machine)
    do.end_consultation(booked, State.ATTENDED, staff)
    assert (fresh(consultation).state, state_of(consultation.time)) == ("attended", "booked")
    assert fresh(booked).owed_by is None


def test_a_missed_one_gets_a_kind_mail_and_goes_back_to_the_desk(booked, staff, time_machine):
    begin(booked.consultation, time_machine)
    do.end_consultation(booked, State.MISSED, staff)
    request = fresh(booked)
    assert (request.state, request.is_awaiting_answer) == ("missed", True)
    assert OutboxMail.Kind.MISSED in waiting_mail(booked)


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_a_wrong_click_about_the_visit_is_undone(booked, staff, state, time_machine):
    consultation = booked.consultation
    begin(consultation, time_machine)
    do.end_consultation(booked, state, staff)
    desk.undo_step(booked, staff)
    assert (fresh(booked).state, fresh(consultation).state, state_of(consultation.time)) == ("booked",) * 3
    assert OutboxMail.Kind.MISSED not in waiting_mail(booked)


def test_a_missed_patient_can_be_booked_again_and_the_past_stays(booked, staff, time_machine):
    missed = booked.consultation
    begin(missed, time_machine)
    do.end_consultation(booked, State.MISSED, staff)
    book(booked, make_time(48), staff)
    assert (fresh(missed).state, state_of(missed.time)) == ("missed", "booked")
    assert booked.consultation != missed


def test_a_confirmation_counts_once(booked):
    do.confirm(booked)
    first = booked.consultation.confirmed_at
    do.confirm(booked)
    assert booked.consultation.confirmed_at == first
    assert kinds(booked).count("confirmed") == 1


def test_who_cannot_come_gives_the_time_back_even_late(booked, time_machine):
    time = booked.consultation.time
    time_machine.move_to(time.starts_at - timedelta(minutes=30))
    do.cannot_come(booked, "Only on Fridays")
    request = fresh(booked)
    assert (request.state, state_of(time)) == ("in-conversation", "open")
    assert request.timeline.last_step().note == "Only on Fridays"
    assert OutboxMail.Kind.NEWS_FOR_THE_DESK in waiting_mail(booked)


def test_after_the_beginning_it_is_a_matter_for_the_telephone(booked, time_machine):
    begin(booked.consultation, time_machine)
    for act in (do.cannot_come, do.confirm):
        with pytest.raises(IllegalStep, match="begun"):
            act(booked)
    assert fresh(booked).state == State.BOOKED


def test_who_asks_for_another_time_keeps_hers_until_the_desk_moves_her(booked, staff):
    time = booked.consultation.time
    do.ask_for_another_time(booked, "A Friday, please")
    assert (booked.consultation.time, fresh(booked).is_awaiting_answer) == (time, True)
    do.move(booked, make_time(96), staff)
    assert fresh(booked).owed_by is None


@pytest.mark.parametrize("act", [withdraw, lambda request: do.ask_for_another_time(request, "")])
def test_within_the_notice_the_patient_has_to_call(booked, act, time_machine):
    clinic = Clinic.profile()
    clinic.notice_hours = 48
    clinic.save()
    time = booked.consultation.time
    time_machine.move_to(time.starts_at - timedelta(hours=48))
    with pytest.raises(IllegalStep, match="48 hours"):
        act(booked)
    assert (fresh(booked).state, state_of(time)) == ("booked", "booked")
    time_machine.move_to(time.starts_at - timedelta(hours=48, seconds=1))
    act(booked)


def test_an_earlier_time_is_held_while_the_own_one_stays(booked, staff):
    mine, earlier = booked.consultation.time, make_time(24)
    do.wait_for_earlier(booked)
    offer_earlier(booked, earlier, staff)
    assert (state_of(mine), state_of(earlier), fresh(booked).state) == ("booked", "held", "booked")
    assert OutboxMail.Kind.EARLIER in waiting_mail(booked)


def test_an_accepted_earlier_time_moves_the_consultation(booked, staff):
    consultation, earlier = booked.consultation, make_time(24)
    offer = offer_earlier(booked, earlier, staff)
    accept(offer, earlier)
    moved = booked.consultation
    assert (moved.pk, moved.time, moved.sequence) == (consultation.pk, earlier, 1)
    assert (state_of(consultation.time), state_of(earlier)) == ("open", "booked")


@pytest.mark.parametrize("end", ["refused", "lapsed", "taken-back"])
def test_an_earlier_time_that_is_not_taken_is_free_and_the_own_one_stays(booked, staff, end, time_machine):
    mine, earlier = booked.consultation.time, make_time(24)
    offer = offer_earlier(booked, earlier, staff)
    mail = booked.mails.get(kind=OutboxMail.Kind.EARLIER)
    if end == "refused":
        refuse(offer)
    elif end == "taken-back":
        take_back_offer(booked)
    else:
        time_machine.move_to(offer.lapses_at)
        assert lapse(offer)
    assert (state_of(mine), state_of(earlier), fresh(booked).state, fresh(offer).state) == (
        "booked",
        "open",
        "booked",
        end,
    )
    assert fresh(mail).is_overtaken


def test_only_one_earlier_time_is_held_at_once_and_only_an_earlier_one(booked, staff):
    offer_earlier(booked, make_time(24), staff)
    with pytest.raises(IllegalStep, match="already"):
        offer_earlier(booked, make_time(30), staff)
    with pytest.raises(IllegalStep, match="not earlier"):
        offer_earlier(booked, make_time(96), staff)


def test_withdrawing_frees_the_earlier_time_too(booked, staff):
    earlier = make_time(24)
    offer_earlier(booked, earlier, staff)
    withdraw(booked)
    assert state_of(earlier) == "open"


@pytest.mark.parametrize(
    "act",
    [
        lambda request, staff: do.move(request, make_time(96), staff),
        do.cancel,
        do.note_arrived,
        lambda request, staff: do.end_consultation(request, State.ATTENDED, staff),
        lambda request, staff: do.confirm(request),
        lambda request, staff: do.cannot_come(request),
        lambda request, staff: do.ask_for_another_time(request, ""),
        lambda request, staff: do.wait_for_earlier(request),
        lambda request, staff: offer_earlier(request, make_time(96), staff),
        lambda request, staff: take_back_offer(request),
    ],
)
def test_where_nothing_is_booked_nothing_of_this_can_be_done(staff, act):
    request = make_request()
    before = kinds(request)
    with pytest.raises(IllegalStep, match="No consultation is booked"):
        act(request, staff)
    assert (fresh(request).state, kinds(request)) == ("received", before)
    assert not Consultation.objects.exists()
