import gzip
from datetime import timedelta

import brotli
import pytest
import time_machine
from django.utils import timezone

from clinic_site.models import Clinic
from tests.factories import make_benefit, make_copy
from treatments.models import Version

pytestmark = pytest.mark.django_db
PAGE = "/treatments/microneedling/benefits/scars/"


def test_a_page_is_rendered_once_and_then_costs_one_query(client, django_assert_num_queries):
    first = client.get(PAGE)
    with django_assert_num_queries(1):
        second = client.get(PAGE)
    assert first.content == second.content


def test_an_edit_shows_at_the_next_request(client):
    client.get(PAGE)
    Version.objects.filter(unit__slug="scars").update(heading="Scars, in new words")
    assert "Scars, in new words" in client.get(PAGE).text


def test_a_change_of_the_clinics_profile_shows_on_every_page(client):
    client.get("/visit/"), client.get(PAGE)
    Clinic.objects.update(name="Another Clinic")
    assert all("Another Clinic" in client.get(page).text for page in ("/visit/", PAGE))


def test_a_version_that_begins_later_shows_when_the_clock_says_so_with_no_job_run(client):
    now = timezone.now()
    benefit = make_benefit(heading="As it was")
    benefit.newest_version().go_live(now - timedelta(days=1))
    planned = make_copy(benefit.newest_version())
    planned.heading = "As it is now"
    planned.save()
    planned.go_live(now + timedelta(hours=1))
    seen = []
    for minutes in (0, 59, 61):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            page = client.get(benefit.get_absolute_url()).text
            seen.append(["As it was" in page, "As it is now" in page])
    assert seen == [[True, False], [True, False], [False, True]]


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("", None, bytes),
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
        (",;q=,,", None, bytes),
    ],
)
def test_a_page_comes_in_the_smallest_form_that_the_browser_takes(client, accepted, encoding, decode):
    plain = client.get(PAGE).content
    response = client.get(PAGE, headers={"Accept-Encoding": accepted})
    assert response.get("Content-Encoding") == encoding
    assert decode(response.content) == plain
    assert "Accept-Encoding" in response["Vary"]


def test_a_browser_that_has_the_page_is_sent_no_body_until_it_changes(client):
    etag = client.get(PAGE)["ETag"]
    again = client.get(PAGE, headers={"If-None-Match": f'"other", {etag}'})
    Version.objects.filter(unit__slug="scars").update(heading="Scars, in new words")
    changed = client.get(PAGE, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)


@pytest.mark.parametrize("address", ["/consultation/", "/search/?q=scar", "/treatments/microneedling/?x=1"])
def test_what_depends_on_more_than_its_address_is_not_kept(client, address):
    client.get(address)
    assert "ETag" not in client.get(address)


def test_a_page_that_is_not_there_is_not_kept(client):
    assert client.get("/team/").status_code == 404
    make_benefit(slug="later").newest_version().go_live()
    assert client.get("/treatments/microneedling/benefits/later/").status_code == 200


def test_staff_and_readers_are_sent_the_same_page(client, as_staff):
    reader = client.get(PAGE).content
    assert as_staff("manager").get(PAGE).content == reader
