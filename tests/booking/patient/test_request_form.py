"""What the form takes, refuses, carries along and gives back. Posted as a browser posts it."""

import secrets
from itertools import count

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from booking.models import ConsultationRequest
from booking.services import submit
from clinic_site.hours import reply_by
from clinic_site.models import Clinic
from tests.factories import form_data, make_request, make_staff, make_treatment

pytestmark = pytest.mark.django_db
ADDRESS = "/consultation/"
PHONED = {"name": "Caller", "contact_by": "phone", "phone": "+15865550142", "form_key": "phoned in"}


def errors_of(response):
    return {field: list(errors) for field, errors in response.context["form"].errors.items()}


def test_a_name_a_way_to_answer_and_consent_are_enough(client):
    response = client.post(ADDRESS, form_data())
    consultation_request = ConsultationRequest.objects.get()
    assert (response.status_code, response["Location"]) == (
        303,
        f"/consultation/received/{consultation_request.token}/",
    )
    assert (consultation_request.name, consultation_request.email, consultation_request.state) == (
        "Amira Haddad",
        "amira@patient.example",
        "received",
    )


def test_no_session_and_no_cookie_are_needed_or_given():
    client = Client(enforce_csrf_checks=True)
    response = client.post(ADDRESS, form_data())
    followed = client.get(response["Location"])
    assert (response.status_code, followed.status_code, dict(client.cookies)) == (303, 200, {})


def test_every_answer_is_kept(client):
    answers = form_data(
        contact_by="phone",
        phone="(586) 555-0199",
        may_leave_message="on",
        treatment="microneedling",
        benefit="scars",
        concern="Old marks\non my cheeks",
        windows=["weekday-am", "friday-am"],
        language="ar",
        interpreter="on",
        for_someone_else="on",
        campaign="spring",
    ) | {"safety-pregnancy": "no", "safety-isotretinoin": "not-sure"}
    client.post(ADDRESS, answers)
    consultation_request = ConsultationRequest.objects.get()
    kept = {
        "contact_by": consultation_request.contact_by,
        "phone": str(consultation_request.phone),
        "may_leave_message": consultation_request.may_leave_message,
        "about": (consultation_request.treatment.slug, consultation_request.benefit.slug),
        "concern": consultation_request.concern,
        "windows": consultation_request.windows,
        "language": (consultation_request.language, consultation_request.interpreter),
        "for_someone_else": consultation_request.for_someone_else,
        "campaign": consultation_request.campaign,
        "safety": consultation_request.safety,
    }
    assert kept == {
        "contact_by": "phone",
        "phone": "+15865550199",
        "may_leave_message": True,
        "about": ("microneedling", "scars"),
        "concern": "Old marks\non my cheeks",
        "windows": ["weekday-am", "friday-am"],
        "language": ("ar", True),
        "for_someone_else": True,
        "campaign": "spring",
        "safety": {"pregnancy": "no", "isotretinoin": "not-sure"},
    }


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"name": None}, {"name": ["Enter your name."]}),
        ({"name": "  "}, {"name": ["Enter your name."]}),
        ({"email": None}, {"email": ["Enter your email address, or choose phone."]}),
        ({"email": "amira@"}, {"email": ["Enter your full email address, like name@example.com."]}),
        ({"contact_by": "phone"}, {"phone": ["Enter your phone number, or choose email."]}),
        (
            {"contact_by": "phone", "phone": "555"},
            {"phone": ["Enter your full phone number with the area code, like 586 555 0100."]},
        ),
        ({"consent": None}, {"consent": ["Check this box so that we may use your answers."]}),
        (
            {"name": None, "email": None, "consent": None},
            {
                "name": ["Enter your name."],
                "email": ["Enter your email address, or choose phone."],
                "consent": ["Check this box so that we may use your answers."],
            },
        ),
    ],
)
def test_a_wrong_answer_is_named_with_what_to_do_and_nothing_is_stored(client, answers, errors):
    response = client.post(ADDRESS, form_data(**answers))
    assert (response.status_code, errors_of(response)) == (422, errors)
    assert not ConsultationRequest.objects.exists()


