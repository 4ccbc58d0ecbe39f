import pytest
from django.contrib import admin
from django.urls import reverse

from booking.models import ConsultationRequest
from booking.states import State
from tests.factories import make_request

pytestmark = pytest.mark.django_db
LIST = "/admin/booking/consultationrequest/"


def page_of(consultation_request):
    return f"{LIST}{consultation_request.pk}/change/"


def test_the_list_shows_first_what_was_promised_first(as_staff):
    client = as_staff("frontdesk")
    sooner, later, done = make_request(), make_request(), make_request()
    done.move_to(State.CLOSED, "system")
    ConsultationRequest.objects.filter(pk=sooner.pk).update(owed_by="2026-01-01T12:00Z")
    rows = client.get(LIST).context["cl"].result_list
    assert list(rows) == [sooner, later, done]


def test_the_list_costs_the_same_for_one_row_and_for_many(as_staff, django_assert_num_queries):
    client = as_staff("frontdesk")
    make_request(treatment_id=1)
    client.get(LIST)
    with django_assert_num_queries(18):
        client.get(LIST)
    for _ in range(5):
        make_request(treatment_id=1)
    with django_assert_num_queries(18):
        client.get(LIST)


@pytest.mark.parametrize("words", ["haddad", "amira@patient", "+15865550199"])
def test_a_request_is_found_by_name_email_and_telephone(as_staff, words):
    client = as_staff("frontdesk")
    consultation_request = make_request(phone="+15865550199")
    make_request(name="Other", email="other@patient.example")
    assert list(client.get(LIST, {"q": words}).context["cl"].result_list) == [consultation_request]


def test_a_request_is_found_by_its_reference(as_staff):
    client = as_staff("frontdesk")
    consultation_request, _other = make_request(), make_request()
    assert list(client.get(LIST, {"q": consultation_request.reference}).context["cl"].result_list) == [
        consultation_request
    ]


def test_the_desk_reads_concern_safety_answers_and_what_the_patient_sees(as_staff):
    consultation_request = make_request(concern="Old marks", safety={"pregnancy": "not-sure"})
    html = as_staff("frontdesk").get(page_of(consultation_request)).content.decode()
    assert "Old marks" in html
    assert "Not sure" in html
    assert "We have your request. We will answer by" in html


def test_marking_in_conversation_moves_the_request_and_names_who_did_it(as_staff):
    client = as_staff("frontdesk")
    consultation_request = make_request()
    response = client.post(
        f"{LIST}{consultation_request.pk}/do/step/", {"state": "in-conversation", "note": "Called"}, follow=True
    )
    consultation_request.refresh_from_db()
    line = consultation_request.timeline.last()
    assert (consultation_request.state, line.staff.username[:9], line.note) == (
        "in-conversation",
        "frontdesk",
        "Called",
    )
    assert "is now &#x27;In conversation&#x27;" in response.content.decode()


def test_a_step_that_cannot_be_taken_says_why_and_changes_nothing(as_staff):
    client = as_staff("frontdesk")
    consultation_request = make_request()
    consultation_request.move_to(State.DECLINED, "system")
    response = client.post(f"{LIST}{consultation_request.pk}/do/step/", {"state": "in-conversation"}, follow=True)
    consultation_request.refresh_from_db()
    assert consultation_request.state == State.DECLINED
    assert "cannot become" in response.content.decode()


@pytest.mark.parametrize("state", ["booked", "received", "", "nonsense"])
def test_a_state_that_no_button_sets_is_not_set_by_hand(as_staff, state):
    client = as_staff("frontdesk")
    consultation_request = make_request()
    client.post(f"{LIST}{consultation_request.pk}/do/step/", {"state": state})
    consultation_request.refresh_from_db()
    assert (consultation_request.state, consultation_request.timeline.count()) == ("received", 1)


def test_a_note_is_kept_encrypted_in_the_timeline(as_staff):
    client = as_staff("frontdesk")
    consultation_request = make_request()
    client.post(f"{LIST}{consultation_request.pk}/do/note/", {"note": "Prefers mornings"})
    assert consultation_request.timeline.last().note == "Prefers mornings"


def test_an_empty_note_is_not_kept_and_said_so(as_staff):
    client = as_staff("frontdesk")
    consultation_request = make_request()
    response = client.post(f"{LIST}{consultation_request.pk}/do/note/", {"note": "  "}, follow=True)
    assert consultation_request.timeline.count() == 1
    assert "Write something first" in response.content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("action", ["step", "note"])
def test_no_link_changes_a_request(as_staff, method, action):
    client = as_staff("frontdesk")
    consultation_request = make_request()
    assert getattr(client, method)(f"{LIST}{consultation_request.pk}/do/{action}/?state=declined").status_code == 405


