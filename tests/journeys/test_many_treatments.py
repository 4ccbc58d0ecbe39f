"""The form with three treatments and nine benefits, two at one address: by keys alone, on a phone, without scripts."""

import pytest
from playwright.sync_api import expect

from booking.models import ConsultationRequest
from tests.factories import make_benefit, make_treatment
from tests.journeys.keys import press
from tests.journeys.overflow import pushed_out_on
from tests.journeys.test_keyboard import tab_to
from treatments.models import Benefit

pytestmark = pytest.mark.journey

OF_PEEL, OF_LASER = ("scars", "rough-skin", "dull-skin"), ("veins", "spots", "hair")


@pytest.fixture
def phone(open_own_page):
    for slug, benefits in (("peel", OF_PEEL), ("laser", OF_LASER)):
        treatment = make_treatment(slug)
        for benefit in benefits:
            make_benefit(treatment, benefit, title=benefit.replace("-", " ").capitalize()).versions.get().go_live()
    assert Benefit.objects.count() == 9
    return open_own_page(width=360, java_script_enabled=False, reduced_motion="reduce")


def test_the_right_scars_of_two_are_asked_for_by_keys_alone(phone):
    phone.goto("/consultation/")
    tab_to(phone, "What it is about")
    press(phone, "Enter")
    trap = "leave-empty"  # is out of everybody's sight
    assert [line for line in pushed_out_on(phone) if trap not in line] == []
    tab_to(phone, id="id_treatment")
    phone.keyboard.type("Peel")
    tab_to(phone, id="id_benefit")
    groups = phone.locator("#id_benefit optgroup")
    assert groups.evaluate_all("all => all.map(one => [one.label, one.children.length])") == [
        *(["Microneedling", 3], ["Laser", 3], ["Peel", 3]),
    ]
    while phone.locator("#id_benefit").input_value() != "peel/scars":
        press(phone, "ArrowDown")
    press_send(phone)
    expect(phone.get_by_role("alert")).to_be_visible()
    expect(phone.locator("#id_treatment")).to_have_value("peel")
    expect(phone.locator("#id_benefit")).to_have_value("peel/scars")
    names = phone.locator("form [name^=safety-]").evaluate_all("all => all.map(one => one.name + one.value)")
    assert len(names) == len(set(names))
    tab_to(phone, id="id_name")
    phone.keyboard.type("Amira Haddad")
    tab_to(phone, id="id_email")
    phone.keyboard.type("amira@patient.example")
    tab_to(phone, id="id_consent")
    press(phone, "Space")
    phone.wait_for_timeout(2100)
    press_send(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("We have your request")
    asked = ConsultationRequest.objects.get()
    assert (asked.treatment.slug, asked.benefit.slug, asked.subject) == ("peel", "scars", "Peel, Scars")


def press_send(page):
    tab_to(page, "Send my request")
    press(page, "Enter")
