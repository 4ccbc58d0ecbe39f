"""
How long a month of open times takes to publish, beside writing the same rows to the database and nothing else.

Two clinicians, twenty minutes each, on a database of its own.
"""

import os
import sys
import tempfile
import time
from datetime import time as clock
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic_site.settings"
data = tempfile.TemporaryDirectory()
os.environ["DATA_DIR"] = data.name

import django  # noqa: E402 - needs the path and the settings above

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import results  # noqa: E402
from booking.models import Clinician, OpenTime  # noqa: E402
from booking.schedule.publishing import Pattern, publish  # noqa: E402
from treatments.loading import load_guide  # noqa: E402

RUNS = 9


def seconds(act):
    OpenTime.objects.all().delete()
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main():
    call_command("migrate", verbosity=0)
    load_guide(live=True)
    first = timezone.localdate() + timedelta(days=1)
    pattern = Pattern(
        clinicians=tuple(Clinician.objects.create(name=name) for name in ("A", "B")),
        first_day=first,
        last_day=first + timedelta(days=30),
        weekdays=frozenset(range(7)),
        begins=clock.min,
        ends=clock.max,
        minutes=20,
    )
    times = publish(pattern).times

    def write_rows():
        OpenTime.objects.bulk_create(
            [OpenTime(clinician=row.clinician, starts_at=row.starts_at, ends_at=row.ends_at) for row in times]
        )

    row = results.rounds_of(
        f"publishing a month of open times ({len(times):,})",
        "the rows alone",
        "",
        lambda: seconds(lambda: publish(pattern)),
        lambda: seconds(write_rows),
        rounds=RUNS,
    )
    results.keep("publishing", [row])


if __name__ == "__main__":
    main()
