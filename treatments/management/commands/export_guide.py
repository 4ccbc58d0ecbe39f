import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from clinic_site.keeping.progress import Progress
from treatments.exporting import CannotExport, export_guide


class Command(BaseCommand):
    help = (
        "Writes the guide of treatment SLUG, in all its languages, into FOLDER as text files: what patients read now "
        "or, with --drafts, the newest words. load_guide takes the folder again, and the guide is the same, word for "
        "word. FOLDER is there whole or not at all; one that is not empty is refused. Changes nothing on the site. "
        "Pictures are in it with who agreed to them, so keep it as you keep a backup; history and sign-offs are not."
    )

    def add_arguments(self, parser):
        parser.add_argument("slug", metavar="SLUG", help="the treatment's address, as in microneedling")
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="a new or empty folder")
        parser.add_argument("--drafts", action="store_true", help="the newest words, whether patients read them or not")

    def handle(self, slug, folder, drafts, **options):
        progress = Progress(sys.stderr)
        try:
            pages = export_guide(slug, folder.absolute(), drafts, say=progress.say)
        except CannotExport as refusal:
            raise CommandError(str(refusal)) from None
        finally:
            progress.done()
        self.stdout.write(f"{folder} has the guide of {slug}: {pages} pages.")
