import sys
from functools import partial

from django.core.management.base import BaseCommand

from booking.desk.lost_links import lost_feeds, renew_lost_links
from clinic_site.keeping.progress import Progress


class Command(BaseCommand):
    help = (
        "After SECRET_KEY was lost: makes a new private link for each request whose link cannot be made any more, and "
        "tells its patient, by mail or by a call that the desk owes. Links that the keys make stay as they are. Can be "
        "stopped at any moment and begun again."
    )

    def handle(self, **options):
        progress = Progress(sys.stderr)
        try:
            renewed = renew_lost_links(partial(progress.at, "Requests looked at"))
        finally:
            progress.done()
        self.stdout.write(f"{renewed} requests have a new link; their patients are told.")
        for clinician in lost_feeds():
            self.stdout.write(f"The feed of {clinician} needs a new address: make one in admin, under Clinicians.")
