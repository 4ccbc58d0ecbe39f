import json

from booking.management.by_reference import RequestCommand
from booking.retention import export
from clinic_site.audit.recording import Action, record


class Command(RequestCommand):
    help = (
        "Prints, as JSON, all that is kept of one request, staff's notes included: for a patient who asks what we "
        "have. Changes nothing."
    )

    def handle(self, reference, **options):
        consultation_request = self.request_of(reference)
        record(Action.EXPORTED, page="export_request", about=[consultation_request.pk])
        self.stdout.write(json.dumps(export(consultation_request), ensure_ascii=False, indent=2))
