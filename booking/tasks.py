"""What the worker does for requests. The database says what is owed; the queue only says when to look."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from booking.desk.bulk import do_bulk_work
from booking.desk.figures import keep_figures
from booking.mail.reminders import owe_reminders
from booking.mail.sending import send_mail
from booking.models import BulkWork, LinkLookup, OutboxMail
from booking.retention import purge
from booking.schedule.picking import lapse_unconfirmed
from booking.schedule.times import lapse_what_is_due
from booking.services import answer_lookup
from clinic_site.health.nightly import every_night
from clinic_site.health.outside import ping_watchdog


@every_night("erasing what is due", hour="8", minute="15")  # UTC: a quarter past three or four at night in Michigan
def purge_at_night():
    purge()


@db_periodic_task(crontab())
def sweep():
    """
    Once a minute: look up, lapse, remind, send, count, go on with what was begun, whatever an earlier worker forgot.

    When all that went through, whoever listens for this site hears that it lives.
    """
    lapse_what_is_due()
    lapse_unconfirmed()
    owe_reminders()
    for lookup in LinkLookup.objects.all():
        answer_lookup(lookup)
    for pk in OutboxMail.objects.due().values_list("pk", flat=True):
        send_mail(pk)
    keep_figures()
    for pk in BulkWork.objects.filter(ended_at=None).values_list("pk", flat=True):
        do_bulk_work(pk)
    ping_watchdog()
