"""What public pages are made of raises the content revision (docs/decisions/0006)."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic_site.content_revision import ContentRevision, PublishedModel
from clinic_site.models import Banner, Notice, TeamMember
from tests.clinic_site.addresses import PUBLIC, SELF_CHECK
from tests.factories import make_benefit, make_copy, make_row
from treatments.guide.search import finding
from treatments.models import Benefit, Picture
from treatments.models.rows import ROW_MODELS

pytestmark = pytest.mark.django_db

# On the form, which is made anew for each reader: times to come, who is away, and who holds one unconfirmed.
OPEN_TIMES = {"booking_absence", "booking_clinician", "booking_consultationrequest", "booking_opentime"}
NO_CONTENT = OPEN_TIMES | {
    "clinic_site_contentrevision",  # the number itself
    "django_session",  # staff who look at a page
}
TABLE = re.compile(r'(?:FROM|JOIN|UPDATE|INTO) "(\w+)"')


def tables_in(queries):
    return {table for query in queries for table in TABLE.findall(query["sql"])}


@pytest.fixture(scope="module")
def tables(django_db_setup, django_db_blocker):
    """Every table that is read to render all public pages, those that a fresh installation does not show included."""
    finding.indexes.forget()
    client = Client()
    with django_db_blocker.unblock(), transaction.atomic():
        TeamMember.objects.create(name="Dr. Example", role="Dermatologist")
        Notice.objects.update(shown=True)
        with CaptureQueriesContext(connection) as queries:
            for address in [*PUBLIC, "/team/", "/notices/language-help/", "/nothing/here/"]:
                client.get(address)
            client.post(SELF_CHECK, {"safety-pregnancy": "yes"})
        transaction.set_rollback(True)
    return tables_in(queries)


def test_every_table_that_public_pages_read_belongs_to_published_models(tables):
    models = {
        model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy
    }
    unpublished = {table for table in tables - NO_CONTENT if not issubclass(models[table], PublishedModel)}
    assert unpublished == set()


def test_the_pages_were_really_read(tables):
    expected = {model._meta.db_table for model in ROW_MODELS}
    expected |= {
        f"clinic_site_{name}" for name in ("banner", "clinic", "openinghours", "closedday", "notice", "teammember")
    }
    expected |= {f"treatments_{name}" for name in ("treatment", "unit", "version", "source", "claimsource")}
    assert expected - tables == set()


def test_a_write_to_each_of_these_tables_raises_the_revision(tables):
    TeamMember.objects.create(name="Dr. Example", role="Dermatologist")
    make_row(Picture, Benefit.objects.get(slug="scars").newest_version())
    Banner.objects.create(text="Closed", shown_until=timezone.now() + timedelta(days=1))
    models = [model for model in apps.get_models() if model._meta.db_table in tables - NO_CONTENT]
    silent = []
    for model in models:
        before = ContentRevision.current()
        model._default_manager.first().save()
        between = ContentRevision.current()
        model._default_manager.filter(pk=None).update(**{model._meta.concrete_fields[1].name: None})
        if not before < between < ContentRevision.current():
            silent.append(model.__name__)
    assert (silent, len(models) >= len(tables - NO_CONTENT)) == ([], True)


def test_public_pages_read_of_requests_only_what_times_to_come_hold(tables):
    assert {table for table in tables if table.startswith("booking")} == OPEN_TIMES


def test_an_edit_is_read_in_the_next_answer(client):
    benefit = make_benefit(summary="May soften lines.")
    benefit.newest_version().go_live()
    assert "May soften lines." in client.get("/treatments/microneedling/benefits/").text
    twin = make_copy(benefit.newest_version())
    twin.summary = "May calm redness."
    twin.save()
    twin.go_live()
    text = client.get("/treatments/microneedling/benefits/").text
    assert ("May calm redness." in text, "May soften lines." in text) == (True, False)
