"""What a patient and the staff are told while the database cannot be written, or is gone."""

import re
import time

import pytest
from django.db import OperationalError, connection
from django.test import Client

from booking.models import ConsultationRequest, Event, LinkLookup
from clinic_site.database.waiting import writers
from clinic_site.models import Clinic
from tests.factories import form_data, make_request
from tests.locking import only_sqlite, write_lock_taken

NUMBER = "tel:+1-586-555-0142"
ANSWERS = {"name": "Amira Haddad", "email": "amira@patient.example", "concern": 'Scars on my <left> "cheek"'}


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(writers, "seconds", 0.2)


@pytest.fixture
def gone(monkeypatch, db):
    """Call it, and the database is away."""
    Clinic.profile()

    def refuse(*_arguments, **_options):
        raise OperationalError("could not connect to secret-host")

    yield lambda: connection.execute_wrappers.append(refuse)
    connection.execute_wrappers.clear()


def in_the_page(response):
    """What the page would send again, by name."""
    inputs = re.findall(r"<input[^>]*>", response.text)
    found = {}
    for each in inputs:
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', each))
        if attributes.get("type") not in ("radio", "checkbox") or " checked" in each:
            found[attributes.get("name")] = attributes.get("value", "on")
    return found


def assert_come_again(response):
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "no-store" in response["Cache-Control"] and "Content-Encoding" not in response


@only_sqlite
@pytest.mark.usefixtures("committed", "soon")
def test_a_request_that_cannot_be_stored_keeps_every_answer_in_the_form(client):
    sent = form_data(**ANSWERS, language="ar", windows="any")
    with write_lock_taken():
        response = client.post("/consultation/", sent)
    assert_come_again(response)
    assert NUMBER in response.text and "send it again, or call" in response.text
    page = in_the_page(response)
    assert (page["name"], page["email"], page["form_token"]) == (sent["name"], sent["email"], sent["form_token"])
    assert page["consent"] == "on" and 'value="ar" selected' in response.text and 'value="any"' in response.text
    assert "Scars on my &lt;left&gt; &quot;cheek&quot;" in response.text
    assert not ConsultationRequest.objects.exists()
    assert client.post("/consultation/", sent).status_code == 303


@only_sqlite
@pytest.mark.usefixtures("committed", "soon")
def test_words_added_to_a_request_are_kept_in_the_page(client):
    consultation_request = make_request()
    address = f"/consultation/r/{consultation_request.token}/"
    with write_lock_taken():
        response = client.post(address, {"words": 'Not before "ten"', "add": "Add this"})
    assert_come_again(response)
    assert NUMBER in response.text and f'action="{address}"' in response.text
    assert in_the_page(response) == {"words": "Not before &quot;ten&quot;", "add": "Add this"}
    assert not consultation_request.timeline.filter(kind=Event.Kind.ADDED).exists()


@only_sqlite
@pytest.mark.usefixtures("committed", "soon")
def test_an_address_to_find_is_kept_in_the_page(client):
    with write_lock_taken():
        response = client.post("/consultation/find/", {"email": "amira@patient.example"})
    assert_come_again(response)
    assert in_the_page(response) == {"email": "amira@patient.example"}
    assert '<dd dir="auto">amira@patient.example</dd>' in response.text
    assert not LinkLookup.objects.exists()


@only_sqlite
@pytest.mark.usefixtures("committed", "soon")
def test_staff_are_told_to_come_again():
    client = Client(raise_request_exception=False)
    with write_lock_taken() as began:
        response = client.post("/admin/sign-in/", {"login": "x", "password": "y"})
        assert response.status_code in (200, 503) and time.monotonic() - began < 5


@pytest.mark.parametrize("address", ["/consultation/", "/visit/", "/search/?q=scar", "/consultation/find/", "/admin/"])
def test_a_page_that_cannot_be_read_says_so_in_the_sites_look(gone, address, as_staff):
    client = as_staff("manager")
    client.raise_request_exception = False
    gone()
    response = client.get(address)
    assert_come_again(response)
    assert "<h1>The site is briefly unavailable</h1>" in response.text and NUMBER in response.text
    assert "secret-host" not in response.text


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/consultation/", ANSWERS | {"windows": ["any", "weekday-am"], "consent": "on"}),
        ("/consultation/find/", {"email": "amira@patient.example"}),
        ("/consultation/r/ThisIsATokenOfSomebody/", {"why": "I am ill", "cannot-come": "1"}),
    ],
)
def test_what_was_sent_is_kept_in_the_page_without_a_database(client, gone, address, sent):
    gone()
    response = client.post(address, sent)
    assert_come_again(response)
    assert NUMBER in response.text and f'action="{address}"' in response.text
    for name, values in sent.items():
        for value in values if isinstance(values, list) else [values]:
            escaped = value.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
            assert f'<input type="hidden" name="{name}" value="{escaped}">' in response.text


def test_where_the_number_was_never_known_none_is_shown(client, gone, monkeypatch):
    monkeypatch.setattr(Clinic, "last_known", None)
    gone()
    response = client.post("/consultation/find/", {"email": "amira@patient.example"})
    assert response.status_code == 503 and "Or call us" not in response.text and "tel:911" in response.text
