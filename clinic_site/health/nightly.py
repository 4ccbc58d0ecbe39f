"""The work of each night: tried again where it failed, and noted, so that a failure is heard of."""

from functools import wraps

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from clinic_site.health.checks import Level, health_check
from clinic_site.models import NightJob

TRIES, PAUSE = 6, 3600  # seconds


def every_night(name, hour, minute):
    """
    Have the worker do this each night at that time in UTC. `name` is what the operator calls it.

    Where it fails, it is tried again each hour, six times, and is trouble until it went through.
    """

    def decorate(work):
        @wraps(work)
        def noted():
            try:
                work()
            except Exception as error:
                NightJob.note_failure(name, type(error).__name__)
                raise
            NightJob.note(name)

        return db_periodic_task(crontab(hour=hour, minute=minute), retries=TRIES, retry_delay=PAUSE)(noted)

    return decorate


@health_check("nightly work", Level.TROUBLE)
def nightly_work_failed():
    failed = NightJob.objects.filter(Q(done_at=None) | Q(failed_at__gt=F("done_at")), failed_at__isnull=False)
    said = [
        f"{job.name} ({job.why}, {date_format(localtime(job.failed_at), 'F j, g:i a')})"
        for job in failed.order_by("name")
    ]
    if not said:
        return ""
    return f"Nightly work failed and is tried again each hour: {', '.join(said)}. The worker's log says more."
