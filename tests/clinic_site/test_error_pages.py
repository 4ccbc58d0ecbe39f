import pytest
from django.test import Client
from django.urls import include, path

from tests.clinic_site.security.test_http import HEADERS, POLICY, other_headers_of, policy_of

SECRET = "a concern that somebody typed"


def broken(request):
    raise RuntimeError(SECRET)


handler400, handler500 = "clinic_site.views.bad_request", "clinic_site.views.server_error"
urlpatterns = [
    path("broken/", broken),
    path("", include("clinic_site.urls")),
]


@pytest.fixture
def asked(db):
    """One way to each error page: the answer to it."""

    def ask(kind):
        client = Client(raise_request_exception=False)
        return {
            "null character": lambda: client.get("/search/?q=%00"),
            "unknown host": lambda: client.get("/", headers={"host": "elsewhere.example"}),
            "refused form": lambda: client.post("/consultation/", headers={"origin": "null"}),
            "unknown page": lambda: client.get("/nothing/here/"),
            "broken page": lambda: client.get("/broken/"),
        }[kind]()

    return ask


KINDS = {
    "null character": (400, "We could not read that"),
    "unknown host": (400, "We could not read that"),
    "refused form": (403, "Nothing was sent"),
    "unknown page": (404, "We cannot find this page"),
    "broken page": (500, "Something went wrong on our side"),
}


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_page_is_in_the_sites_look_and_words(asked, kind):
    response = asked(kind)
    status, heading = KINDS[kind]
    assert (response.status_code, response["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert response.text.count("<h1") == 1 and f"<h1>{heading}</h1>" in response.text
    assert '<html lang="en" dir="ltr">' in response.text
    assert '<link rel="stylesheet" href="/static/css/site.css">' in response.text
    assert '<main id="main">' in response.text
    assert '<meta name="robots" content="noindex">' in response.text


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_page_carries_the_policy(asked, kind):
    response = asked(kind)
    assert (policy_of(response), other_headers_of(response)) == (POLICY, HEADERS)
    assert response.get("X-Frame-Options") == "DENY"
    assert dict(response.cookies) == {}


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_page_says_what_to_do_and_not_what_broke(asked, kind):
    text = asked(kind).text
    assert [word for word in ("Traceback", "RuntimeError", SECRET, "Exception") if word in text] == []
    assert 'href="/"' in text


@pytest.mark.django_db
def test_a_page_that_is_refused_to_staff_is_in_the_sites_look(as_staff):
    response = as_staff("marketing").get("/admin/booking/consultationrequest/")
    assert response.status_code == 403
    assert "<h1>You do not have access to this page</h1>" in response.text
    assert (policy_of(response), other_headers_of(response)) == (POLICY, HEADERS)


@pytest.mark.urls(__name__)
def test_the_page_of_a_broken_site_needs_no_database():
    response = Client(raise_request_exception=False).get("/broken/")
    assert (response.status_code, "<h1>Something went wrong on our side</h1>" in response.text) == (500, True)


def test_the_bad_request_page_needs_no_database():
    response = Client().get("/%00/")
    assert (response.status_code, "<h1>We could not read that</h1>" in response.text) == (400, True)