def test_nothing_is_deleted_or_typed_over_in_admin(as_staff):
    client = as_staff("manager")
    consultation_request = make_request()
    deleting = client.post(f"{LIST}{consultation_request.pk}/delete/", {"post": "yes"}).status_code
    client.post(LIST, {"action": "delete_selected", "_selected_action": [consultation_request.pk], "post": "yes"})
    saving = client.post(page_of(consultation_request), {"name": "Other"}).status_code
    consultation_request.refresh_from_db()
    assert (deleting, saving, consultation_request.name) == (403, 403, "Amira Haddad")


@pytest.mark.parametrize("address", ["", "{pk}/change/", "{pk}/history/"])
def test_marketing_sees_no_request(as_staff, address):
    client = as_staff("marketing")
    consultation_request = make_request(concern="canary of concern")
    response = client.get(LIST + address.format(pk=consultation_request.pk))
    assert response.status_code == 403
    assert b"canary" not in response.content and b"Haddad" not in response.content


@pytest.mark.parametrize("role", ["marketing", "clinician"])
@pytest.mark.parametrize(("action", "data"), [("step", {"state": "declined"}), ("note", {"note": "x"})])
def test_who_may_not_change_requests_changes_none(as_staff, role, action, data):
    client = as_staff(role)
    consultation_request = make_request()
    response = client.post(f"{LIST}{consultation_request.pk}/do/{action}/", data)
    consultation_request.refresh_from_db()
    assert (response.status_code, consultation_request.state, consultation_request.timeline.count()) == (
        403,
        "received",
        1,
    )


def test_a_clinician_reads_a_request_and_is_offered_no_step(as_staff):
    html = as_staff("clinician").get(page_of(make_request())).content.decode()
    assert "Amira Haddad" in html and "Mark as:" not in html


def test_nobody_without_a_sign_in_sees_a_request(client):
    consultation_request = make_request()
    response = client.get(page_of(consultation_request))
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/admin/login/")


def test_other_requests_of_the_same_person_are_shown_beside(as_staff):
    first, second = make_request(), make_request(concern="Again")
    make_request(email="other@patient.example")
    page = as_staff("frontdesk").get(page_of(second))
    assert page.context["others"] == [(first, None)]


@pytest.mark.parametrize("written", ["(586) 555-0199", "586.555.0199", "555-0199", "5550199"])
def test_a_telephone_number_is_found_in_any_written_form(as_staff, written):
    client = as_staff("frontdesk")
    consultation_request = make_request(phone="+15865550199")
    make_request(phone="+15865550111", email="other@patient.example")
    assert list(client.get(LIST, {"q": written}).context["cl"].result_list) == [consultation_request]


def test_a_reference_is_found_without_its_dash_and_in_small_letters(as_staff):
    client = as_staff("frontdesk")
    consultation_request, _other = make_request(), make_request()
    words = consultation_request.reference.replace("-", "").lower()
    assert list(client.get(LIST, {"q": words}).context["cl"].result_list) == [consultation_request]


def test_a_name_of_six_letters_is_still_found_as_a_name(as_staff):
    client = as_staff("frontdesk")
    consultation_request = make_request(name="Haddad")
    make_request(name="Other", email="other@patient.example")
    assert list(client.get(LIST, {"q": "Haddad"}).context["cl"].result_list) == [consultation_request]


PLACES = {"pk": 1, "action": "note", "form": "csv", "object_id": "1", "content_type_id": 1}
REQUESTS_ADMIN = admin.site.get_model_admin(ConsultationRequest)
ADDRESSES = {pattern.name: pattern for pattern in REQUESTS_ADMIN.get_urls() if pattern.name}
FOR_MARKETING = {"booking_consultationrequest_figures"}  # counts, which name nobody


def address_of(name, consultation_request):
    kwargs = {key: PLACES[key] for key in ADDRESSES[name].pattern.converters}
    return reverse(
        f"admin:{name}", kwargs=kwargs | {key: consultation_request.pk for key in kwargs if key in ("pk", "object_id")}
    )


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_every_address_of_requests_sends_strangers_to_sign_in(client, name):
    address = address_of(name, make_request(name="Canary Person"))
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302 and response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("name", sorted(set(ADDRESSES) - FOR_MARKETING))
def test_every_address_of_requests_is_closed_to_marketing(as_staff, name):
    marketing = as_staff("marketing")
    address = address_of(name, make_request(name="Canary Person", email="canary@patient.example"))
    for response in (marketing.get(address), marketing.post(address)):
        assert response.status_code in (403, 404, 405)
        assert "canary" not in response.text.lower()
