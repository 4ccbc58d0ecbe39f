"""Requests in the situation that a mail of some kind is about."""

from datetime import timedelta

from django.utils import timezone

from booking.desk.clinicians import alert_clinicians, ask_clinician
from booking.models import Event, OutboxMail
from booking.schedule.consultations import end_consultation
from booking.schedule.times import book, offer_earlier, offer_times
from booking.states import State
from tests.factories import make_staff, make_time, shift_time


def bring_about(kind, consultation_request):
    """Bring a new request to where a mail of that kind is true; returns it."""
    staff = make_staff("frontdesk")
    if kind in [OutboxMail.Kind.BOOKED, OutboxMail.Kind.MISSED, *OutboxMail.ABOUT_A_BOOKED_TIME]:
        book(consultation_request, make_time(30), staff)
        if kind == OutboxMail.Kind.EARLIER:
            offer_earlier(consultation_request, make_time(20), staff)
        if kind == OutboxMail.Kind.MISSED:
            shift_time(consultation_request.consultation.time, timezone.now() - timedelta(minutes=30))
            end_consultation(consultation_request, State.MISSED, staff)
    elif kind == OutboxMail.Kind.ASK_CLINICIAN:
        ask_clinician(consultation_request, staff)
    elif kind == OutboxMail.Kind.URGENT:
        alert_clinicians(consultation_request, staff)
    elif kind == OutboxMail.Kind.OFFERED:
        offer_times(consultation_request, [make_time(30)], staff)
    elif state := next((state for state, of_kind in OutboxMail.ABOUT_A_STATE.items() if of_kind == kind), None):
        consultation_request.move_to(state, Event.Actor.STAFF)
    return consultation_request
