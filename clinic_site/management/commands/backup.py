import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.backing_up import back_up
from clinic_site.keeping.progress import Progress


class Command(BaseCommand):
    help = (
        "Backs up database and media, of one moment and while the site runs, into one file that is encrypted with "
        "BACKUP_KEY, read back and checked before it takes its name. The keys are not in it: keep them apart. A file "
        "of that name is replaced once the new one is whole. Can be run as often as you like."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the file, or a folder in which it gets a name with the date")

    def handle(self, path, **options):
        progress = Progress(sys.stderr)
        try:
            made = back_up(path.absolute(), progress)
        except BackupError as error:
            raise CommandError(str(error)) from None
        finally:
            progress.done()
        self.stdout.write(f"{made} is made, read back and whole: {made.stat().st_size / 1e6:.1f} MB.")
