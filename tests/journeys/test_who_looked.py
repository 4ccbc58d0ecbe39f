"""A manager asks who looked at one request, on a screen and on paper."""

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import wrong_with
from tests.journeys.overflow import width_of
from tests.journeys.test_patient_and_desk import sign_in

pytestmark = pytest.mark.journey


def test_a_manager_sees_who_opened_a_request_and_prints_it_for_the_patient(open_page, site):
    site.manage("fill_requests", "3")
    page = open_page(width=1280, bypass_csp=True)
    sign_in(page, site, "manager")
    page.goto("/admin/booking/consultationrequest/")
    page.locator(".rows .c-who > a").first.click()
    page.wait_for_url("**/change/**")
    name = page.locator("h1").inner_text()
    page.get_by_role("navigation", name="Staff").get_by_role("link", name="Audit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who looked at what")
    assert wrong_with(page) == {}
    opened = page.locator(".audit-line", has_text="Opened the request, with concern and safety answers").first
    reference = opened.get_by_role("link").inner_text()
    opened.get_by_role("link").click()
    expect(page.locator(".audit-sheet h2")).to_contain_text(reference)
    assert any(part in name for part in page.locator(".audit-sheet h2 a").inner_text().split())
    assert wrong_with(page) == {}
    page.emulate_media(media="print")
    expect(page.locator(".audit-print").first).to_be_visible()
    expect(page.locator(".audit-show")).to_be_hidden()
    expect(page.locator(".audit-line__who b").first).to_be_hidden()
    expect(page.locator(".audit-line__who small").first).to_be_visible()


@pytest.mark.parametrize("width", [360, 768])
def test_it_fits_a_small_screen(open_page, site, width):
    page = open_page(width=width)
    sign_in(page, site, "manager")
    page.goto("/admin/audit/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who looked at what")
    assert width_of(page) == width
