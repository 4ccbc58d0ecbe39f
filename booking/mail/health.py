"""Is the outbox being emptied?"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import ngettext

from booking.models import OutboxMail
from clinic_site.health.checks import Level, health_check

PATIENCE = timedelta(minutes=10)
WHERE = "Mail in admin says why of each"


@health_check("outbox", Level.TROUBLE)
def mail_waits_untried():
    if OutboxMail.objects.due(timezone.now() - PATIENCE).filter(attempts=0).exists():
        return "Mail has waited for more than ten minutes without one try: is the worker running?"
    return ""


@health_check("mail failing", Level.TROUBLE)
def mail_fails():
    number = OutboxMail.objects.waiting().exclude(trouble="").count()
    if not number:
        return ""
    said = ngettext("{number} mail fails and is tried again", "{number} mails fail and are tried again", number)
    return f"{said.format(number=number)}: see that the server of EMAIL_URL takes mail. {WHERE}."


@health_check("mail given up", Level.TROUBLE)
def mail_was_given_up():
    number = OutboxMail.objects.to_look_after().count()
    if not number:
        return ""
    said = ngettext("{number} mail was given up", "{number} mails were given up", number)
    return f"{said.format(number=number)}: tell those patients by telephone, or send it again. {WHERE}."
