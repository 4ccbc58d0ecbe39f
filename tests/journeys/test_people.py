"""A manager adds a colleague, lets another in again who lost their telephone, and sees off a third."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import wrong_with
from tests.journeys.sites import JourneySite
from tests.journeys.test_door import enrol
from tests.journeys.test_patient_and_desk import sign_in

pytestmark = pytest.mark.journey

TAKE = """
from booking.models import ConsultationRequest
from clinic_site.models import StaffMember
frontdesk = StaffMember.objects.get(username="frontdesk")
ConsultationRequest.objects.open().filter(pk__in=ConsultationRequest.objects.open()[:3]).update(owner=frontdesk)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own: people come and go."""
    with JourneySite(tmp_path_factory.mktemp("people")) as running:
        running.manage("fill_requests", "20")
        running.manage("shell", "-v0", "-c", TAKE)
        yield running


@pytest.fixture
def manager(open_page, site):
    page = open_page(width=1280, bypass_csp=True)
    sign_in(page, site, "manager")
    page.get_by_role("navigation", name="Staff").get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who works here")
    return page


def test_a_colleague_is_added_and_comes_in_by_the_link(manager, open_page, site):
    manager.get_by_label("Name, as colleagues").fill("Nora")
    manager.get_by_label("Sign-in name").fill("nora")
    manager.get_by_role("radio", name=re.compile("Marketing")).check()
    assert wrong_with(manager) == {}
    manager.get_by_role("button", name="Add, and show the link").click()
    link = manager.get_by_label("Give it to them yourself").input_value()
    assert wrong_with(manager) == {}
    nora = open_page(width=360)
    nora.goto(link.partition(str(site.port))[2])
    expect(nora.get_by_label("New password", exact=True)).to_be_visible()
    manager.goto("/admin/people/")
    row = manager.get_by_role("row").filter(has_text="nora")
    expect(row).to_contain_text("never")
    expect(row).to_contain_text("None yet")


def test_a_colleague_who_lost_password_and_telephone_comes_in_again_by_a_new_link(manager, open_page, site):
    colleague = open_page(width=1280)
    sign_in(colleague, site, "marketing")
    colleague.locator("#user-tools").wait_for()
    manager.get_by_role("link", name="marketing").click()
    manager.get_by_text("Reset both", exact=True).click()
    assert wrong_with(manager) == {}
    manager.get_by_role("button", name="Reset, and show the link").click()
    link = manager.get_by_label("Give it to them yourself").input_value()
    assert wrong_with(manager) == {}
    colleague.goto("/admin/")
    expect(colleague.get_by_role("heading", level=1)).to_have_text("Staff sign-in")
    enrol(colleague, link)


def test_who_leaves_is_out_at_once_and_a_colleague_goes_on(manager, open_page, site):
    desk = open_page(width=1280)
    sign_in(desk, site, "frontdesk")
    desk.locator("#user-tools").wait_for()
    manager.get_by_role("link", name="frontdesk").click()
    for step in ("Reset both", "Change it", "Deactivate"):
        manager.get_by_text(step, exact=True).click()
    assert wrong_with(manager) == {}
    leaving = manager.get_by_role("region", name="When they leave")
    expect(leaving).to_contain_text("This goes to whom you choose: 3 open requests.")
    leaving.get_by_label("What they have open goes to").select_option(label="manager (manager)")
    leaving.get_by_role("button", name="Deactivate frontdesk").click()
    expect(manager.locator(".messagelist")).to_contain_text("can no longer sign in.")
    expect(manager.get_by_role("region", name="Theirs now")).to_contain_text("Nothing is open.")
    desk.goto("/admin/booking/consultationrequest/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Staff sign-in")
    manager.get_by_role("navigation").get_by_role("link", name="People").first.click()
    expect(manager.get_by_role("row").filter(has_text="may not sign in")).to_contain_text("frontdesk")
    assert wrong_with(manager) == {}
