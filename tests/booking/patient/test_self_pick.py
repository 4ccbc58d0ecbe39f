"""A patient picks an open time while they ask: held or booked at once, as the clinic has set."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import ConsultationRequest
from booking.schedule.picking import lapse_unconfirmed
from booking.schedule.times import book, offer_times
from booking.services import withdraw
from clinic_site.dates import moment_words
from clinic_site.models import Clinic, SelfPick
from tests.factories import form_data, make_request, make_staff, make_time, shift_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

FORM = "/consultation/"


def set_clinic(**fields):
    clinic = Clinic.profile()
    for name, value in fields.items():
        setattr(clinic, name, value)
    clinic.save()


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def send(client, time, **answers):
    return client.post(FORM, form_data(open_time=str(time.pk), **answers))


@pytest.fixture
def time():
    return make_time(72)


@pytest.mark.usefixtures("nothing_kept")
def test_the_number_of_queries_of_the_form_does_not_grow_with_its_times(client, django_assert_max_num_queries, time):
    client.get(FORM)
    with django_assert_max_num_queries(50) as few:
        client.get(FORM)
    for hours in range(100, 130):
        make_time(hours)
    with django_assert_max_num_queries(len(few)):
        client.get(FORM)


@pytest.mark.parametrize("gone", ["held", "blocked", "past", "near", "away", "not shown"])
def test_times_that_cannot_be_picked_are_not_in_the_form(client, time, gone):
    if gone == "held":
        offer_times(make_request(), [time], make_staff("frontdesk"))
    elif gone == "blocked":
        time.set_state_unless_given("blocked")
    elif gone in ("past", "near"):
        moment = timezone.now() + timedelta(hours=-1 if gone == "past" else 23)
        shift_time(time, moment)
    elif gone == "away":
        type(time.clinician).objects.update(sees_patients=False)
    else:
        set_clinic(self_pick=SelfPick.NONE)
    assert 'name="open_time"' not in client.get(FORM).text


def test_a_picked_time_is_held_until_the_desk_confirms(client, time):
    sent = send(client, time)
    consultation_request = ConsultationRequest.objects.get()
    assert (fresh(time).state, consultation_request.picked_time, consultation_request.state) == (
        "held",
        time,
        "received",
    )
    page = client.get(sent["Location"]).text
    assert "The time you picked" in page and "We will answer by" in page
    assert consultation_request.owed_by is not None
    assert list(consultation_request.mails.values_list("kind", flat=True)) == ["received", "tell-the-desk"]
    book(consultation_request, time, make_staff("frontdesk"))
    assert (fresh(time).state, consultation_request.consultation.time) == ("booked", time)


def test_where_the_clinic_books_at_once_the_patient_is_told_so(client, time):
    set_clinic(self_pick=SelfPick.BOOKED)
    sent = send(client, time)
    consultation_request = ConsultationRequest.objects.get()
    assert (fresh(time).state, consultation_request.state, consultation_request.owed_by) == ("booked", "booked", None)
    page = client.get(sent["Location"]).text
    assert "Your consultation is booked" in page and moment_words(time.starts_at) in page and "answer by" not in page
    assert set(consultation_request.mails.values_list("kind", flat=True)) == {"booked", "tell-the-desk"}


def test_a_time_that_was_taken_meanwhile_is_answered_with_others_and_every_answer_in_place(client, time):
    other = make_time(96)
    offer_times(make_request(email="b@patient.example"), [time], make_staff("frontdesk"))
    before = ConsultationRequest.objects.count()
    response = send(client, time, concern="Old scars")
    assert response.status_code == 422
    assert "has just been taken" in response.text and "Old scars" in response.text
    assert f'value="{other.pk}"' in response.text and f'value="{time.pk}"' not in response.text
    assert ConsultationRequest.objects.count() == before


def test_a_time_taken_when_no_other_is_left_is_said_and_the_form_can_be_sent_without(client, time):
    offer_times(make_request(email="b@patient.example"), [time], make_staff("frontdesk"))
    response = send(client, time)
    assert response.status_code == 422 and "has just been taken" in response.text
    assert 'name="open_time"' not in response.text
    assert client.post(FORM, form_data()).status_code == 303


def test_the_same_form_twice_is_one_request_with_one_time(client, time):
    answers = form_data(open_time=str(time.pk))
    first, second = client.post(FORM, answers), client.post(FORM, answers)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"]
    assert ConsultationRequest.objects.count() == 1


@pytest.mark.parametrize("value", ["0", "999999", "-1", "abc", "9" * 30, "1; drop"])
@pytest.mark.timeless
def test_a_time_that_there_is_not_is_refused_with_a_sentence(client, time, value):
    response = client.post(FORM, form_data(open_time=value))
    assert response.status_code == 422 and "Choose one of the times that are shown" in response.text
    assert not ConsultationRequest.objects.exists()


def test_a_suspect_gets_no_time_but_the_desk_sees_which_it_picked(client, time):
    assert send(client, time, leave_empty="x").status_code == 303
    consultation_request = ConsultationRequest.objects.get()
    assert (consultation_request.quarantine, fresh(time).state) == ("held", "open")
    assert "Dr. Example" in consultation_request.timeline.get(kind="held").note


def test_a_picked_time_is_free_again_when_the_request_ends_or_is_offered_others(client, time):
    send(client, time)
    consultation_request = ConsultationRequest.objects.get()
    withdraw(consultation_request)
    assert fresh(time).state == "open"
    send(client, time, email="b@patient.example")
    second = ConsultationRequest.objects.exclude(pk=consultation_request.pk).get()
    offer_times(second, [make_time(96)], make_staff("frontdesk"))
    assert fresh(time).state == "open"


def test_a_picked_time_stays_held_while_the_desk_talks_with_the_patient(client, as_staff, time):
    send(client, time)
    consultation_request = ConsultationRequest.objects.get()
    as_staff("frontdesk").post(
        f"/admin/booking/consultationrequest/{consultation_request.pk}/do/step/", {"state": "in-conversation"}
    )
    assert (fresh(consultation_request).state, fresh(time).state) == ("in-conversation", "held")


def test_the_patient_reads_which_time_is_held_and_when_it_is_booked(client, time):
    send(client, time)
    consultation_request = ConsultationRequest.objects.get()
    page = client.get(f"/consultation/r/{consultation_request.token}/").text
    assert "Held for you" in page and "once we have confirmed it" in page


def test_a_picked_time_that_began_unconfirmed_is_held_no_longer(client, time, time_machine):
    send(client, time)
    consultation_request = ConsultationRequest.objects.get()
    time_machine.move_to(time.starts_at)
    lapse_unconfirmed()
    assert (fresh(time).state, fresh(consultation_request).state, consultation_request.picked_time) == (
        "open",
        "received",
        None,
    )
