"""A booked consultation: moved, cancelled, confirmed, attended or missed, by the desk and by the patient."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.desk import steps
from booking.models import Consultation, OpenTime, OutboxMail
from booking.schedule import consultations as do
from booking.schedule.times import TimeTaken, accept, book, lapse, offer_earlier, refuse, withdraw_offer
from booking.services import undo_by_patient, withdraw
from booking.states import IllegalStep, State
from clinic_site.models import Clinic
from tests.factories import make_request, make_staff, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def state_of(time):
    return OpenTime.objects.get(pk=time.pk).state


def kinds(consultation_request):
    return list(consultation_request.timeline.values_list("kind", flat=True))


def waiting_mail(consultation_request):
    return set(consultation_request.mails.waiting().values_list("kind", flat=True))


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def booked(staff):
    """A request with a consultation in three days."""
    consultation_request = make_request()
    book(consultation_request, make_time(72), staff)
    return consultation_request


def begin(consultation, time_machine):
    time_machine.move_to(consultation.time.starts_at + timedelta(minutes=5))


def test_a_moved_consultation_keeps_its_uid_and_frees_the_old_time(booked, staff):
    before, new = booked.consultation, make_time(96)
    do.move(booked, new, staff)
    after = booked.consultation
    assert (after.pk, after.uid, after.time, after.sequence) == (before.pk, before.uid, new, before.sequence + 1)
    assert (state_of(before.time), state_of(new)) == ("open", "booked")
    assert fresh(booked).state == State.BOOKED


def test_a_move_takes_back_an_earlier_time_that_waits_for_an_answer(booked, staff):
    earlier = make_time(24)
    offer = offer_earlier(booked, earlier, staff)
    moved = do.move(booked, make_time(96), staff)
    assert (state_of(earlier), fresh(offer).state, moved) == ("open", "taken-back", booked.consultation)


def test_an_undone_move_is_a_line_of_who_undid_it(booked, staff):
    do.move(booked, make_time(96), staff)
    steps.undo_step(booked, staff)
    line = booked.timeline.last()
    assert (line.kind, line.actor, line.staff, line.before, line.after) == (
        "undone",
        "staff",
        staff,
        "booked",
        "booked",
    )


def test_a_move_can_be_undone_for_less_than_a_minute(booked, staff, time_machine):
    do.move(booked, make_time(96), staff)
    moved_at = booked.timeline.last().at
    seen = []
    for span in (timedelta(seconds=59), timedelta(minutes=1)):
        time_machine.move_to(moved_at + span, tick=False)
        seen.append(steps.what_can_be_undone(booked, staff) is not None)
    assert seen == [True, False]
    with pytest.raises(IllegalStep, match="too late"):
        steps.undo_step(booked, staff)


def test_where_nothing_was_moved_no_move_is_undone(booked, staff):
    assert steps.what_can_be_undone(booked, staff).kind == "step"
    assert steps.what_can_be_undone(make_request(email="b@patient.example"), staff) is None


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
    steps.undo_step(booked, staff)
    assert (booked.consultation.time, state_of(old), state_of(new)) == (old, "booked", "open")
    assert booked.consultation.sequence == 2
    assert OutboxMail.Kind.MOVED not in waiting_mail(booked)


def test_a_move_is_not_undone_later_nor_by_another(booked, staff, time_machine):
    new = make_time(96)
    do.move(booked, new, staff)
    with pytest.raises(IllegalStep):
        steps.undo_step(booked, make_staff("frontdesk"))
    time_machine.move_to(timezone.now() + timedelta(minutes=1, seconds=1))
    with pytest.raises(IllegalStep):
        steps.undo_step(booked, staff)
    assert booked.consultation.time == new


def test_an_undone_move_finds_the_old_time_gone_and_stays_where_it_is(booked, staff):
    old, new = booked.consultation.time, make_time(96)
    do.move(booked, new, staff)
    book(make_request(email="b@patient.example"), old, staff)
    with pytest.raises(IllegalStep, match="cannot be undone"):
        steps.undo_step(booked, staff)
    assert (booked.consultation.time, state_of(new)) == (new, "booked")
    assert OutboxMail.Kind.MOVED in waiting_mail(booked)


def test_a_cancelled_consultation_frees_its_time_and_a_word_is_owed(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff, words="We are sorry.")
    consultation_request = fresh(booked)
    assert (consultation_request.state, fresh(consultation).state, fresh(consultation).sequence) == (
        "in-conversation",
        "cancelled",
        1,
    )
    assert state_of(consultation.time) == "open"
    assert consultation_request.owed_by > timezone.now()
    assert OutboxMail.Kind.CANCELLED in waiting_mail(booked)


def test_words_to_the_patient_and_a_note_for_colleagues_stand_apart_when_it_is_cancelled(booked, staff):
    do.cancel(booked, staff, words="We are sorry.", note="Dr. Example is ill")
    words, step = booked.timeline.filter(kind__in=["answer", "step"]).order_by("-pk")[:2][::-1]
    assert (words.kind, words.staff, words.actor, words.note) == ("answer", staff, "staff", "We are sorry.")
    assert (step.kind, step.staff, step.actor, step.note) == ("step", staff, "staff", "Dr. Example is ill")


def test_without_words_nothing_is_said_to_the_patient(booked, staff):
    do.cancel(booked, staff)
    assert "answer" not in kinds(booked)


@pytest.mark.parametrize("kind", ["cancelled", "missed"])
def test_the_mail_of_a_cancelling_or_a_missed_one_rests_a_minute(booked, staff, kind, time_machine):
    time_machine.move_to(booked.consultation.time.starts_at, tick=False)
    if kind == "cancelled":
        do.cancel(booked, staff)
    else:
        do.end_consultation(booked, State.MISSED, staff)
    assert booked.mails.get(kind=kind).due_at - timezone.now() == timedelta(minutes=1)


@pytest.mark.parametrize("act", [do.cancel, lambda request, _staff: do.cannot_come(request)])
def test_a_copy_that_was_read_before_the_booking_is_read_anew(staff, act):
    request = make_request()
    book(fresh(request), make_time(72), staff)
    act(request, staff)
    assert fresh(request).state == State.IN_CONVERSATION


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_the_end_of_a_consultation_is_a_step_with_its_note_and_takes_back_what_was_offered(staff, state, time_machine):
    request, earlier = make_request(), make_time(24)
    book(fresh(request), make_time(72), staff)
    offer_earlier(fresh(request), earlier, staff)
    time_machine.move_to(timezone.now() + timedelta(hours=72))
    do.end_consultation(request, state, staff, "Came with her sister")
    step = request.timeline.filter(kind="step").last()
    assert (step.after, step.staff, step.actor, step.note) == (state, staff, "staff", "Came with her sister")
    assert (state_of(earlier), fresh(request).offers.get().state) == ("open", "taken-back")
    assert (fresh(request).owed_by is None) is (state == State.ATTENDED)


def test_nobody_has_missed_a_consultation_before_it_begins(booked, staff, time_machine):
    starts_at = booked.consultation.time.starts_at
    time_machine.move_to(starts_at - timedelta(seconds=1), tick=False)
    with pytest.raises(IllegalStep, match="not begun"):
        do.end_consultation(booked, State.MISSED, staff)
    time_machine.move_to(starts_at, tick=False)
    do.end_consultation(booked, State.MISSED, staff)
    assert fresh(booked).state == State.MISSED


def test_a_consultation_that_was_forgotten_is_ended_on_a_later_day(booked, staff, time_machine):
    time_machine.move_to(booked.consultation.time.starts_at + timedelta(days=2))
    do.end_consultation(booked, State.ATTENDED, staff)
    assert fresh(booked).state == State.ATTENDED


def test_of_two_consultations_the_last_is_taken_up_again(booked, staff):
    first = booked.consultation
    do.cancel(booked, staff)
    book(booked, make_time(96), staff)
    second = booked.consultation
    do.cancel(booked, staff)
    steps.undo_step(booked, staff)
    assert (fresh(first).state, booked.consultation, booked.timeline.last().staff) == ("cancelled", second, staff)


def test_a_step_back_to_the_conversation_by_hand_cancels_too(booked, staff):
    steps.change_state(booked, State.IN_CONVERSATION, staff, "patient is ill")
    assert fresh(booked).owed_by is not None
    assert waiting_mail(booked) >= {OutboxMail.Kind.CANCELLED}
    assert OutboxMail.Kind.IN_CONVERSATION not in waiting_mail(booked)


def test_an_undone_cancelling_books_the_same_consultation_again_and_no_mail_leaves(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff)
    steps.undo_step(booked, staff)
    assert fresh(booked).state == State.BOOKED
    assert booked.consultation == consultation
    assert (state_of(consultation.time), booked.consultation.sequence) == ("booked", 2)
    assert OutboxMail.Kind.CANCELLED not in waiting_mail(booked)


def test_a_cancelling_whose_time_is_gone_is_not_undone_and_the_patient_is_told(booked, staff):
    consultation = booked.consultation
    do.cancel(booked, staff)
    book(make_request(email="b@patient.example"), consultation.time, staff)
    with pytest.raises(IllegalStep, match="cannot be undone"):
        steps.undo_step(booked, staff)
    assert (fresh(booked).state, fresh(consultation).state) == ("in-conversation", "cancelled")
    assert OutboxMail.Kind.CANCELLED in waiting_mail(booked)


def test_a_withdrawal_that_is_undone_gives_the_consultation_back_if_its_time_is_free(booked):
    time = booked.consultation.time
    withdraw(booked)
    assert state_of(time) == "open"
    undo_by_patient(booked)
    assert (fresh(booked).state, booked.consultation.time, state_of(time)) == ("booked", time, "booked")


def test_a_consultation_that_stands_again_owes_no_word(booked):
    withdraw(booked)
    undo_by_patient(booked)
    assert fresh(booked).owed_by is None


def test_a_withdrawal_that_is_undone_too_late_for_the_time_goes_to_the_desk(booked, staff):
    time = booked.consultation.time
    withdraw(booked)
    book(make_request(email="b@patient.example"), time, staff)
    undo_by_patient(booked)
    assert (fresh(booked).state, booked.consultation) == ("in-conversation", None)
    assert fresh(booked).owed_by is not None
    assert waiting_mail(booked) >= {OutboxMail.Kind.TIMES_GONE} and OutboxMail.Kind.WITHDRAWN not in waiting_mail(
        booked
    )


def test_arrival_is_noted_on_the_day_and_taken_back_by_a_second_click(booked, staff, time_machine):
    with pytest.raises(IllegalStep, match="not today"):
        do.note_arrived(booked, staff)
    begin(booked.consultation, time_machine)
    assert do.note_arrived(booked, staff).arrived_at == booked.consultation.arrived_at is not None
    assert do.note_arrived(booked, staff).arrived_at is None
    assert list(booked.timeline.values_list("kind", "staff"))[-2:] == [("arrived", staff.pk), ("not-arrived", staff.pk)]
    assert booked.consultation.arrived_at is None


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
    consultation_request = fresh(booked)
    assert (consultation_request.state, consultation_request.is_awaiting_answer) == ("missed", True)
    assert OutboxMail.Kind.MISSED in waiting_mail(booked)


@pytest.mark.parametrize("state", [State.ATTENDED, State.MISSED])
def test_a_wrong_click_about_the_visit_is_undone(booked, staff, state, time_machine):
    consultation = booked.consultation
    begin(consultation, time_machine)
    do.end_consultation(booked, state, staff)
    steps.undo_step(booked, staff)
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
    consultation_request = fresh(booked)
    assert (consultation_request.state, state_of(time)) == ("in-conversation", "open")
    assert consultation_request.owed_by > timezone.now()
    assert consultation_request.timeline.filter(kind="step").last().note == "Only on Fridays"
    assert OutboxMail.Kind.NEWS_FOR_THE_DESK in waiting_mail(booked)


def test_after_the_beginning_it_is_a_matter_for_the_telephone(booked, time_machine):
    begin(booked.consultation, time_machine)
    for act in (do.cannot_come, do.confirm):
        with pytest.raises(IllegalStep, match="begun"):
            act(booked)
    assert fresh(booked).state == State.BOOKED


def test_what_the_patient_asks_or_says_is_kept_with_the_line_and_told_to_the_desk(booked):
    do.ask_for_another_time(booked, "A Friday, please")
    line = booked.timeline.last()
    assert (line.kind, line.actor, line.note) == ("other-time", "patient", "A Friday, please")
    assert OutboxMail.Kind.NEWS_FOR_THE_DESK in waiting_mail(booked)


def test_a_wish_for_an_earlier_time_is_a_line_once(booked):
    for waits in (True, True, False, False):
        do.wait_for_earlier(booked, waits)
    assert kinds(booked)[-2:] == ["earlier", "not-earlier"]
    assert kinds(booked).count("earlier") == kinds(booked).count("not-earlier") == 1
    assert booked.consultation.earlier_wanted_at is None


def test_who_asks_for_another_time_keeps_hers_until_the_desk_moves_her(booked, staff):
    time = booked.consultation.time
    do.ask_for_another_time(booked, "A Friday, please")
    assert (booked.consultation.time, fresh(booked).is_awaiting_answer) == (time, True)
    do.move(booked, make_time(96), staff)
    assert fresh(booked).owed_by is None


@pytest.mark.parametrize(
    "act", [withdraw, lambda consultation_request: do.ask_for_another_time(consultation_request, "")]
)
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
    moved = accept(offer, earlier)
    assert moved == booked.consultation
    assert (moved.pk, moved.time, moved.sequence) == (consultation.pk, earlier, 1)
    assert fresh(offer).state == "accepted"
    assert (state_of(consultation.time), state_of(earlier)) == ("open", "booked")


@pytest.mark.parametrize("end", ["refused", "lapsed", "taken-back"])
def test_an_earlier_time_that_is_not_taken_is_free_and_the_own_one_stays(booked, staff, end, time_machine):
    mine, earlier = booked.consultation.time, make_time(24)
    offer = offer_earlier(booked, earlier, staff)
    mail = booked.mails.get(kind=OutboxMail.Kind.EARLIER)
    if end == "refused":
        refuse(offer)
    elif end == "taken-back":
        withdraw_offer(booked, staff)
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


def test_a_time_at_the_same_moment_is_not_earlier(booked, staff):
    time = make_time(1, "Dr. Other", starts_at=booked.consultation.time.starts_at)
    with pytest.raises(IllegalStep, match="not earlier"):
        offer_earlier(booked, time, staff)
    assert state_of(time) == "open"


def test_the_mail_of_an_earlier_time_rests_a_minute(booked, staff, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    offer_earlier(booked, make_time(24), staff)
    assert booked.mails.get(kind="earlier").due_at - timezone.now() == timedelta(minutes=1)


def test_why_an_earlier_time_does_not_fit_is_kept(booked, staff):
    refuse(offer_earlier(booked, make_time(24), staff), "Only on Fridays")
    line = booked.timeline.last()
    assert (line.kind, line.actor, line.note) == ("kept", "patient", "Only on Fridays")


def test_taking_an_earlier_time_back_twice_is_refused(booked, staff):
    offer_earlier(booked, make_time(24), staff)
    withdraw_offer(booked, staff)
    with pytest.raises(IllegalStep, match="No time is held"):
        withdraw_offer(booked, staff)


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
        lambda consultation_request, staff: do.move(consultation_request, make_time(96), staff),
        do.cancel,
        do.note_arrived,
        lambda consultation_request, staff: do.end_consultation(consultation_request, State.ATTENDED, staff),
        lambda consultation_request, staff: do.confirm(consultation_request),
        lambda consultation_request, staff: do.cannot_come(consultation_request),
        lambda consultation_request, staff: do.ask_for_another_time(consultation_request, ""),
        lambda consultation_request, staff: do.wait_for_earlier(consultation_request),
        lambda consultation_request, staff: offer_earlier(consultation_request, make_time(96), staff),
        lambda consultation_request, staff: withdraw_offer(consultation_request, staff),
    ],
)
@pytest.mark.timeless
def test_where_nothing_is_booked_nothing_of_this_can_be_done(staff, act):
    consultation_request = make_request()
    before = kinds(consultation_request)
    with pytest.raises(IllegalStep, match="No consultation is booked"):
        act(consultation_request, staff)
    assert (fresh(consultation_request).state, kinds(consultation_request)) == ("received", before)
    assert not Consultation.objects.exists()
