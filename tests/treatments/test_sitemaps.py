from datetime import UTC, datetime

import pytest
from django.db.models import F

from tests.clinic_site.addresses import GUIDE, GUIDE_PAGES
from tests.factories import copy_of, make_treatment
from treatments.models import Benefit, ClinicField, KeyFact, Section, Unit, Version
from treatments.sitemaps import GuideSitemap

pytestmark = pytest.mark.django_db

LONG_AGO, LATELY = datetime(2020, 1, 1, 12, tzinfo=UTC), datetime(2024, 1, 1, 12, tzinfo=UTC)
KINDS = Unit.Kind


def dates():
    sitemap = GuideSitemap()
    return {version.get_absolute_url(): sitemap.lastmod(version) for version in sitemap.items()}


def dated_lately_after(**units):
    """The pages with a new date once versions of those units went live anew."""
    Version.objects.update(live_from=LONG_AGO)
    Version.objects.filter(**units).update(live_from=LATELY)
    return {address for address, date in dates().items() if date == LATELY}


def bodies(client):
    return {address: client.get(address).text.partition("<body")[2] for address in GUIDE_PAGES}


def pages_changed_by(client, change):
    before = bodies(client)
    change()
    return {address for address, body in bodies(client).items() if body != before[address]}


def change_facts():
    KeyFact.objects.update(high=F("high") + 1)
    ClinicField.objects.update(value="The clinic's own words")


def change_benefits():
    Version.objects.filter(unit__kind=KINDS.BENEFIT).update(summary="May help in a new way.", lead="A new lead.")


def test_the_date_of_a_page_is_that_of_its_version():
    Version.objects.update(live_from=LONG_AGO)
    Version.objects.filter(unit__slug="prp").update(live_from=LATELY)
    found = dates()
    assert (found[f"{GUIDE}prp/"], found[f"{GUIDE}risks/"]) == (LATELY, LONG_AGO)


def test_facts_that_go_live_date_the_pages_that_show_them_and_no_others(client):
    changed = pages_changed_by(client, change_facts)
    assert dated_lately_after(unit__kind=KINDS.TREATMENT) == changed
    assert set() < changed < set(GUIDE_PAGES)


def test_benefits_that_go_live_date_the_pages_that_show_them_and_no_others(client):
    changed = pages_changed_by(client, change_benefits)
    assert dated_lately_after(unit__kind=KINDS.BENEFIT) == changed
    assert len(changed) == Benefit.objects.count() + 2


def test_a_section_that_goes_live_dates_its_page_and_the_first_one():
    assert dated_lately_after(unit=Section.objects.get(slug="prp")) == {GUIDE, f"{GUIDE}prp/"}


def test_the_facts_of_another_treatment_date_nothing():
    make_treatment("peeling")
    assert dated_lately_after(unit__treatment__slug="peeling") == set()


def test_a_date_does_not_move_while_a_draft_is_written():
    before = dates()
    copy_of(Benefit.objects.get(slug="scars").newest_version())
    assert dates() == before


def test_the_sitemap_shows_these_dates(client):
    Version.objects.update(live_from=LONG_AGO)
    Version.objects.filter(unit__slug="prp").update(live_from=LATELY)
    text = client.get("/sitemap.xml").text
    assert f"{GUIDE}prp/</loc><lastmod>2024-01-01</lastmod>" in text
    assert f"{GUIDE}risks/</loc><lastmod>2020-01-01</lastmod>" in text
    assert "/visit/</loc></url>" in text
