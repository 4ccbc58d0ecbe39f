from booking.management.by_reference import RequestCommand
from booking.retention import redact


class Command(RequestCommand):
    help = (
        "Takes the personal data out of one request at once, in request, timeline and outbox, and ends its link: for a "
        "patient who asks for it. The row stays and is counted. It cannot be undone; run again, it changes nothing."
    )

    def handle(self, reference, **options):
        consultation_request = self.request_of(reference)
        if consultation_request.redacted_at:
            self.stdout.write(f"{consultation_request.reference} holds no personal data any more.")
            return
        redact(consultation_request)
        self.stdout.write(f"{consultation_request.reference} lost its personal data.")
