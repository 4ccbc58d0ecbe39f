"""Invented requests fill the staff's screens, however many are asked for and however few times are open."""

import pytest

from booking.models import Consultation, ConsultationRequest, OutboxMail
from booking.samples import fill, open_times
from booking.states import State
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("with_times", [True, False])
def test_hundreds_are_made_in_every_state_and_owe_no_mail(with_times):
    make_staff("frontdesk")
    if with_times:
        open_times(days=3)
    assert len(list(fill(300))) == 300
    assert set(ConsultationRequest.objects.values_list("state", flat=True)) == set(State.values)
    assert not OutboxMail.objects.exists() and not ConsultationRequest.objects.filter(is_sample=False).exists()
    assert Consultation.objects.exists() == with_times
