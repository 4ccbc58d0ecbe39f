import json
import logging
import sys

import pytest
from django.test import Client
from django.urls import include, path

from clinic_site.logs.formats import JsonFormatter, LineFormatter
from clinic_site.logs.web_server import WebServerLogger
from tests.factories import make_request

TYPED = "words that Amira typed"


def broken(request, token=""):
    raise RuntimeError(TYPED)


handler500 = "clinic_site.views.server_error"
urlpatterns = [
    path("broken/<slug:token>/", broken),
    path("", include("clinic_site.urls")),
]


@pytest.fixture
def log(caplog):
    """The lines of a test, as the terminal would show them, without their time."""
    caplog.set_level("INFO")

    def lines(of="django"):
        records = [record for record in caplog.records if record.name.startswith(of)]
        return [LineFormatter().format(record).partition(" ")[2] for record in records]

    return lines


def record(name, level, words, *values, error=None):
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, level, __file__, 1, words, values, exc_info)


def line(*values, **error):
    return LineFormatter().format(record(*values, **error)).partition(" ")[2]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_an_error_is_one_line_with_its_route_place_and_request(log):
    answer = Client(raise_request_exception=False).post(f"/broken/token-of-a-patient/?q={TYPED}", {"concern": TYPED})
    [said] = log()
    number = broken.__code__.co_firstlineno + 1
    assert said == (
        "ERROR django.request: 500 POST /broken/<slug:token>/ "
        f"(RuntimeError in tests/clinic_site/logs/test_lines.py:{number} broken) [{answer['X-Request-ID']}]"
    )
    assert "\n" not in said and TYPED not in said and "token-of" not in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/nothing/here/", "/…/…"),
        ("/amira.haddad/", "/…"),
        ("/amira@patient.example", "/…"),
        ("/consultation/r/AbCdEfGhIjKlMnOpQrStUvWx/more", "/consultation/…"),
        ("/visit/5865550142/", "/visit/…"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_what_was_in_it(client, log, address, shown):
    client.get(address)
    [said] = log()
    assert said.startswith(f"WARNING django.request: 404 GET {shown} ")


@pytest.mark.django_db
def test_a_probe_with_a_foreign_host_is_one_short_line(client, log):
    answer = client.get("/", headers={"host": "evil.example"})
    assert log() == [f"ERROR django.security.DisallowedHost: 400 GET / (DisallowedHost) [{answer['X-Request-ID']}]"]


@pytest.mark.django_db
def test_no_line_of_a_private_page_holds_its_link(client, log):
    url = make_request().get_received_url()
    client.delete(url)
    assert [one for one in log() if "405 DELETE /consultation/received/" in one]
    assert not [one for one in log("") if url.strip("/").rpartition("/")[2] in one]


def test_what_libraries_report_is_told_without_values():
    assert line("huey.consumer", logging.ERROR, "Error enqueueing %s.", TYPED) == (
        "ERROR huey.consumer: Error enqueueing …."
    )
    assert line("gunicorn.error", logging.ERROR, "Error handling request %s", f"/search/?q={TYPED}") == (
        "ERROR gunicorn.error: Error handling request …"
    )
    assert line("gunicorn.error", logging.ERROR, "Worker (pid:%s) exited with code %s.", 17, 1) == (
        "ERROR gunicorn.error: Worker (pid:17) exited with code 1."
    )
    assert line("gunicorn.error", logging.ERROR, ValueError(TYPED)) == "ERROR gunicorn.error: ValueError"


def test_what_the_web_server_says_of_its_start_is_told_whole():
    assert line("gunicorn.error", logging.INFO, "Listening at: %s", "http://127.0.0.1:8000").endswith(
        "Listening at: http://127.0.0.1:8000"
    )


def test_our_own_words_are_told_whole_but_for_long_secrets_in_them():
    said = line("clinic_site.pages", logging.WARNING, "%s is away.\nTwice.", "/consultation/r/AbCdEfGhIjKlMnOpQrStUv")
    assert said == "WARNING clinic_site.pages: /consultation/r/… is away. Twice."


def test_what_is_no_http_is_told_without_what_it_was(caplog):
    logger = WebServerLogger.__new__(WebServerLogger)
    logger.error_log = logging.getLogger("gunicorn.error")
    logger.warning(f"Invalid request from ip=192.0.2.7: Invalid HTTP request line: '{TYPED}'")
    logger.warning("Worker graceful timeout (pid:%s)", 17)
    assert caplog.messages == ["A request that is not HTTP was refused.", "Worker graceful timeout (pid:17)"]


def test_an_error_names_what_caused_it_and_never_its_words():
    try:
        try:
            raise TimeoutError(TYPED)
        except TimeoutError as error:
            raise ConnectionError(TYPED) from error
    except ConnectionError as error:
        said = line("clinic_site.breaker", logging.ERROR, "It broke.", error=error)
    assert "(ConnectionError < TimeoutError in tests/clinic_site/logs/test_lines.py:" in said and TYPED not in said


def test_an_error_that_was_never_raised_has_no_place():
    said = line("clinic_site.breaker", logging.ERROR, "It broke.", error=ValueError())
    assert said.endswith("It broke. (ValueError in no place)")


def test_json_holds_the_same_and_nothing_empty():
    told = json.loads(JsonFormatter().format(record("clinic_site.breaker", logging.WARNING, "%s is away.", "Redis")))
    assert told.pop("time")
    assert told == {"level": "WARNING", "logger": "clinic_site.breaker", "message": "Redis is away."}


def test_a_happening_in_json_is_one_line():
    try:
        raise RuntimeError(TYPED)
    except RuntimeError:
        said = record("django.request", logging.ERROR, "two\nlines")
        said.exc_info = sys.exc_info()
    text = JsonFormatter().format(said)
    assert "\n" not in text and json.loads(text)["error"] == "RuntimeError"
