"""Requests in the situation that a mail of some kind is about."""

from datetime import timedelta

from django.utils import timezone

from booking.consultations import end_consultation
from booking.models import Event, OpenTime, OutboxMail
from booking.states import State
from booking.times import book, offer_earlier, offer_times
from tests.factories import make_staff, make_time


def bring_about(kind, request):
    """Bring a new request to where a mail of that kind is true; returns it."""
    staff = make_staff("frontdesk")
    if kind in [OutboxMail.Kind.BOOKED, OutboxMail.Kind.MISSED, *OutboxMail.ABOUT_A_BOOKED_TIME]:
        book(request, make_time(30), staff)
        if kind == OutboxMail.Kind.EARLIER:
            offer_earlier(request, make_time(20), staff)
        if kind == OutboxMail.Kind.MISSED:
            OpenTime.objects.filter(request=request).update(starts_at=timezone.now() - timedelta(minutes=30))
            end_consultation(request, State.MISSED, staff)
    elif kind == OutboxMail.Kind.OFFERED:
        offer_times(request, [make_time(30)], staff)
    elif state := next((state for state, of_kind in OutboxMail.ABOUT_A_STATE.items() if of_kind == kind), None):
        request.move_to(state, Event.Actor.STAFF)
    return request
