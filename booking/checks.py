"""Is the outbox being emptied?"""

from datetime import timedelta

from django.utils import timezone

from booking.models import OutboxMail
from clinic_site.checks import readiness_check

PATIENCE = timedelta(minutes=10)


@readiness_check("outbox")
def outbox_trouble():
    if OutboxMail.objects.due(timezone.now() - PATIENCE).filter(attempts=0).exists():
        return "Mail has waited for more than ten minutes without one try: is the worker running?"
    return ""
