"""axe-core finds nothing wrong on the screens whose words and days depend on the hour, at moments that are unusual."""

from functools import partial

import pytest
from django.conf import settings
from django.core.management import call_command

from booking.models import ConsultationRequest
from booking.samples import open_times
from tests.factories import make_request, make_staff
from tests.journeys.test_desk_accessibility import SCREENS
from tests.journeys.test_empty_states import wrong_on

pytestmark = [pytest.mark.journey, pytest.mark.clock]

OTHER_ROLES = ["manager", "clinician", "marketing"]


@pytest.fixture
def open_then(open_own_page, at_moment):
    """A tab of somebody who looks at that moment, from where they are. (No script of ours asks for the time.)"""
    return partial(open_own_page, bypass_csp=True, timezone_id=at_moment.zone.key)


@pytest.fixture
def busy(open_own_page):
    """Open times for two weeks and requests in every state."""
    make_staff("frontdesk")
    open_times()
    call_command("fill_requests", "20", verbosity=0)


def test_axe_finds_nothing_wrong_on_the_screens_of_desk_roles_and_patients(busy, open_then, scheme):
    """One test, as to make a busy clinic takes as long as to look at several of its screens."""
    booked, received = (ConsultationRequest.objects.filter(state=state).first() for state in ("booked", "received"))
    requests = [f"/admin/booking/consultationrequest/{request.pk}/change/" for request in (booked, received)]
    private = [request.private_url.removeprefix(settings.SITE_URL) for request in (make_request(), booked)]
    screens = {"frontdesk": [*SCREENS.values(), *requests]} | {role: ["/admin/"] for role in OTHER_ROLES}
    wrong = {role: wrong_on(open_then(role, width=1280), addresses, scheme) for role, addresses in screens.items()}
    patient = open_then(reduced_motion="reduce")
    wrong["patient"] = wrong_on(patient, ["/", "/consultation/", "/visit/", *private], scheme)
    assert wrong == {reader: {} for reader in wrong}
