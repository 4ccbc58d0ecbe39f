import sys

from django.core.management.base import BaseCommand

from clinic_site.keeping.progress import Progress
from clinic_site.keeping.rotating import left_under_old_keys, rotate_keys


class Command(BaseCommand):
    help = (
        "Rewrites all that is encrypted under an older key of FIELD_KEYS, or was encrypted before it was bound to its "
        "place, under the first key; second factors too. The site runs on. A few rows at a time: it can be stopped at "
        "any moment, and begun again. Says when nothing is under an older key any more, so that the key can be taken "
        "out of FIELD_KEYS. Exits with 1 while something is, or cannot be read."
    )

    def handle(self, **options):
        progress = Progress(sys.stderr)
        try:
            changed, damaged = rotate_keys(progress.at)
            left = left_under_old_keys()
        except KeyboardInterrupt:
            raise SystemExit("Stopped. What was rewritten stays so; run it again to go on.") from None
        finally:
            progress.done()
        for kind, number in changed.items():
            if number:
                self.stdout.write(f"{kind}: {number} rewritten")
        for where in damaged:
            self.stdout.write(f"cannot be read with any key: {where}")
        if left:
            self.stdout.write(
                f"{left} rows were written with an older key meanwhile: start web and worker anew with these "
                "FIELD_KEYS, and run this again."
            )
        else:
            self.stdout.write(
                f"Nothing{' else' if damaged else ''} is under an older key: all but the first of FIELD_KEYS can be "
                "taken out, once web and worker run with these keys and older backups are not needed any more."
            )
        if left or damaged:
            raise SystemExit(1)
