from django.conf import settings
from django.core.management.base import BaseCommand

from treatments.loading import load_guide


class Command(BaseCommand):
    help = (
        "Loads the shipped guide (treatments/content/) into the database. Adds what is missing, brings up to date what "
        "nobody has edited since it was loaded, and never touches what staff have changed. On a deployment, units are "
        "loaded as drafts; in a demonstration they are live and say that nobody has signed them."
    )

    def handle(self, **options):
        counts = load_guide(live=settings.DEMO)
        self.stdout.write("The guide: " + ", ".join(f"{number} {what}" for what, number in counts.items()) + ".")
