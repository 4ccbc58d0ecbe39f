"""Invented requests fill the staff's screens, however many are asked for and however few times are open."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max

from booking.models import Consultation, ConsultationRequest, OpenTime, OutboxMail
from booking.retention import due_for_redaction
from booking.samples import fill, fill_in_bulk, open_times
from booking.samples.in_bulk import MOST_OPEN
from booking.states import OPEN, State
from clinic_site.hours import OpenClock
from clinic_site.models import Clinic
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["0", "-5"])
def test_fewer_than_one_are_refused(number):
    with pytest.raises(CommandError, match="1 or more"):
        call_command("fill_requests", "--", number)
    assert not ConsultationRequest.objects.exists()


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


def test_hundreds_in_bulk_are_like_real_ones(time_machine):
    time_machine.move_to("2027-03-15T15:00Z")
    make_staff("frontdesk")
    assert list(fill_in_bulk(600)) == [600]
    requests = ConsultationRequest.objects.all()
    assert requests.count() == 600 == requests.filter(is_sample=True).count()
    assert 150 <= requests.open().count() <= 180 and not OutboxMail.objects.exists()
    assert not due_for_redaction().exists() and requests.filter(redacted_at__isnull=False).exists()
    assert OpenTime.objects.bookable().aggregate(last=Max("day"))["last"].isoformat() == "2027-05-14"
    assert {one.state for one in requests.open()} == set(OPEN)
    for one in requests.filter(redacted_at=None).order_by("-pk")[:50]:
        assert one in requests.found_by(one.name) and one in requests.found_by(one.reference)
        assert one.token and one.timeline.first().kind == "received" and not one.damaged
        assert one.state == next((line.after for line in one.timeline.all()[::-1] if line.after), "received")
        assert one.state not in ("booked", "attended", "missed") or one.consultations.exists()
    one.full_clean(validate_unique=False, exclude=["phone"])  # of an area code that nobody has


def test_bulk_can_be_run_twice_and_beside_real_requests():
    make_request(), list(fill_in_bulk(60)), make_request()
    list(fill_in_bulk(60))
    make_request()
    assert ConsultationRequest.objects.count() == 123
    assert ConsultationRequest.objects.open().filter(is_sample=True).count() <= MOST_OPEN


def test_the_command_makes_the_first_forty_by_steps_and_the_rest_in_bulk(settings, capsys):
    settings.DEMO = True
    make_staff("frontdesk"), open_times(days=3)
    call_command("fill_requests", "60")
    assert set(ConsultationRequest.objects.values_list("state", flat=True)) == set(State.values)
    assert ConsultationRequest.objects.exclude(form_key__startswith="sample in bulk").count() == 40
    assert capsys.readouterr().out == "60 of 60…\n60 invented requests added, marked as samples.\n"


def test_forty_are_people_as_a_clinic_has_them_families_suspects_and_what_a_clinician_looks_at(time_machine):
    time_machine.move_to("2027-03-15T16:00Z")
    make_staff("frontdesk")
    open_times()
    forty = list(fill(40))
    numbers = [request.phone for request in forty if request.phone]
    assert len(numbers) > len(set(numbers)) and max(len(request.name) for request in forty) > 40
    found = ConsultationRequest.objects
    assert found.filter(quarantine="held").count() == 2 and found.filter(urgent_at__isnull=False).count() == 1
    assert found.filter(flagged_at__isnull=False).count() == 3 and not OutboxMail.objects.exists()
