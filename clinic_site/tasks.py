"""What the worker does for the site itself."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from clinic_site.models import WorkerBeat


@db_periodic_task(crontab())
def beat():
    """Once a minute: say that the worker is alive."""
    WorkerBeat.beat()
