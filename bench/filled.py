"""
Fills the site of DATA_DIR for bench/size.py as `fill_requests` does, but builds the indexes of three tables afterwards.

The rows are those that the command writes, by the same code. Nothing waits for the disk meanwhile, as nobody uses the
site yet; at the end the database knows its tables as it does after a night.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic_site.settings"

import django

django.setup()

from django.db import connection  # noqa: E402

from booking.management.commands.fill_requests import BY_STEPS  # noqa: E402
from booking.models import ConsultationRequest, Event, SearchKey  # noqa: E402
from booking.samples import fill, fill_in_bulk  # noqa: E402

LARGE = [model._meta.db_table for model in (ConsultationRequest, Event, SearchKey)]
OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (%s, %s, %s)"
OF_POSTGRESQL = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (%s, %s, %s)
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
HURRY = {
    "sqlite": [
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA secure_delete = OFF",
        "PRAGMA cache_size = -1000000",
    ],
    "postgresql": ["SET synchronous_commit = off", "SET maintenance_work_mem = '1GB'"],
}


def main(number):
    for _sample in fill(min(number, BY_STEPS)):
        pass
    with connection.cursor() as cursor:
        for statement in HURRY[connection.vendor]:
            cursor.execute(statement)
        cursor.execute(OF_SQLITE if connection.vendor == "sqlite" else OF_POSTGRESQL, LARGE)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for written in fill_in_bulk(number - BY_STEPS):
            print(f"\r{written:,} written", end="", flush=True)
            if written == number - BY_STEPS:  # what comes next counts, and needs them
                for _name, definition in indexes:
                    cursor.execute(definition)
        print()
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM")


main(int(sys.argv[1]))
