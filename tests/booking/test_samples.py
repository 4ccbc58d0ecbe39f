"""Invented requests fill the staff's screens, however many are asked for and however few times are open."""

from datetime import timedelta

import pytest

from booking.models import Consultation, ConsultationRequest, OutboxMail
from booking.samples import fill, open_times
from booking.states import State
from clinic_site.hours import OpenClock
from clinic_site.models import Clinic
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("with_times", [True, False])
def test_hundreds_are_made_in_every_state_and_owe_no_mail(time_machine, with_times):
    time_machine.move_to("2027-03-15T11:00Z")  # a Monday before opening: few times are open in three days
    make_staff("frontdesk")
    if with_times:
        open_times(days=3)
    assert len(list(fill(300))) == 300
    assert set(ConsultationRequest.objects.values_list("state", flat=True)) == set(State.values)
    assert not OutboxMail.objects.exists() and not ConsultationRequest.objects.filter(is_sample=False).exists()
    assert Consultation.objects.exists() == with_times


def test_who_came_was_there_within_the_hours_though_a_daylight_saving_night_lies_between(time_machine):
    time_machine.move_to("2027-03-15T11:00Z")  # the Monday after the clocks went forward
    Clinic.objects.update(consultation_minutes=10)  # the first who came did so within an hour of opening
    make_staff("frontdesk")
    open_times()
    list(fill(10))
    over = Consultation.objects.filter(state__in=["attended", "missed"]).select_related("time")
    assert len(over) == 2
    days = [one.time.day for one in over]
    clock = OpenClock(min(days), max(days))
    assert [one for one in over if clock.between(one.time.starts_at, one.time.ends_at) == timedelta(0)] == []
