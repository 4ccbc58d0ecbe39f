from booking.management.by_reference import RequestCommand
from booking.retention import redact


class Command(RequestCommand):
    help = (
        "Takes the personal data out of one request at once, in request, timeline and outbox, and ends its link: for a "
        "patient who asks for it. The row stays and is counted. It cannot be undone; run again, it changes nothing."
    )

    def handle(self, reference, **options):
        found = self.request_of(reference)
        if found.redacted_at:
            self.stdout.write(f"{found.reference} holds no personal data any more.")
            return
        redact(found)
        self.stdout.write(f"{found.reference} lost its personal data.")
