"""The settings of a site that tests run: what they would wait for comes soon, and all else is as it is shipped."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from huey.consumer import Scheduler

from clinic_site.settings import *  # noqa: F403
from clinic_site.settings import DATA_DIR

UNDO_BY_STAFF = timedelta(seconds=5)  # and so long a mail rests
Scheduler.periodic_task_seconds = 2  # from one sweep to the next
RENDERED_AT_START = False  # a test asks for few pages

_real_now = timezone.now
_ahead = Path(DATA_DIR) / "clock_ahead"


def _now():
    """The clock of all processes of this site, which a test can move."""
    try:
        return _real_now() + timedelta(seconds=float(_ahead.read_text()))
    except FileNotFoundError:
        return _real_now()


timezone.now = _now  # before any model takes it as a default
