import sys
from functools import partial

from django.core.management.base import BaseCommand

from clinic_site.audit.verifying import verify
from clinic_site.keeping.progress import Progress


class Command(BaseCommand):
    help = (
        "Reads the whole audit again and names each entry that was changed, removed or inserted, and an end that was "
        "cut off; says how many entries are newer than the last seal. --head takes a number and a head from a log or "
        "a backup, to hold the chain against what was known outside of the database. Exits with 1 where anything is "
        "wrong. Changes nothing, and can be run at any time."
    )

    def add_arguments(self, parser):
        parser.add_argument("--head", nargs=2, metavar=("NUMBER", "HEAD"), default=[], help="a head that was known")

    def handle(self, head, **options):
        progress = Progress(sys.stderr)
        verified = verify(" ".join(head), progress=partial(progress.at, "Verifying"))
        progress.done()
        for trouble in verified.troubles:
            self.stdout.write(trouble)
        entries = f"{verified.entries} entries, {verified.newer} of them newer than the last seal"
        if verified.troubles:
            self.stdout.write(f"The audit is not whole: {len(verified.troubles)} findings in {entries}.")
            raise SystemExit(1)
        self.stdout.write(f"The audit is whole: {entries}. Head: {verified.head or 'none yet'}.")
