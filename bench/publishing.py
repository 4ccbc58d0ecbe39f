"""
How long a month of open times takes to publish, beside writing the same rows to the database and nothing else.

Two clinicians, twenty minutes each, on a database of its own in memory.
"""

import os
import sys
import time
from datetime import time as clock
from datetime import timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic_site.settings"
os.environ["DATABASE_URL"] = "sqlite:///:memory:"

import django  # noqa: E402 - needs the path and the settings above

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from booking.models import Clinician, OpenTime  # noqa: E402
from booking.publishing import Pattern, publish  # noqa: E402
from treatments.loading import load_guide  # noqa: E402

RUNS = 9
TABLE = ROOT / "docs" / "proofs" / "publishing.md"
PAGE = """# Publishing a month of open times

Two clinicians, twenty minutes each, a month within the clinic's hours, the middle of {runs} runs; beside it, writing
the same rows and nothing else. `make bench` writes this page.

| | |
|---|---:|
| times | {times} |
| queries | {queries} |
| seconds | {seconds:.3f} |
| rows alone, seconds | {bare:.3f} |
| ratio | {ratio:.1f} |
"""


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
    with CaptureQueriesContext(connection) as queries:
        rows = publish(pattern).times

    def write_rows():
        OpenTime.objects.bulk_create(
            [OpenTime(clinician=row.clinician, starts_at=row.starts_at, minutes=20) for row in rows]
        )

    whole = median(seconds(lambda: publish(pattern)) for _run in range(RUNS))
    bare = median(seconds(write_rows) for _run in range(RUNS))
    page = PAGE.format(runs=RUNS, times=len(rows), queries=len(queries), seconds=whole, bare=bare, ratio=whole / bare)
    TABLE.write_text(page)
    print(page)


if __name__ == "__main__":
    main()
