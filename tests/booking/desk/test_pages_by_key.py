"""The pages of a long worklist: none is lost and none comes twice, whichever way one turns them."""

import re
from html import unescape

import pytest

from booking.admin import worklist as admin_worklist
from booking.admin.lists import by_key
from booking.desk import worklist
from booking.models import BulkWork, ConsultationRequest
from tests.booking.crowd import add_requests
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def desk(as_staff, monkeypatch):
    """The desk before a list of 450 that is counted up to 100."""
    monkeypatch.setattr(by_key, "MOST_COUNTED", 100)
    add_requests(450)
    return as_staff("frontdesk")


def shown(response):
    return [each.pk for each in response.context["cl"].result_list]


def link(response, words):
    found = re.search(rf'<a href="([^"]+)">{words}</a>', response.text)
    return found and LIST + unescape(found[1])


def walk(desk, address, words):
    pages = []
    while address and len(pages) < 12:
        response = desk.get(address)
        pages.append(shown(response))
        address = link(response, words)
    return pages


def test_every_request_stands_on_one_page_forwards_and_backwards(desk):
    in_order = list(ConsultationRequest.objects.for_worklist().values_list("pk", flat=True))
    forwards = walk(desk, LIST, "Next page")
    assert [pk for page in forwards for pk in page] == in_order
    last = desk.get(LIST, {"p": "last"})
    assert shown(last) == in_order[-50:] == shown(desk.get(LIST, {"p": 9000})) and link(last, "Next page") is None
    backwards = walk(desk, f"{LIST}?p=last", "Page before")
    assert [pk for page in backwards[::-1] for pk in page][-400:] == in_order[-400:]
    assert shown(desk.get(LIST, {"p": 2})) == in_order[50:100]


def test_a_long_list_says_that_there_is_more_and_a_short_one_how_many(desk):
    assert "More than 1,000 requests. The oldest promise stands first." in desk.get(LIST).text
    assert "3 requests. The oldest promise stands first." in desk.get(LIST, {"view": "answer"}).text
    assert shown(desk.get(LIST, {"view": "answer", "p": "last"})) == shown(desk.get(LIST, {"view": "answer"}))


@pytest.mark.parametrize(
    "key", ["x", "~~", "2027-13-45~x~1", "~2027-03-15T10:00~1", f"~2027-03-15T10:00Z~{10**30}", "~~1"]
)
def test_a_key_that_is_none_shows_the_first_page(desk, key):
    assert shown(desk.get(LIST, {"after": key})) == shown(desk.get(LIST)) == shown(desk.get(LIST, {"before": key}))


def test_all_of_a_long_list_are_as_many_as_the_page_says(desk, monkeypatch):
    monkeypatch.setattr(admin_worklist, "MOST_COUNTED", 100)
    first = shown(desk.get(LIST))[0]
    desk.post(LIST, {"action": "take_all", "select_across": "1", "_selected_action": [first], "index": "0"})
    assert len(BulkWork.objects.get().requests) == 100


def test_counts_of_questions_end_at_a_thousand(desk, monkeypatch):
    monkeypatch.setattr(worklist, "MOST_COUNTED", 2)
    assert (worklist.counts_of(make_staff("manager"))["answer"], worklist.counts_of(make_staff("manager"))["mine"]) == (
        3,
        0,
    )
