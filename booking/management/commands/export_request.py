import json

from booking.management.by_reference import RequestCommand
from booking.retention import export


class Command(RequestCommand):
    help = (
        "Prints, as JSON, all that is kept of one request, staff's notes included: for a patient who asks what we "
        "have. Changes nothing."
    )

    def handle(self, reference, **options):
        self.stdout.write(json.dumps(export(self.request_of(reference)), ensure_ascii=False, indent=2))
