"""Trouble after a treatment stands on top and alerts the clinicians until one answers; they hear of each question."""

import pytest
from django.core import mail as mailed

from booking.desk.clinicians import alert_clinicians, ask_clinician
from booking.desk.steps import release
from booking.mail.sending import deliver
from booking.models import ConsultationRequest
from booking.states import IllegalStep
from clinic_site.models import Clinic
from tests.factories import form_data, make_request, make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def ahn():
    return make_staff("clinician", email="ahn@clinic.example", first_name="Dr. Ahn")


@pytest.fixture
def desk(client):
    sign_in(client, make_staff("frontdesk"))
    return client


def press(desk, asked, action, **sent):
    return desk.post(f"{LIST}{asked.pk}/do/{action}/", sent, follow=True)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def alerts(asked):
    return asked.mails.filter(kind="urgent")


def send(mail):
    mailed.outbox.clear()
    deliver(mail.pk)
    return mailed.outbox[0] if mailed.outbox else None


def test_the_patients_tick_is_on_top_for_desk_and_clinician_and_alerts_by_mail(desk, ahn):
    other = make_request()
    desk.post("/consultation/", form_data(trouble="on", concern="Fever since the needling"))
    asked = ConsultationRequest.objects.exclude(pk=other.pk).get()
    assert asked.urgent_at and asked.owed_by == asked.urgent_at and fresh(other).owed_by > asked.owed_by
    first = desk.get("/admin/").context["main"][0]
    assert list(first["panel"]["requests"]) == [asked] and first["template"].endswith("home_urgent.html")
    assert list(desk.get(LIST, {"view": "answer"}).context["cl"].result_list) == [asked, other]
    message = send(alerts(asked).get())
    assert message.to == ["ahn@clinic.example"] and asked.reference in message.subject
    assert "Fever" not in message.body and "Amira" not in message.body
    sign_in(desk, ahn)
    assert desk.get("/admin/").context["main"][0]["template"].endswith("home_urgent.html")


def test_it_stays_on_top_until_a_clinician_answers_and_the_patient_is_still_owed_a_word(desk, ahn):
    asked = make_request()
    press(desk, asked, "urgent", note="Called: swollen since last night")
    assert "Urgent: trouble after a treatment" in press(desk, asked, "note", note="Called again").text
    sign_in(desk, ahn)
    desk.post(f"{LIST}{asked.pk}/advise/", {"note": "Have them come in today."})
    asked = fresh(asked)
    assert (asked.urgent_at, asked.flagged_at) == (None, None) and asked.owed_by
    assert send(alerts(asked).get()) is None  # the alert was overtaken


def test_what_is_added_on_the_private_page_can_be_urgent_and_the_page_says_not_to_wait(client):
    asked = make_request()
    client.post(asked.private_url, {"add": "1", "words": "It bleeds", "trouble": "on"})
    assert fresh(asked).urgent_at and "Do not wait for us" in client.get(asked.private_url).text
    client.post(asked.private_url, {"add": "1", "words": "Still", "trouble": "on"})
    assert alerts(asked).count() == 1


def test_words_that_are_sent_twice_are_kept_once_and_urgent_where_the_second_says_so(client):
    asked = make_request()
    for more in ({}, {"trouble": "on"}, {"trouble": "on"}):
        client.post(asked.private_url, {"add": "1", "words": "It bleeds"} | more)
    assert (asked.timeline.filter(kind="added").count(), bool(fresh(asked).urgent_at)) == (1, True)


def test_the_same_words_said_again_after_others_are_kept(client):
    asked = make_request()
    for words in ("Any news?", "By email, please.", "Any news?"):
        client.post(asked.private_url, {"add": "1", "words": words})
    assert asked.timeline.filter(kind="added").count() == 3


def test_not_urgent_after_all_gives_the_promise_back(desk):
    asked = make_request()
    promise = asked.owed_by
    press(desk, asked, "urgent")
    assert fresh(asked).owed_by < promise
    press(desk, asked, "unask")
    asked = fresh(asked)
    assert (asked.urgent_at, asked.flagged_at, asked.owed_by) == (None, None, promise)
    assert not alerts(asked).waiting().exists() and asked.timeline.last().kind == "not-urgent"


def test_a_question_is_told_to_the_clinicians_and_can_be_taken_back(desk, ahn):
    asked = make_request()
    press(desk, asked, "clinician", note="Takes a blood thinner")
    assert send(asked.mails.get(kind="ask-clinician")).to == ["ahn@clinic.example"]
    press(desk, asked, "unask")
    assert fresh(asked).flagged_at is None and asked.timeline.last().kind == "not-asked"
    assert "No clinician is asked" in press(desk, asked, "unask").text


def test_without_a_clinicians_address_the_desk_is_written_to(desk):
    make_staff("clinician"), make_staff("clinician", email="gone@clinic.example", is_active=False)
    asked = make_request()
    press(desk, asked, "urgent")
    assert send(alerts(asked).get()).to == [Clinic.profile().desk_email]


def test_who_attended_and_calls_with_trouble_is_urgent_too(desk):
    asked = make_request()
    ConsultationRequest.objects.filter(pk=asked.pk).update(state="attended", owed_by=None)
    assert "Urgent: trouble after a treatment" in desk.get(f"{LIST}{asked.pk}/change/?way=clinician").text
    press(desk, asked, "urgent")
    assert fresh(asked).urgent_at and fresh(asked).due_by


def test_said_twice_it_is_refused_and_of_a_suspect_it_is_told_once_released():
    staff, suspect = make_staff("frontdesk"), make_request(suspicions=["trap"])
    alert_clinicians(suspect, staff)
    assert not alerts(suspect).exists()
    release(suspect, staff)
    assert alerts(suspect).count() == 1
    with pytest.raises(IllegalStep):
        alert_clinicians(suspect, staff)
    with pytest.raises(IllegalStep):
        ask_clinician(suspect, staff)
