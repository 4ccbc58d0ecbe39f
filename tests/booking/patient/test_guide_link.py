"""The private page leads back to the guide while patients can read it."""

import pytest

from booking.schedule.times import book
from tests.factories import make_request, make_staff, make_time
from treatments.models import Treatment, TreatmentFacts
from treatments.publishing.going_live import take_down

pytestmark = pytest.mark.django_db


def test_the_private_page_leads_to_the_guide_until_it_is_down(client):
    consultation_request = make_request(treatment=Treatment.objects.get())
    book(consultation_request, make_time(48), make_staff("frontdesk"))
    assert "Read the guide again" in client.get(consultation_request.private_url).text
    take_down(TreatmentFacts.objects.get().newest_version(), make_staff("clinician"))
    page = client.get(consultation_request.private_url)
    assert page.status_code == 200 and "Read the guide again" not in page.text
