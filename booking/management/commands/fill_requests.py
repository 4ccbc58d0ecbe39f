from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from booking.samples import fill, fill_in_bulk

BY_STEPS = 40  # the first of a run take each step as real ones do; a request for more is written in bulk


class Command(BaseCommand):
    help = (
        "Adds N invented requests, each marked as a sample and owing no mail, so that the staff screens can be tried: "
        "forty in every state, the others of several years, thousands a second, most of them long over and about 300 "
        "open, with open times for two months. What is past its retention holds no personal data. Refuses to touch a "
        "deployment. Run again, it adds N more."
    )

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, metavar="N")

    def handle(self, number, **options):
        if not settings.DEMO:
            raise CommandError("Invented requests belong in a demonstration only: this is a deployment.")
        if number < 1:
            raise CommandError("N has to be 1 or more.")
        by_steps = sum(1 for _sample in fill(min(number, BY_STEPS)))
        if number > by_steps:
            for count in fill_in_bulk(number - by_steps):
                self.stdout.write(f"{by_steps + count} of {number}…")
        self.stdout.write(f"{number} invented requests added, marked as samples.")
