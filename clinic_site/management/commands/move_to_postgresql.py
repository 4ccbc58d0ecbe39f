import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.moving import move_from
from clinic_site.keeping.progress import Progress


class Command(BaseCommand):
    help = (
        "Moves a SQLite database into the empty PostgreSQL database that DATABASE_URL names. Stop web server and "
        "worker first. All rows are written in one transaction, read back and compared by numbers and digests; where "
        "anything differs, nothing is kept. Nothing is written to a disk between, and the SQLite file stays as it is. "
        "Run again, it refuses."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the SQLite database, such as var/db.sqlite3")

    def handle(self, path, **options):
        progress = Progress(sys.stderr)
        try:
            tables = move_from(path.absolute(), progress)
        except BackupError as error:
            raise CommandError(f"{error}.") from None
        finally:
            progress.done()
        rows = sum(table["rows"] for table in tables.values())
        self.stdout.write(
            f"{rows} rows in {len(tables)} tables are moved, each as it was. Leave DATABASE_URL as it is now, start "
            f"web server and worker, run manage.py doctor, and keep {path} until you have made a backup."
        )
