from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from booking.samples import open_times


class Command(BaseCommand):
    help = (
        "Opens consultation times for the next two weeks, of an invented clinician where there is none, so that "
        "offering and booking can be tried. Refuses to touch a deployment. Run again, it adds only what is missing."
    )

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("Invented times belong in a demonstration only: this is a deployment.")
        self.stdout.write(f"{open_times()} consultation times opened for the next two weeks.")
