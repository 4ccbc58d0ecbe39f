import pytest
from django.db import connection
from django.test import Client

from booking.models import ConsultationRequest, LinkLookup
from tests.clinic_site.addresses import FILES, FORMS, GUIDE, PAGES, PUBLIC, SELF_CHECK
from tests.factories import form_data, make_request, make_staff

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
OTHER_SITES = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a neighbor on our domain": {"sec-fetch-site": "same-site"},
    "another origin": {"origin": "https://elsewhere.example"},
    "an origin that only begins like ours": {"origin": "http://testserver.elsewhere.example"},
    "our host at another port": {"origin": "http://testserver:8001"},
    "an opaque origin": {"origin": "null"},
    "an empty origin": {"origin": ""},
    "an origin that is no address": {"origin": "http://["},
    "our origin, but another site": {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
}
OUR_SITE = {
    "our page": {"origin": "http://testserver", "sec-fetch-site": "same-origin"},
    "our page in an old browser": {"origin": "http://testserver"},
    "a reload by hand": {"sec-fetch-site": "none"},
    "a client that says nothing": {},
}


def policy_of(response):
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


def other_headers_of(response):
    return {name: response.get(name) for name in HEADERS}


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """What each address answers on a fresh installation, asked once for all tests of this file."""
    with django_db_blocker.unblock():
        answered = {address: Client().get(address) for address in [*PUBLIC, "/admin/sign-in/", "/healthz", "/readyz"]}
        connection.close()
    return answered


@pytest.fixture
def guarded():
    """A client that is held to Django's own check of forms too."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("address", [*PUBLIC, "/admin/sign-in/", "/healthz", "/readyz"])
def test_every_answer_carries_the_policy(answers, address):
    response = answers[address]
    assert policy_of(response) == POLICY
    assert other_headers_of(response) == HEADERS
    assert response["X-Frame-Options"] == "DENY"


def test_a_private_page_carries_the_policy(client):
    response = client.get(make_request().get_received_url())
    assert (policy_of(response), other_headers_of(response)) == (POLICY, HEADERS)


def test_a_page_of_the_admin_carries_the_policy(as_staff):
    response = as_staff("manager").get("/admin/")
    assert (policy_of(response), other_headers_of(response)) == (POLICY, HEADERS)


def test_a_static_file_carries_the_policy(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    response = Client().get("/static/drawing.svg")
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert (policy_of(response), other_headers_of(response)) == (POLICY, HEADERS)
    response.close()


@pytest.mark.parametrize("address", PUBLIC)
def test_a_reader_gets_no_cookie(answers, address):
    response = answers[address]
    assert (response.status_code, dict(response.cookies), response.has_header("Set-Cookie")) == (200, {}, False)


@pytest.mark.parametrize("address", [*FORMS, SELF_CHECK])
def test_somebody_who_sends_a_form_gets_no_cookie(client, address):
    response = client.post(address, form_data())
    assert (response.status_code, dict(response.cookies)) == (response.status_code, {})
    assert response.status_code in (200, 302, 303)


@pytest.mark.parametrize("headers", OTHER_SITES.values(), ids=OTHER_SITES)
@pytest.mark.parametrize("address", [*FORMS, SELF_CHECK])
def test_a_form_that_another_site_sends_is_refused(client, address, headers):
    response = client.post(address, form_data(), headers=headers)
    assert (response.status_code, "we did not take your answers" in response.text) == (403, True)
    assert (ConsultationRequest.objects.count(), LinkLookup.objects.count()) == (0, 0)


@pytest.mark.parametrize("headers", OUR_SITE.values(), ids=OUR_SITE)
def test_a_form_that_our_own_page_sends_is_taken(guarded, headers):
    answers = [guarded.post(address, form_data(), headers=headers).status_code for address in [*FORMS, SELF_CHECK]]
    assert answers == [200, 303, 302, 200]
    assert (ConsultationRequest.objects.count(), LinkLookup.objects.count()) == (1, 1)


def test_another_site_may_still_link_to_the_form(client):
    response = client.get("/consultation/", headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 200


def test_a_sign_in_without_its_token_is_refused(guarded):
    member = make_staff("frontdesk")
    response = guarded.post("/admin/sign-in/", {"login": member.username, "password": "a long password"})
    assert (response.status_code, "staff" in response.cookies) == (403, False)
    assert "Nothing was sent" in response.text


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=%00",
        "/search/?q=scars&page=1%00",
        "/%00/",
        "/treatments/micro%00needling/",
        "/consultation/?campaign=%00",
        "/consultation/received/%00/",
        "/admin/booking/consultationrequest/?q=%00",
    ],
)
def test_a_null_character_in_the_address_is_a_bad_request(client, address):
    response = client.get(address)
    assert (response.status_code, "We could not read that" in response.text) == (400, True)


def test_a_percent_sign_before_two_zeros_is_an_honest_search(client):
    response = client.get("/search/?q=100%2500")
    assert (response.status_code, response.context["q"]) == (200, "100%00")


@pytest.mark.parametrize(
    "address", [*PAGES, *(file for file in FILES if file != "/sitemap.xml"), "/healthz", "/readyz"]
)
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_page_is_only_read(client, address, method):
    response = getattr(client, method)(address)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("method", ["put", "delete"])
def test_the_self_check_is_only_sent(client, method):
    response = getattr(client, method)(SELF_CHECK)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_address_of_the_self_check_leads_back_to_its_questions(client, method):
    response = getattr(client, method)(SELF_CHECK)
    assert (response.status_code, response["Location"]) == (302, SELF_CHECK.removesuffix("check/"))


@pytest.mark.parametrize("address", FORMS)
def test_a_form_is_read_or_sent_and_nothing_else(client, address):
    assert [client.put(address).status_code, client.delete(address).status_code] == [405, 405]


@pytest.mark.parametrize(
    "address", ["/", GUIDE, SELF_CHECK.removesuffix("check/"), "/visit/", *FORMS, *FILES, "/healthz"]
)
def test_head_answers_as_get_does_without_the_page(client, address):
    response = client.head(address)
    assert (response.status_code, response.content) == (200, b"")
