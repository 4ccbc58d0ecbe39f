"""Reminders of consultations: two days and the day before, by day, never twice a day, and none for what has changed."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from booking.models import Consultation, OutboxMail
from booking.models.consultations import REMINDED_DAYS_BEFORE
from booking.notices import tell_patient

MORNING, EVENING = time(8), time(20)  # clinic time: in the night between them no reminder leaves
REMIND_AT = time(10)  # clinic time


def is_night(moment) -> bool:
    return not MORNING <= timezone.localtime(moment).time() < EVENING


def next_morning(moment) -> datetime:
    """The moment at which the night ends that holds the given one."""
    local = timezone.localtime(moment)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=local.tzinfo)


def owe_reminders():
    """Owe each patient whose consultation is near today's reminder; the worker calls it each minute."""
    now = timezone.localtime()
    if not REMIND_AT <= now.time() < EVENING:
        return
    for consultation in _to_remind(now):
        with transaction.atomic():
            if _not_yet_on(now.date()).filter(pk=consultation.pk).update(reminded_on=now.date()):
                tell_patient(consultation.request, OutboxMail.Kind.REMINDER)


def _to_remind(now):
    """Booked for tomorrow or the day after, and not booked or moved today: who has just read it needs no reminder."""
    begins = datetime.combine(now.date() + timedelta(days=1), time.min, tzinfo=now.tzinfo)
    ends = begins + timedelta(days=REMINDED_DAYS_BEFORE)
    today = datetime.combine(now.date(), time.min, tzinfo=now.tzinfo)
    near = _not_yet_on(now.date()).filter(time__starts_at__gte=begins, time__starts_at__lt=ends, changed_at__lt=today)
    return near.select_related("request")


def _not_yet_on(day):
    return Consultation.objects.booked().filter(Q(reminded_on=None) | Q(reminded_on__lt=day))
