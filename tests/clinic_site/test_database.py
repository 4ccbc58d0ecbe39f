import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from booking.models import Event
from tests.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="settings of SQLite")
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_sqlite_loses_nothing_that_it_acknowledged(pragma, value):
    with connection.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_a_line_without_its_request_is_refused():
    consultation_request = make_request()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create(request_id=consultation_request.pk + 1000, kind="note", actor="staff")
        connection.check_constraints()
