"""Reminders of consultations: two days and the day before, by day, never twice a day, and none for what has changed."""

from datetime import time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from booking.mail.owing import tell_patient
from booking.mail.quiet_hours import EVENING
from booking.models import Consultation, OpenTime, OutboxMail
from booking.models.consultations import REMINDED_DAYS_BEFORE
from clinic_site.dates import midnight, next_midnight

REMIND_AT = time(10)  # clinic time


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
    """
    Booked for tomorrow or the day after, and not booked or moved today: who has just read it needs no reminder.

    Nobody is reminded of what cannot take place: somebody has to settle it first.
    """
    begins = next_midnight()
    ends = begins + timedelta(days=REMINDED_DAYS_BEFORE)
    near = _not_yet_on(now.date()).filter(time__starts_at__gte=begins, time__starts_at__lt=ends)
    near = near.filter(time__in=OpenTime.objects.ahead().values("pk"))
    return near.filter(changed_at__lt=midnight(now.date())).select_related("request")


def _not_yet_on(day):
    return Consultation.objects.booked().filter(Q(reminded_on=None) | Q(reminded_on__lt=day))
