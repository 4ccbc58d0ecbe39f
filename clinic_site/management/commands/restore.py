import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.progress import Progress
from clinic_site.keeping.restoring import restore


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty place: no tables in the database, no media. The keys have to be there first; "
        "it makes none. The whole file is checked before anything is changed, then loaded, compared row by row and "
        "brought up to date; erasures that stand beside the file are carried out again. Run again, it refuses."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the file that `backup` made")
        parser.add_argument(
            "--keys-are-lost",
            action="store_true",
            help="restore all the same where FIELD_KEYS, SECRET_KEY or AUDIT_KEY are lost for good",
        )

    def handle(self, path, keys_are_lost, **options):
        progress = Progress(sys.stderr)
        try:
            restored = restore(path.absolute(), progress, keys_are_lost)
        except BackupError as error:
            raise CommandError(str(error)) from None
        finally:
            progress.done()
        self.stdout.write(
            f"The backup of {restored.made_at} is restored: {restored.rows} rows and {restored.media} media files, "
            f"each as it was. {restored.erased} erasures made since were carried out again."
        )
        if restored.troubles:
            raise CommandError("\n".join(restored.troubles))
