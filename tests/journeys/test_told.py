"""A day is closed with twelve consultations: each of the twelve hears of it before their hour, or is to be called."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from booking.mail.sending import deliver
from booking.models import ConsultationRequest, OutboxMail
from booking.schedule.times import book
from clinic_site.models import ClosedDay, OpeningHours
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = pytest.mark.journey

BY_EMAIL, BY_TELEPHONE, DEAD = 6, 4, 2


def keep_hours():
    """A desk from nine to five on every day, so that the test means the same on each day on which it runs."""
    OpeningHours.objects.all().delete()
    ClosedDay.objects.all().delete()
    for weekday in OpeningHours.Weekday:
        OpeningHours.objects.create(weekday=weekday, opens="09:00", closes="17:00")


def twelve_booked(day, dead):
    """Twelve consultations on one day, a third of them without email, two with an address that nobody has."""
    staff, booked = make_staff("frontdesk"), []
    for number in range(BY_EMAIL + BY_TELEPHONE + DEAD):
        phone = f"+15865550{130 + number}"
        ways = {"email": f"p{number}@patient.example", "phone": phone}
        if number < BY_TELEPHONE:
            ways = {"contact_by": "phone", "email": "", "phone": phone, "may_leave_message": number % 2 == 0}
        elif number < BY_TELEPHONE + DEAD:
            dead.add(ways["email"])
        consultation_request = make_request(name=f"Twelve{chr(65 + number)} Patient", **ways)
        time = make_time(72 + number, clinician=f"Dr. {number}")
        book(consultation_request, time, staff)
        shift_time(time, day.replace(hour=9, minute=20, second=0, microsecond=0) + timedelta(minutes=20 * number))
        booked.append(consultation_request)
    OutboxMail.objects.update(sent_at=timezone.now())
    for consultation_request in booked:
        consultation_request.to_calls.update(done_at=timezone.now())
    ConsultationRequest.objects.update(call_by=None)
    return booked


def send_what_is_due(time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    for pk in OutboxMail.objects.due().values_list("pk", flat=True):
        deliver(pk)


def test_of_twelve_whose_day_is_closed_each_is_told_by_email_or_stands_to_be_called_before_their_hour(
    open_own_page, mail_server, time_machine
):
    mail_server.start()
    booked = twelve_booked(timezone.localtime() + timedelta(days=4), mail_server.box.dead)
    day = timezone.localdate(booked[0].consultation.time.starts_at)
    hours = {request.pk: request.consultation.time.starts_at for request in booked}
    keep_hours()
    desk = open_own_page("frontdesk", width=1280)

    desk.goto(f"/admin/booking/opentime/close/?day={day.isoformat()}")
    desk.get_by_label("Why, in a word").fill("Snow")
    desk.get_by_role("button", name="See whom it touches").click()
    expect(desk.locator("#touched-h")).to_contain_text("This touches 12 people")
    for request in booked:
        desk.get_by_role("group", name=f"What happens to {request.name}").get_by_text("Cancel").click()
    desk.get_by_role("button", name=re.compile("^Close ")).click()
    expect(desk.locator(".messagelist .success")).to_contain_text("8 patients are told by email in a minute.")
    expect(desk.locator(".messagelist .success")).to_contain_text("4 patients are to be called")

    send_what_is_due(time_machine)
    arrived = sorted(message["To"] for message in mail_server.box.messages)
    assert arrived == sorted(request.email for request in booked[BY_TELEPHONE + DEAD :])
    to_call = {request.pk: request for request in ConsultationRequest.objects.to_call()}
    assert set(to_call) == {request.pk for request in booked[: BY_TELEPHONE + DEAD]}
    assert all(request.call_by < hours[request.pk] for request in to_call.values())

    desk.goto("/admin/")
    calls = desk.locator(".call-owed")
    expect(calls).to_have_count(BY_TELEPHONE + DEAD)
    expect(desk.locator(".panel--calls")).to_contain_text("the email address does not exist")
    for _call in range(BY_TELEPHONE + DEAD):
        desk.locator(".call-owed").first.get_by_role("button", name=re.compile("^Reached")).click()
        expect(desk.locator(".messagelist .success")).to_contain_text("has been told")
    expect(desk.locator(".call-owed")).to_have_count(0)

    send_what_is_due(time_machine)
    assert len(mail_server.box.messages) == BY_EMAIL, "somebody was told twice"
    assert ConsultationRequest.objects.awaiting_answer().count() == len(booked)
