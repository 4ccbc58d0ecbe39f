"""Closing a day, for snow or illness: times, promises, banner and everyone who would have come, in one action."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from booking.models import Consultation, ConsultationRequest, Event, OpenTime, OutboxMail
from booking.notices import tell_patient
from booking.states import UNDO_BY_STAFF, State
from booking.times import free_times_of, take_back_offers
from clinic_site.hours import after_open_time, open_time_between, reply_by
from clinic_site.models import Banner, ClosedDay

NOTICE_ON_SITE = timedelta(days=1)  # the banner shows from the day before


@dataclass(frozen=True)
class Closing:
    """What closing a day comes to."""

    day: date
    open_times: int
    consultations: list[Consultation]
    offered: list[ConsultationRequest]
    promises: int


def plan_closing(day: date) -> Closing:
    """What `close_day` would do; changes nothing."""
    times = OpenTime.objects.on_day(day)
    booked = Consultation.objects.booked().filter(time__in=times).select_related("request", "time__clinician")
    consultations = list(booked.order_by("time__starts_at"))
    held = times.filter(state=OpenTime.State.HELD).values("request")
    offered = ConsultationRequest.objects.filter(pk__in=held).order_by("pk")
    return Closing(
        day=day,
        open_times=times.filter(state=OpenTime.State.OPEN).count(),
        consultations=consultations,
        offered=list(offered.exclude(pk__in=[consultation.request_id for consultation in consultations])),
        promises=_promises(day).count(),
    )


@transaction.atomic
def close_day(day: date, name: str, banner: str, words: str, staff) -> Closing:
    """
    Close a day: no time of it is given any more, promises are counted without it, the site says so, and everyone who
    had a time on it is told and owed a word.

    `name` is why, for patients, as in 'Snow'; `words` stand on the private page of each who had a time. Mail rests a
    minute. All or nothing; a day that is closed already is closed again only where times are left on it.
    """
    _lock(day)
    plan = plan_closing(day)
    promises = _with_open_time_left(day)
    ClosedDay.objects.get_or_create(date=day, defaults={"name": name})
    _move_promises(promises)
    for consultation in plan.consultations:
        _send_back(consultation.request, OutboxMail.Kind.CANCELLED, words, staff)
    for request in plan.offered:
        _send_back(request, OutboxMail.Kind.TIMES_GONE, words, staff)
    OpenTime.objects.on_day(day).filter(state=OpenTime.State.OPEN).update(state=OpenTime.State.BLOCKED, reason=name)
    if banner:
        midnight = _midnight(day)
        Banner.objects.create(
            text=banner,
            shown_from=max(timezone.now(), midnight - NOTICE_ON_SITE),
            shown_until=_midnight(day + timedelta(days=1)),
        )
    return plan


def _send_back(request, kind, words, staff):
    """What a request had is gone; one that has a consultation on another day keeps that."""
    has_another = request.state == State.BOOKED and kind == OutboxMail.Kind.TIMES_GONE
    if words:
        request.record(Event.Kind.ANSWER, Event.Actor.STAFF, staff=staff, note=words)
    if has_another:
        take_back_offers(request)
    else:
        if request.state in (State.BOOKED, State.OFFERED):
            owed_by = reply_by(timezone.now())
            request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff, owed_by=owed_by)
        free_times_of(request)
    tell_patient(request, kind, rests=UNDO_BY_STAFF)


def _lock(day):
    """Lock every request that has a time on the day, then its times: the order that all keep to."""
    times = OpenTime.objects.on_day(day)
    requests = list(times.filter(request__isnull=False).values_list("request", flat=True))
    list(ConsultationRequest.objects.select_for_update().filter(pk__in=requests).order_by("pk").values_list("pk"))
    list(times.select_for_update().order_by("pk").values_list("pk"))


def _promises(day):
    """Requests whose promised word falls on the day or later, and is still to come."""
    after = max(timezone.now(), _midnight(day))
    return ConsultationRequest.objects.awaiting_answer().filter(owed_by__gt=after)


def _with_open_time_left(day):
    now = timezone.now()
    return [(request, open_time_between(now, request.owed_by)) for request in _promises(day)]


def _move_promises(promises):
    """The same open time is left to each promise as before the day was closed."""
    now, lines = timezone.now(), []
    for request, left in promises:
        moved = after_open_time(now, left)
        if moved > request.owed_by:
            ConsultationRequest.objects.filter(pk=request.pk).update(owed_by=moved)
            lines.append(Event(request=request, kind=Event.Kind.PROMISE_MOVED, actor=Event.Actor.SYSTEM))
    Event.objects.bulk_create(lines)


def _midnight(day):
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
