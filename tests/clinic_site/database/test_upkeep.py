"""The database knows each night how its tables have grown."""

import pytest
from django.db import connection

from clinic_site.tasks import tell_planner_at_night
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def test_the_database_knows_that_few_requests_are_owed_something():
    closed, _open = make_request(), make_request(email="open@patient.example")
    closed.move_to("closed", "system")
    tell_planner_at_night.call_local()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'request_owed_something'")
        else:
            cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'request_owed_something'")
        assert str(cursor.fetchone()[0]).split()[0] == "1"
