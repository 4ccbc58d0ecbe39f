"""The order of pages, and where they used to be."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.treatments.editing import do
from treatments.models import Benefit, OldAddress, Section, TreatmentFacts, Unit

pytestmark = pytest.mark.django_db

SCARS = "/treatments/microneedling/benefits/scars/"


def order_of(kind):
    return list(kind.objects.order_by("position").values_list("slug", flat=True))


def test_benefits_move_up_and_down(as_staff):
    client, before = as_staff("marketing"), order_of(Benefit)
    second = Benefit.objects.get(slug=before[1])
    client.post(second.get_staff_url("move"), {"up": ""})
    assert order_of(Benefit) == [before[1], before[0], before[2]]
    client.post(second.get_staff_url("move"), {"down": ""})
    assert order_of(Benefit) == before


def test_moving_the_first_up_changes_nothing(as_staff):
    before = order_of(Benefit)
    as_staff("marketing").post(Benefit.objects.get(slug=before[0]).get_staff_url("move"), {"up": ""})
    assert order_of(Benefit) == before


def test_patients_see_the_new_order_at_once(as_staff):
    client, before = as_staff("marketing"), order_of(Benefit)
    client.get("/")
    client.post(Benefit.objects.get(slug=before[2]).get_staff_url("move"), {"up": ""})
    found = re.findall(r'href="/treatments/microneedling/benefits/([\w-]+)/"', client.get("/").text)
    assert list(dict.fromkeys(found)) == [before[0], before[2], before[1]]


def test_numbers_in_the_list_set_the_order(as_staff):
    client, before = as_staff("marketing"), order_of(Benefit)
    units = [Benefit.objects.get(slug=slug) for slug in before]
    sent = {"form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 3, "_save": "Save"}
    for number, unit in enumerate(units):
        sent |= {
            f"form-{number}-unit_ptr": unit.pk,
            f"form-{number}-id": unit.pk,
            f"form-{number}-position": 90 - number,
        }
    assert client.post("/admin/treatments/benefit/", sent).status_code == 302
    assert order_of(Benefit) == before[::-1]


def test_an_old_address_leads_to_the_new_one_for_good(client, as_staff, draft):
    as_staff("marketing").post(draft.unit.get_staff_url("address"), {"slug": "marks"})
    answer = client.get(SCARS)
    assert (answer.status_code, answer["Location"]) == (301, "/treatments/microneedling/benefits/marks/")
    assert client.get(answer["Location"]).status_code == 200
    client.post(draft.unit.get_staff_url("address"), {"slug": "pits"})
    assert client.get(SCARS)["Location"] == "/treatments/microneedling/benefits/pits/"


def test_an_address_can_be_taken_back(client, as_staff, draft):
    as_staff("marketing")
    for slug in ("marks", "scars"):
        client.post(draft.unit.get_staff_url("address"), {"slug": slug})
    assert client.get(SCARS).status_code == 200
    assert client.get("/treatments/microneedling/benefits/marks/")["Location"] == SCARS


@pytest.mark.parametrize("slug", ["", "sun-damage", "not an address", "ß", "scars", "x" * 51, "../admin"])
def test_an_address_that_cannot_be_is_refused(as_staff, draft, slug):
    _answer, said = do(as_staff("marketing"), draft, "address", slug=slug)
    assert len(said) == 1 and Unit.objects.get(pk=draft.unit.pk).slug == "scars"
    assert not OldAddress.objects.exists()


def test_an_address_to_which_links_of_another_page_lead_is_refused(as_staff, draft):
    client = as_staff("marketing")
    do(client, draft, "address", slug="marks")
    other = Benefit.objects.get(slug="sun-damage").newest_version()
    _answer, said = do(client, other, "address", slug="scars")
    assert "Another page had this address" in said[0]


def test_what_hangs_below_a_section_follows_its_kind_and_old_addresses_hold(client, as_staff):
    """The self-check and the calendar file are of the kind of their section, whatever its address says."""
    guide, marketing = "/treatments/microneedling/", as_staff("marketing")
    for old, new in (("suitability", "is-it-for-me"), ("numbing", "the-cream")):
        do(marketing, Section.objects.get(slug=old).newest_version(), "address", slug=new)
        moved = client.get(f"{guide}{old}/?campaign=spring")
        assert (moved.status_code, moved["Location"]) == (301, f"{guide}{new}/?campaign=spring")
    assert f"{guide}is-it-for-me/check/" in client.get(f"{guide}is-it-for-me/").content.decode()
    assert f"{guide}the-cream/preparation.ics" in client.get(f"{guide}the-cream/").content.decode()
    for slug in ("suitability", "is-it-for-me"):
        checked = client.post(f"{guide}{slug}/check/", {"safety-pregnant": "yes"})
        assert checked.status_code == 200 and "What your answers mean" in checked.content.decode()
    for slug in ("numbing", "the-cream"):
        day = timezone.localdate() + timedelta(days=9)
        assert client.get(f"{guide}{slug}/preparation.ics?date={day}")["Content-Type"].startswith("text/calendar")
    for wrong in ("risks/check/", "nowhere/check/", "risks/preparation.ics"):
        assert client.get(f"{guide}{wrong}").status_code == 404


def test_the_picture_of_a_page_is_at_its_old_address_too(client, as_staff, draft):
    do(as_staff("marketing"), draft, "address", slug="marks")
    for address in (SCARS, "/treatments/microneedling/benefits/marks/"):
        answer = client.get(f"{address}card.png")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png"), address


def test_the_first_page_of_a_guide_and_its_facts_have_no_address_of_their_own(as_staff):
    for unit in (Section.objects.get(slug="overview"), TreatmentFacts.objects.get()):
        slug = unit.slug
        _answer, said = do(as_staff("marketing"), unit.newest_version(), "address", slug="start")
        assert "the treatment's own address" in said[0] and Unit.objects.get(pk=unit.pk).slug == slug


def test_a_section_cannot_take_the_address_of_the_page_for_one_reader(as_staff):
    _answer, said = do(
        as_staff("marketing"), Section.objects.get(slug="cost").newest_version(), "address", slug="for-you"
    )
    assert "Another page already has this address" in said[0]
