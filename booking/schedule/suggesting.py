"""Which times a request can be offered, and which of them are suggested."""

from datetime import timedelta

from django.utils import timezone

from booking.models import Offer, OpenTime
from booking.states import State

TIMES_READ, DAYS_SHOWN = 400, 5
SUGGESTED_NOTICE = timedelta(hours=2)  # nobody is offered a time that is nearer, unless it is ticked by hand


def times_ahead(consultation_request, all_times=False, ticked=()):
    """
    Times of the next few days, where this request can be given one: the free ones to choose from, the taken struck out.

    Only those at which the patient could come, unless all are asked for or there is no such time. Those that suit are
    marked, and one on each of three days ticked; or those whose numbers are in `ticked`.
    """
    if not {State.OFFERED, State.BOOKED} & set(consultation_request.next_states):
        return []
    times = list(OpenTime.objects.ahead().select_related("clinician")[:TIMES_READ])
    if not all_times:
        times = [time for time in times if consultation_request.could_come_at(time.starts_at)] or times
    for time in times:
        time.suits = consultation_request.suits(time)
    days = sorted({time.day for time in times if time.state == OpenTime.State.OPEN})[:DAYS_SHOWN]
    shown = [time for time in times if time.day in days]
    for time in shown:
        time.ticked = str(time.pk) in ticked
    if consultation_request.can_be_mailed and not ticked:  # who cannot be mailed is called, and takes one of them
        _tick(shown)
    return shown


def _tick(times):
    """Suggest the first time that suits on each of three days, none of them too near."""
    soonest, ticked_days = timezone.now() + SUGGESTED_NOTICE, set()
    for time in times:
        to_give = time.suits and time.state == OpenTime.State.OPEN and time.starts_at > soonest
        if to_give and time.day not in ticked_days and len(ticked_days) < Offer.MOST_TIMES:
            time.ticked = True
            ticked_days.add(time.day)