def test_a_refused_form_keeps_every_answer_and_links_each_error_to_its_field(client):
    response = client.post(ADDRESS, form_data(name="Amira <Haddad>", consent=None, concern="my words", windows=["any"]))
    html = response.content.decode()
    assert 'value="Amira &lt;Haddad&gt;"' in html
    assert "my words</textarea>" in html
    assert '<a href="#id_consent">Check this box so that we may use your answers.</a>' in html
    assert 'id="id_consent"' in html
    assert html.count("checked") == 3  # email, to be called, any time


def test_the_error_of_a_group_of_choices_links_to_its_first_control(client):
    html = client.post(ADDRESS, form_data(windows=["midnight"])).content.decode()
    assert '<a href="#id_windows_0">' in html and 'id="id_windows_0"' in html


def test_where_nobody_chose_a_way_to_answer_it_is_the_one_that_was_given(client):
    client.post(ADDRESS, form_data(contact_by=None, email=None, phone="586 555 0199"))
    assert ConsultationRequest.objects.get().contact_by == "phone"


def test_the_same_form_sent_twice_is_one_request(client):
    answers = form_data()
    first, second = client.post(ADDRESS, answers), client.post(ADDRESS, answers)
    assert first["Location"] == second["Location"]
    consultation_request = ConsultationRequest.objects.get()
    assert (consultation_request.mails.count(), consultation_request.timeline.count()) == (2, 1)


def test_a_corrected_form_from_the_back_button_is_not_thrown_away(client):
    answers = form_data()
    client.post(ADDRESS, answers)
    client.post(ADDRESS, answers | {"email": "right@patient.example"})
    assert set(ConsultationRequest.objects.values_list("email", flat=True)) == {
        "amira@patient.example",
        "right@patient.example",
    }


def test_the_same_person_asking_again_makes_a_second_request_that_is_shown_with_the_first(client):
    client.post(ADDRESS, form_data())
    client.post(ADDRESS, form_data(concern="One more thing"))
    second, first = ConsultationRequest.objects.order_by("-pk")
    assert list(second.same_person()) == [first]
    assert first.concern == ""


def test_a_form_that_was_never_opened_still_counts(client):
    assert client.post(ADDRESS, form_data(form_token=None)).status_code == 303


def test_a_changed_form_token_is_refused_with_a_fresh_one(client):
    first = client.post(ADDRESS, form_data(form_token="forged:1:x"))
    assert (first.status_code, list(errors_of(first))) == (422, ["form_token"])
    fresh = first.context["form"]["form_token"].value()
    assert client.post(ADDRESS, form_data(form_token=fresh)).status_code == 303


def test_treatment_benefit_and_campaign_are_carried_from_the_address(client):
    form = client.get(ADDRESS + "?treatment=microneedling&benefit=scars&campaign=spring-26").context["form"]
    carried = {name: form[name].value() for name in ("treatment", "benefit", "campaign")}
    assert carried == {"treatment": "microneedling", "benefit": "scars", "campaign": "spring-26"}


def test_what_is_unknown_in_the_address_is_forgotten(client):
    form = client.get(ADDRESS + "?treatment=botox&benefit=youth&campaign=%3Cb%3E").context["form"]
    assert [form[name].value() for name in ("treatment", "benefit", "campaign")] == [None, None, None]


def test_a_benefit_says_which_treatment_it_is_of(client):
    client.post(ADDRESS, form_data(benefit="scars"))
    assert ConsultationRequest.objects.get().treatment.slug == "microneedling"


def test_a_treatment_that_is_not_offered_is_refused(client):
    make_treatment("hidden", live=False)
    response = client.post(ADDRESS, form_data(treatment="hidden"))
    assert (response.status_code, list(errors_of(response))) == (422, ["treatment"])


