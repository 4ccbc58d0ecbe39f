"""What slips out beside the page: titles, logs, cookies, addresses, what is left in files."""

import pickle
import re
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from clinic_site.staff.sign_in import somewhere
from tests.databases import on_postgres
from tests.factories import make_request, make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

NAME = "Featherstonehaugh"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
LIST = "/admin/booking/consultationrequest/"
PAGES = ["change/", "history/", "private/"]


@pytest.mark.parametrize("page", PAGES)
def test_a_title_names_nobody_as_it_stays_in_the_history_of_the_browser(as_staff, page):
    asked = make_request(name=NAME)
    answer = as_staff("frontdesk").get(f"/admin/booking/consultationrequest/{asked.pk}/{page}")
    assert answer.status_code == 200
    [title] = TITLE.findall(answer.text)
    assert NAME not in title


@pytest.fixture
def searched(as_staff):
    """The list that a search for somebody leads to."""
    make_request(name=f"Ann {NAME}"), make_request(name="Bo Other", email="bo@patient.example")
    return as_staff("frontdesk").post(f"{LIST}search/", {"q": f" {NAME} "}, follow=True)


def test_who_is_searched_for_stands_in_no_address(searched):
    [(address, status)] = searched.redirect_chain
    assert status == 302 and [one.name for one in searched.context["cl"].result_list] == [f"Ann {NAME}"]
    assert f'value="{NAME}"' in searched.text
    addresses = re.findall(r'(?:href|action|formaction)="([^"]*)"', searched.text)
    assert sum("q=~" in one for one in addresses) > 1  # its filters and its export stay with the search
    assert not any(NAME in one for one in [address, *addresses])


def test_an_address_of_a_search_says_nothing_after_a_day(searched, client, time_machine):
    [(address, _status)] = searched.redirect_chain
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    sign_in(client, make_staff("frontdesk"))
    page = client.get(address)
    assert "That search has ended. Type it once more." in page.text and NAME not in page.context["cl"].query


@pytest.mark.parametrize("host", ["testserver:6666", "127.0.0.1:1"])
@pytest.mark.parametrize("page", ["/robots.txt", "/sitemap.xml"])
def test_a_port_that_a_client_makes_up_stands_on_no_page(client, host, page):
    answer = client.get(page, headers={"host": host})
    assert host not in answer.text and project.SITE_URL in answer.text


@pytest.mark.parametrize(
    ("asked_for", "leads_to"),
    [
        ("/admin/booking/consultationrequest/?view=answer", "/admin/booking/consultationrequest/?view=answer"),
        ("/", "/"),
        ("/admin/nowhere/", "/admin/"),
        ("/nowhere/at/all/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_after_signing_in_nobody_is_led_to_where_nothing_is(asked_for, leads_to):
    assert somewhere(asked_for) == leads_to


def test_a_task_that_somebody_else_put_into_the_queue_is_not_loaded():
    with pytest.raises(ValueError):
        HUEY.deserialize_task(pickle.dumps(("a task", ())))


def test_a_value_that_somebody_else_put_into_the_cache_is_not_loaded(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "clinic_site.shared_cache.ForgivingFileCache",
            "LOCATION": str(tmp_path / "cache.sqlite3"),
        }
    }
    cache.set("kept", {"a": 1})
    assert cache.get("kept") == {"a": 1}
    cache._run("UPDATE kept SET value = ?", pickle.dumps({"a": 2}))
    assert cache.get("kept", "nothing") == "nothing"


def test_messages_come_in_a_cookie_of_this_host_alone(as_staff):
    asked = make_request()
    client = as_staff("frontdesk")
    client.post(f"/admin/booking/consultationrequest/{asked.pk}/do/note/", {"note": "Call."})
    cookie = client.cookies["messages"]
    assert (cookie["domain"], cookie["path"], bool(cookie["httponly"])) == ("", "/", True)


@pytest.mark.skipif(on_postgres(), reason="PostgreSQL's files are its own")
def test_what_is_deleted_is_overwritten_in_the_file():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
