import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic_site.keeping.progress import Progress
from treatments.guide_files.folder import BadContent
from treatments.loading import load_guide


class Command(BaseCommand):
    help = (
        "Loads a treatment's guide from FOLDER (the shipped one, if you name none) into the database, whole or not at "
        "all. Adds what is missing, brings up to date what nobody has edited since it was loaded, and never touches "
        "what staff have changed; can be run as often as you like. On a deployment pages are loaded as drafts; in a "
        "demonstration they are live and say that nobody has signed them. A bad folder is refused with its file and "
        "line. treatments/content/README.md describes the files; export_guide writes such a folder."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="a folder with a guide.toml")

    def handle(self, folder=None, **options):
        progress = Progress(sys.stderr)
        try:
            counts = load_guide(live=settings.DEMO, folder=folder, say=progress.say)
        except BadContent as bad:
            raise CommandError(f"Nothing was loaded. {bad}") from None
        finally:
            progress.done()
        self.stdout.write("The guide: " + ", ".join(f"{number} {what}" for what, number in counts.items()) + ".")
