"""Each screen of the desk costs the same for one row and for a thousand, and reads no table from end to end."""

import pytest
from django.db import connection

from booking.desk.worklist import QUESTIONS, found_by_question
from booking.models import ConsultationRequest, Event
from booking.models.requests.querysets import worklist_order
from tests.booking.crowd import add_requests, plans_of_the_worklist, queries_of, reads_everything
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"
# PostgreSQL reads a small table from end to end whatever indexes it has; SQLite plans the same for any size.
CROWD = 20_000 if connection.vendor == "postgresql" else 200


@pytest.mark.parametrize(
    ("address", "most"),  # with the row that writes down who looked
    [
        ("/admin/", 31),
        (LIST, 18),
        (f"{LIST}?view=answer", 18),
        (f"{LIST}?q=amira", 20),
        (f"{LIST}figures/", 15),
        ("/admin/booking/opentime/calendar/", 16),
        (f"{LIST}{{request.pk}}/change/", 33),
    ],
)
def test_a_screen_costs_the_same_for_1_3_and_1000_rows(as_staff, address, most):
    desk = as_staff("frontdesk")
    address = address.format(request=make_request())
    desk.get(address)
    counts = [queries_of(desk, address)]
    add_requests(2)
    counts.append(queries_of(desk, address))
    add_requests(997, start=2)
    counts.append(queries_of(desk, address))
    assert len(set(counts)) == 1 and counts[0] <= most


def test_every_question_search_and_the_last_page_of_the_worklist_use_an_index():
    add_requests(CROWD, with_lines=True)
    assert plans_of_the_worklist(make_staff("frontdesk")) == {}


def test_who_has_gone_silent_is_asked_of_those_in_conversation_alone():
    add_requests(CROWD, with_lines=True)
    ConsultationRequest.objects.filter(state="received").update(state="in-conversation", owed_by=None)
    silent = found_by_question(QUESTIONS["silent"], make_staff("frontdesk"))
    assert silent.count() == CROWD // 200
    assert not reads_everything(silent)


@pytest.mark.parametrize("end", ["first", "last"])
def test_the_whole_worklist_is_read_in_the_order_of_its_index_with_nothing_left_to_sort(end):
    add_requests(CROWD)
    rows = ConsultationRequest.objects.trusted().order_by(*worklist_order())
    plan = (rows if end == "first" else rows.reverse())[:50].explain()
    assert "request_worklist" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan


def test_a_question_without_an_index_would_be_found_out():
    add_requests(CROWD, with_lines=True)
    assert reads_everything(ConsultationRequest.objects.filter(name="Nobody").order_by())
    words_of_anybody = Event.objects.filter(outcome="nobody").order_by().values("request")
    assert reads_everything(ConsultationRequest.objects.filter(pk__in=words_of_anybody).order_by())
    assert connection.vendor in ("sqlite", "postgresql")
