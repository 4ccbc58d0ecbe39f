"""axe-core finds nothing wrong where there is nothing yet: no request, no time, no draft, no mail, no hit."""

from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.utils import timezone

from booking.models import Clinician
from clinic_site.models import ClosedDay
from tests.factories import make_request
from tests.journeys.axe import RULES, violations
from treatments.models import Benefit

pytestmark = pytest.mark.journey

REQUESTS = "/admin/booking/consultationrequest/"
TIMES = "/admin/booking/opentime/"
BENEFITS = "/admin/treatments/benefit/"
STAFF = {
    "frontdesk": [
        "/admin/",
        REQUESTS,
        f"{REQUESTS}?view=earlier",
        f"{REQUESTS}?view=answer",
        f"{REQUESTS}?q=nobody",
        f"{REQUESTS}figures/",
        TIMES,
        f"{TIMES}calendar/",
        f"{TIMES}calendar/?span=day",
        f"{TIMES}calendar/sheet/",
        f"{TIMES}close/",
        f"{TIMES}publish/",
        "/admin/booking/outboxmail/",
        "/admin/booking/clinician/",
        "/admin/booking/preparedanswer/",
    ],
    "marketing": ["/admin/", f"{REQUESTS}figures/", f"{BENEFITS}?q=zebra"],
    "clinician": ["/admin/", REQUESTS, f"{TIMES}calendar/"],
    "manager": [
        "/admin/",
        f"{TIMES}calendar/",
        f"{TIMES}opening/",
        f"{TIMES}opening/hours/",
        "/admin/clinic_site/teammember/",
        "/admin/clinic_site/banner/",
        "/admin/clinic_site/notice/",
    ],
}
# The desk has most empty screens. Those of another role are looked at by `make prove ARGS=accessibility`.
OTHER = partial(pytest.param, marks=pytest.mark.prove)
PATIENTS = ["/consultation/", "/consultation/find/", "/search/", "/search/?q=zebra", "/visit/"]


def wrong_on(page, addresses, scheme):
    """What axe finds on each of these, by address, in a color scheme."""
    page.emulate_media(color_scheme=scheme)
    wrong = {}
    for address in addresses:
        assert page.goto(address).ok, address
        if found := violations(page, RULES[scheme]):
            wrong[address] = found
    return wrong


def close_a_year():
    today = timezone.localdate()
    days = [today + timedelta(days=number) for number in range(-7, 366)]
    ClosedDay.objects.bulk_create((ClosedDay(date=day, name="Flood") for day in days), ignore_conflicts=True)


@pytest.mark.parametrize("role", ["frontdesk", OTHER("marketing"), OTHER("clinician"), OTHER("manager")])
def test_axe_finds_nothing_wrong_on_the_empty_screens_of_a_role(open_own_page, role, scheme):
    assert wrong_on(open_own_page(role, width=1280, bypass_csp=True), STAFF[role], scheme) == {}


@pytest.mark.parametrize("role", ["frontdesk", OTHER("clinician")])
def test_axe_finds_nothing_wrong_where_the_clinic_is_closed(open_own_page, role, scheme):
    Clinician.objects.create(name="Dr. Example")
    close_a_year()
    addresses = [address for address in STAFF[role] if "calendar" in address or address == "/admin/"]
    assert wrong_on(open_own_page(role, width=1280, bypass_csp=True), addresses, scheme) == {}


def test_axe_finds_nothing_wrong_on_a_request_for_which_no_time_is_open(open_own_page, scheme):
    page = f"{REQUESTS}{make_request().pk}/change/"
    ways = [f"{page}?way={way}" for way in ("offer", "answer", "clinician", "end", "visit")]
    assert wrong_on(open_own_page("frontdesk", width=1280, bypass_csp=True), ways, scheme) == {}


def test_axe_finds_nothing_wrong_on_copy_without_draft_or_comment(open_own_page, scheme):
    page = f"{BENEFITS}{Benefit.objects.get(slug='scars').pk}/"
    ways = [f"{page}change/", f"{page}history/"]
    assert wrong_on(open_own_page("marketing", width=1280, bypass_csp=True), ways, scheme) == {}


def test_axe_finds_nothing_wrong_where_a_patient_finds_no_time_and_no_hit(open_own_page, scheme):
    private = make_request().private_url.removeprefix(settings.SITE_URL)
    assert wrong_on(open_own_page(bypass_csp=True, reduced_motion="reduce"), [*PATIENTS, private], scheme) == {}
