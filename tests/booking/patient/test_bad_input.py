"""Whatever is sent, the answer says what to do, or plainly refuses; never a 500, and nothing is half-stored."""

import re

import pytest

from booking.models import ConsultationRequest, Event, LinkLookup, OutboxMail
from tests.factories import form_data

pytestmark = pytest.mark.django_db
ADDRESS = "/consultation/"

REFUSED = {
    "a name that is too long": {"name": "a" * 121},
    "a name of blanks that have no width": {"name": "\u200b\u200b"},
    "a name with letters turned around": {"name": "Amira \u202eriaf"},
    "a name with isolates": {"name": "\u2066Amira\u2069"},
    "a name with a control character": {"name": "Ami\x07ra"},
    "a name with a null": {"name": "Ami\x00ra"},
    "a name of digits": {"name": "12345"},
    "an email that is too long": {"email": "a" * 250 + "@patient.example"},
    "an email with a line end": {"email": "amira@patient.example\nBcc: all@patient.example"},
    "an email with hidden letters": {"email": "ami\u200bra@patient.example"},
    "two emails": {"email": "a@patient.example, b@patient.example"},
    "a telephone of letters": {"contact_by": "phone", "phone": "call me"},
    "a telephone that is too long": {"contact_by": "phone", "phone": "5" * 400},
    "a telephone with a null": {"contact_by": "phone", "phone": "586\x00555 0199"},
    "a concern that is too long": {"concern": "a" * 2001},
    "a concern with a null": {"concern": "a\x00b"},
    "a concern turned around": {"concern": "\u202eabc"},
    "an unknown way to answer": {"contact_by": "pigeon"},
    "an unknown treatment": {"treatment": "botox"},
    "an unknown benefit": {"benefit": "youth"},
    "a benefit with a null": {"benefit": "sca\x00rs"},
    "an unknown window": {"windows": ["weekday-am", "midnight"]},
    "an unknown language": {"language": "xx"},
    "an unknown safety answer": {"safety-pregnancy": "maybe"},
    "a forged token": {"form_token": "x" * 500},
    "a token with a null": {"form_token": "\x00"},
    "a campaign with a null": {"campaign": "a\x00b"},
    "a refused consent": {"consent": "false"},
}


@pytest.mark.parametrize("answers", REFUSED.values(), ids=REFUSED.keys())
def test_bad_answers_are_refused_with_a_sentence_and_nothing_is_stored(client, answers):
    response = client.post(ADDRESS, form_data(**answers))
    sentences = [error for errors in response.context["form"].errors.values() for error in errors]
    assert response.status_code == 422
    assert sentences and all(sentence.endswith(".") for sentence in sentences)
    assert stored() == (0, 0, 0)


WRONG_ANSWERS = {
    "name": "",
    "contact_by": "pigeon",
    "email": "amira",
    "phone": "call me",
    "consent": "",
    "benefit": "youth",
    "concern": "a" * 2001,
    "time_by": "by pigeon",
    "open_time": "999999",
    "clinician": "dr-nobody",
    "windows": "midnight",
    "needs": "wings",
    "language": "xx",
    "safety-pregnancy": "maybe",
}


@pytest.mark.parametrize(("name", "wrong"), WRONG_ANSWERS.items())
def test_the_summary_leads_to_the_answer_that_is_wrong(client, name, wrong):
    page = client.post(ADDRESS, form_data(**{name: wrong})).text
    summary = page.partition("error-summary")[2].partition("</ul>")[0]
    leads_to = re.findall(r'<a href="#([^"]+)"', summary)
    assert leads_to and all(page.count(f' id="{place}"') == 1 for place in leads_to)


def test_a_line_end_counts_as_one_character_as_in_the_browser(client):
    client.post(ADDRESS, form_data(concern="a" * 998 + "\r\n" + "b" * 1001))
    assert ConsultationRequest.objects.get().concern == "a" * 998 + "\n" + "b" * 1001


def test_half_days_of_all_weekdays_stay_ticked_in_a_form_that_comes_back(client):
    page = client.post(ADDRESS, form_data(name="", windows=["weekday-am", "fri-pm"])).text
    ticked = re.findall(r'name="windows"\s+value="([^"]+)"[^>]*\schecked', page)
    assert ticked == ["mon-am", "tue-am", "wed-am", "thu-am", "fri-am", "fri-pm"]


ACCEPTED = {
    "an Arabic name": {"name": "أميرة حداد"},
    "a Persian name with a joiner": {"name": "علی\u200cرضا"},
    "a name with a dash and accents": {"name": "Zoë O’Brien-Şahin"},
    "an emoji in the concern": {"concern": "Is it painful? 😬"},
    "a campaign of odd letters": {"campaign": "<script>"},
    "markup as a name": {"name": "<img src=x onerror=alert(1)>"},
    "an answer that the form never asked": {"is_staff": "1", "state": "booked", "reference": "AAA-AAA"},
}


@pytest.mark.parametrize("answers", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_unusual_but_honest_answers_are_kept(client, answers):
    response = client.post(ADDRESS, form_data(**answers))
    consultation_request = ConsultationRequest.objects.get()
    assert (response.status_code, consultation_request.state) == (303, "received")
    assert consultation_request.reference != "AAA-AAA"


def test_markup_in_a_name_is_shown_as_text(client, as_staff):
    client.post(ADDRESS, form_data(name="<img src=x onerror=alert(1)>"))
    page = as_staff("frontdesk").get(
        f"/admin/booking/consultationrequest/{ConsultationRequest.objects.get().pk}/change/"
    )
    assert b"<img src=x" not in page.content and b"&lt;img src=x" in page.content


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("concern=" + "a" * 1_000_000, "application/x-www-form-urlencoded"),
        ("&".join(f"x{n}=1" for n in range(2000)), "application/x-www-form-urlencoded"),
        ("--x\r\nbroken", "multipart/form-data; boundary=x"),
        ("--x\r\nbroken", "multipart/form-data"),
        ("%ff%fe=%00&name=%E2%82", "application/x-www-form-urlencoded"),
        ('{"name": "Amira"}', "application/json"),
        ("", "application/x-www-form-urlencoded"),
        ("\x00" * 5000, "text/plain"),
    ],
)
def test_strange_bodies_are_refused_and_nothing_is_stored(client, body, content_type):
    response = client.generic("POST", ADDRESS, body, content_type=content_type)
    assert response.status_code in (400, 413, 422)
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_allowed(client, method):
    assert client.generic(method, ADDRESS).status_code == 405


@pytest.mark.parametrize("token", ["x", "a" * 500, "é", "..", "%2e%2e", "' OR 1=1 --", "%0a"])
def test_a_token_of_nobody_is_a_404(client, token):
    pages = [client.get(f"/consultation/{page}/{token}/").status_code for page in ("r", "received")]
    assert pages == [404, 404]


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "\x00@patient.example", "a" * 300 + "@patient.example"])
def test_an_address_that_is_none_is_not_looked_up(client, typed):
    response = client.post("/consultation/find/", {"email": typed})
    assert (response.status_code, LinkLookup.objects.count()) == (422, 0)


def stored():
    return ConsultationRequest.objects.count(), Event.objects.count(), OutboxMail.objects.count()
