from django.core.management.base import BaseCommand

from booking.retention import purge
from booking.states import State


class Command(BaseCommand):
    help = (
        "Takes the personal data out of requests whose time has come ('Limits and retention' "
        "in admin), in request, timeline and outbox; the rows stay and are counted. The worker does it each night. "
        "Can be run twice; with --dry-run it changes nothing and says what it would do."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, dry_run, **options):
        counts = purge(dry_run)
        names = dict(State.choices) | {"quarantine": "Kept apart as spam"}
        for state, number in sorted(counts.items()):
            self.stdout.write(f"{names[state]}: {number}")
        verb = "would lose" if dry_run else "lost"
        self.stdout.write(f"{counts.total()} requests {verb} their personal data.")
