from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from booking.samples import fill


class Command(BaseCommand):
    help = (
        "Adds N invented requests in every state, each marked as a sample and owing no mail, so that the staff screens "
        "can be tried. Refuses to touch a deployment. Run again, it adds N more."
    )

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, metavar="N")

    def handle(self, number, **options):
        if not settings.DEMO:
            raise CommandError("Invented requests belong in a demonstration only: this is a deployment.")
        for count, _sample in enumerate(fill(number), start=1):
            if count % 100 == 0:
                self.stdout.write(f"{count} of {number}…")
        self.stdout.write(f"{number} invented requests added, marked as samples.")