def test_the_clinic_can_switch_off_the_box_and_the_safety_questions(client):
    Clinic.objects.update(form_takes_concern=False, form_asks_safety=False)
    fields = set(client.get(ADDRESS).context["form"].fields)
    assert "concern" not in fields and not any(name.startswith("safety-") for name in fields)


def test_the_safety_questions_are_the_ones_that_staff_marked(client):
    fields = client.get(ADDRESS).context["form"].fields
    assert {name for name in fields if name.startswith("safety-")} == {
        "safety-pregnancy",
        "safety-isotretinoin",
        "safety-keloids",
        "safety-blood-thinners",
        "safety-infection",
        "safety-numbing-allergy",
    }


def test_an_opened_form_may_be_kept_by_its_own_browser_and_by_nothing_else(client):
    assert client.get(ADDRESS)["Cache-Control"] == "private, no-cache"


def test_a_form_with_answers_is_never_kept_by_a_cache(client):
    assert "no-store" in client.post(ADDRESS, form_data(name=""))["Cache-Control"]
    assert "no-store" in client.post(ADDRESS, {"carried": "1", "safety-pregnancy": "yes"})["Cache-Control"]


@pytest.mark.usefixtures("nothing_kept")
def test_the_form_costs_the_same_queries_every_time(client, django_assert_max_num_queries):
    client.get(ADDRESS)
    with django_assert_max_num_queries(16):
        client.get(ADDRESS)


def test_the_answers_of_the_self_check_come_along_by_post_and_are_kept_only_when_the_form_is_sent(client):
    carried = {"carried": "1", "treatment": "microneedling", "safety-pregnancy": "no", "safety-diabetes": "yes"}
    opened = client.post(ADDRESS, carried)
    form = opened.context["form"]
    assert (opened.status_code, form["safety-pregnancy"].value(), form["safety-diabetes"].value()) == (200, "no", "yes")
    assert not ConsultationRequest.objects.exists()
    client.post(ADDRESS, form_data() | {"safety-pregnancy": "no", "safety-diabetes": "yes"})
    assert ConsultationRequest.objects.get().safety == {"pregnancy": "no", "diabetes": "yes"}


def test_an_answer_to_a_question_that_nobody_asks_is_left_out(client):
    opened = client.post(ADDRESS, {"carried": "1", "safety-horoscope": "yes"})
    assert "safety-horoscope" not in opened.context["form"].fields


@pytest.mark.parametrize(("equal", "kept"), [(4, True), (5, False)])
def test_a_request_is_not_lost_to_an_equal_reference_while_another_can_be_tried(monkeypatch, equal, kept):
    drawn = count()
    other = make_request(reference="222-222")
    letters = "".join(secrets.choice("34") for _letter in range(6))
    monkeypatch.setattr("secrets.choice", lambda _letters: "2" if (n := next(drawn)) < 6 * equal else letters[n % 6])
    if kept:
        assert make_request().reference != other.reference
    else:
        with pytest.raises(IntegrityError):
            make_request()
    assert ConsultationRequest.objects.count() == (2 if kept else 1)


def test_a_request_is_received_from_the_patient_and_one_by_telephone_from_who_took_it_down():
    staff = make_staff("frontdesk")
    by_form, by_phone = make_request(), submit(ConsultationRequest(**PHONED), staff=staff)
    lines = [request.timeline.get(kind="received") for request in (by_form, by_phone)]
    assert [(line.actor, line.staff) for line in lines] == [("patient", None), ("staff", staff)]


def test_what_is_promised_and_consented_to_is_of_the_moment_at_which_it_came(time_machine):
    time_machine.move_to("2027-03-15T16:00Z", tick=False)
    request = ConsultationRequest.objects.get(pk=make_request().pk)
    assert request.received_at == request.state_since == request.consented_at == timezone.now()
    assert request.reply_by == request.owed_by == reply_by(timezone.now())
