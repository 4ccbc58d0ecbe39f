"""What a request says of itself: whether a word is owed, what it is about, how long its link works."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from booking.models import ConsultationRequest, Offer
from booking.schedule.picking import pick
from booking.schedule.times import book, offer_times
from booking.states import IllegalStep, State
from clinic_site.hours import reply_by
from tests.factories import make_request, make_staff, make_time, shift_time
from treatments.models import Benefit, Treatment

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ENDS = ["attended", "withdrawn", "declined", "closed"]


def keep(request, **fields):
    """Write columns as they are, and read the request anew."""
    ConsultationRequest.objects.filter(pk=request.pk).update(**fields)
    return fresh(request)


def fresh(request):
    return ConsultationRequest.objects.get(pk=request.pk)


@pytest.fixture
def consultation_request():
    return make_request()


@pytest.fixture
def now(time_machine):
    time_machine.move_to("2027-03-15T16:00Z", tick=False)  # a Monday, noon at the clinic
    return timezone.now()


@pytest.mark.parametrize(
    ("quarantine", "is_trusted"), [("", True), ("released", True), ("held", False), ("spam", False)]
)
def test_who_is_kept_apart_is_in_no_list_and_owed_nothing(consultation_request, quarantine, is_trusted):
    consultation_request = keep(consultation_request, quarantine=quarantine)
    requests = ConsultationRequest.objects
    found = [consultation_request in rows for rows in (requests.trusted(), requests.open(), requests.awaiting_answer())]
    assert found == [is_trusted] * 3
    assert (consultation_request.is_quarantined, consultation_request.is_awaiting_answer) == (
        not is_trusted,
        is_trusted,
    )


@pytest.mark.parametrize("state", State.values)
def test_a_request_is_open_until_it_comes_to_an_end_and_its_link_works_for_a_while_longer(
    consultation_request, state, now
):
    consultation_request = keep(consultation_request, state=state, state_since=now - settings.LINK_LIVES_ON + SECOND)
    assert (consultation_request in ConsultationRequest.objects.open()) is (state not in ENDS)
    assert (consultation_request.link_ends_at is None) is (state not in ENDS) and consultation_request.link_works
    consultation_request = keep(consultation_request, state_since=now - settings.LINK_LIVES_ON)
    assert consultation_request.link_works is (state not in ENDS)


def test_a_word_is_owed_once_and_of_one_request_alone(consultation_request, now):
    other = make_request(email="b@patient.example")
    consultation_request.owe_nothing(), other.owe_nothing()
    consultation_request.owe_a_word()
    assert (
        consultation_request.owed_by == fresh(consultation_request).owed_by == reply_by(now)
        and fresh(other).owed_by is None
    )
    consultation_request = keep(consultation_request, owed_by=now)
    other.owe_a_word()
    consultation_request.owe_a_word()
    assert (fresh(consultation_request).owed_by, fresh(other).owed_by) == (now, reply_by(now))
    consultation_request.owe_nothing()
    assert (consultation_request.owed_by, fresh(consultation_request).owed_by, fresh(other).owed_by) == (
        None,
        None,
        reply_by(now),
    )


@pytest.mark.parametrize("state", State.values)
def test_a_picked_time_is_told_until_it_begins_while_nothing_else_was_agreed(consultation_request, state, now):
    time = make_time(0, starts_at=now + SECOND, state="held", request=consultation_request)
    make_time(0, "Dr. Other", starts_at=now + 2 * SECOND, state="booked", request=consultation_request)
    consultation_request = keep(consultation_request, state=state)
    assert consultation_request.picked_time == (time if state in ("received", "in-conversation") else None)
    shift_time(time, now)
    assert consultation_request.picked_time is None


def test_the_worklist_tells_who_picked_and_who_was_offered_times():
    staff, times = make_staff("frontdesk"), [make_time(hours) for hours in (72, 96, 120)]
    requests = {name: make_request(email=f"{name}@patient.example") for name in ("new", "picked", "offered", "booked")}
    pick(requests["picked"], times[0])
    offer_times(requests["offered"], [times[1]], staff)
    Offer.objects.update(state="refused")
    requests["offered"].times.all().free_again()
    book(requests["booked"], times[2], staff)
    shown = {
        request.pk: (request.has_picked, request.was_offered) for request in ConsultationRequest.objects.for_worklist()
    }
    assert [shown[request.pk] for request in requests.values()] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]


def test_what_a_request_is_about_is_said_in_words(consultation_request):
    treatment, benefit = Treatment.objects.get(), Benefit.objects.get(slug="scars")
    about = [(None, None), (treatment, None), (treatment, benefit)]
    subjects = [keep(consultation_request, treatment=one, benefit=other).subject for one, other in about]
    assert subjects == ["", str(treatment), f"{treatment}, {benefit}"]


def test_windows_that_there_are_no_longer_are_not_told_and_hold_nobody_back(consultation_request, now):
    consultation_request = keep(consultation_request, windows=["weekday-pm", "sunday-night"])
    assert [str(label) for label in consultation_request.window_labels] == ["Weekday afternoons"]
    assert consultation_request.could_come_at(now)
    assert keep(consultation_request, windows=["sunday-night"]).could_come_at(now - timedelta(hours=3))


@pytest.mark.parametrize(
    ("fields", "is_same"),
    [
        ({"email": "AMIRA@patient.example"}, True),
        ({"email": "b@patient.example"}, False),
        ({"email": "b@patient.example", "phone": "+15865550142"}, True),
        ({"email": "", "contact_by": "phone", "phone": "+15865550142"}, True),
        ({"email": "", "contact_by": "phone", "phone": "+15865550143"}, False),
    ],
)
def test_the_same_email_or_number_is_the_same_person(fields, is_same):
    consultation_request, other = make_request(phone="+15865550142"), make_request(**fields)
    assert list(consultation_request.same_person()) == ([other] if is_same else [])
    assert list(other.same_person()) == ([consultation_request] if is_same else [])


def test_two_who_gave_no_email_or_no_number_are_not_the_same_for_that():
    for numbers in (("+15865550142", "+15865550143"), ("", "")):
        pair = [
            make_request(
                phone=phone, email="" if phone else f"{n}@patient.example", contact_by="phone" if phone else "email"
            )
            for n, phone in enumerate(numbers)
        ]
        assert not pair[0].same_person().exists()


def test_who_is_redacted_takes_no_step(consultation_request, now):
    keep(consultation_request, redacted_at=now, name="", email="", phone="", token_digest=None)
    with pytest.raises(IllegalStep, match="Somebody else has just changed"):
        consultation_request.move_to(State.CLOSED, "system")
    assert (
        consultation_request.redacted_at,
        fresh(consultation_request).state,
        consultation_request.timeline.count(),
    ) == (now, "received", 1)


def test_a_refused_step_leaves_the_request_as_the_others_have_set_it(consultation_request, now):
    theirs = fresh(consultation_request)
    theirs.move_to(State.IN_CONVERSATION, "system", owed_by=now)
    with pytest.raises(IllegalStep):
        consultation_request.move_to(State.DECLINED, "system")
    assert (consultation_request.state, consultation_request.state_since, consultation_request.owed_by) == (
        "in-conversation",
        now,
        now,
    )


def test_a_step_sets_what_is_owed_of_one_request_alone(consultation_request, now):
    other = make_request(email="b@patient.example")
    consultation_request.move_to(State.IN_CONVERSATION, "system", owed_by=now)
    assert (consultation_request.state, consultation_request.state_since, consultation_request.owed_by) == (
        "in-conversation",
        now,
        now,
    )
    assert (fresh(consultation_request).owed_by, fresh(other).state, fresh(other).owed_by) == (
        now,
        "received",
        other.owed_by,
    )


def test_the_next_states_stand_in_the_order_of_the_table(consultation_request):
    assert keep(consultation_request, state="missed").next_states == ["in-conversation", "offered", "booked", "closed"]


def test_a_reference_is_six_letters_in_two_halves_that_nobody_mistakes(consultation_request):
    first, second = consultation_request.reference.split("-")
    assert (len(first), len(second)) == (3, 3) and not set("01OIBGLSZ") & set(first + second)
