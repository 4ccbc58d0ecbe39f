"""Among many requests, what the desk asks reads no table from end to end."""

import pytest
from django.db import connection

from booking.desk.worklist import QUESTIONS, found_by_question
from booking.models import ConsultationRequest, Event
from booking.models.requests.querysets import worklist_order
from tests import databases
from tests.booking.crowd import add_requests, plans_of_the_worklist, reads_everything
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

# PostgreSQL reads a small table from end to end whatever indexes it has; SQLite plans the same for any size.
CROWD = 20_000 if connection.vendor == "postgresql" else 200


@pytest.fixture(scope="module", autouse=True)
def crowd(django_db_setup, django_db_blocker):
    """Many requests, committed once for all tests of this file; those that come later have a fresh copy."""
    with django_db_blocker.unblock():
        add_requests(CROWD, with_lines=True)
        yield
        databases.restore()


def test_every_question_search_and_the_last_page_of_the_worklist_use_an_index():
    assert plans_of_the_worklist(make_staff("frontdesk")) == {}


def test_who_has_gone_silent_is_asked_of_those_in_conversation_alone():
    ConsultationRequest.objects.filter(state="received").update(state="in-conversation", owed_by=None)
    silent = found_by_question(QUESTIONS["silent"], make_staff("frontdesk"))
    assert silent.count() == CROWD // 200
    assert not reads_everything(silent)


@pytest.mark.parametrize("end", ["first", "last"])
def test_the_whole_worklist_is_read_in_the_order_of_its_index_with_nothing_left_to_sort(end):
    rows = ConsultationRequest.objects.trusted().order_by(*worklist_order())
    plan = (rows if end == "first" else rows.reverse())[:50].explain()
    assert "request_worklist" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan


def test_a_question_without_an_index_would_be_found_out():
    assert reads_everything(ConsultationRequest.objects.filter(name="Nobody").order_by())
    words_of_anybody = Event.objects.filter(outcome="nobody").order_by().values("request")
    assert reads_everything(ConsultationRequest.objects.filter(pk__in=words_of_anybody).order_by())
    assert connection.vendor in ("sqlite", "postgresql")
