"""The order of pages, and where they used to be."""

import re

import pytest

from tests.treatments.editing import do
from treatments.models import Benefit, OldAddress, Section, Unit

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


def test_the_address_of_a_section_is_fixed(as_staff):
    section = Section.objects.get(slug="numbing").newest_version()
    _answer, said = do(as_staff("marketing"), section, "address", slug="cream")
    assert said[0].startswith("Only the address of a benefit") and Section.objects.filter(slug="numbing").exists()
