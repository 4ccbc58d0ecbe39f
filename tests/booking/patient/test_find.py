import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import LinkLookup, OutboxMail
from booking.services import answer_lookup
from booking.states import State
from tests.factories import make_request

pytestmark = pytest.mark.django_db
ADDRESS = "/consultation/find/"


def mails_again():
    return OutboxMail.objects.filter(kind=OutboxMail.Kind.LINK_AGAIN)


def test_a_known_and_an_unknown_address_give_the_same_bytes_and_queries(client):
    make_request(email="known@patient.example")
    client.get(ADDRESS)  # what stands on every page is kept from here on
    seen = []
    for email in ("known@patient.example", "nobody@patient.example"):
        with CaptureQueriesContext(connection) as queries:
            response = client.post(ADDRESS, {"email": email})
            page = client.get(response["Location"])
        seen.append((response.status_code, response["Location"], response.content, page.content, len(queries)))
    assert seen[0] == seen[1]


def test_the_page_only_queues_a_look_up(client):
    make_request(email="known@patient.example")
    client.post(ADDRESS, {"email": "Known@Patient.example"})
    assert (LinkLookup.objects.get().email, mails_again().count()) == ("known@patient.example", 0)


def test_the_look_up_owes_one_mail_for_each_open_request_of_that_address():
    first, second = make_request(email="Known@patient.example"), make_request(email="known@patient.example")
    make_request(email="other@patient.example")
    closed = make_request(email="known@patient.example")
    closed.move_to(State.CLOSED, "system")
    answer_lookup(LinkLookup.objects.create(email="known@patient.example"))
    assert set(mails_again().values_list("request", flat=True)) == {first.pk, second.pk}
    assert not LinkLookup.objects.exists()
    assert [request.timeline.last().kind for request in (first, second)] == ["link-again"] * 2


def test_a_look_up_forgets_itself_and_no_other():
    answered, other = (LinkLookup.objects.create(email=f"{name}@patient.example") for name in "ab")
    answer_lookup(answered)
    assert list(LinkLookup.objects.all()) == [other]


def test_a_look_up_of_an_unknown_address_owes_nothing_and_is_forgotten():
    answer_lookup(LinkLookup.objects.create(email="nobody@patient.example"))
    assert not mails_again().exists() and not LinkLookup.objects.exists()


def test_asking_twice_before_the_worker_looked_is_one_look_up(client):
    statuses = [client.post(ADDRESS, {"email": "known@patient.example"}).status_code for _ in range(2)]
    assert (statuses, LinkLookup.objects.count()) == ([302, 302], 1)
