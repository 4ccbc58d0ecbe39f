"""What commands about one request share."""

from django.core.management.base import BaseCommand, CommandError

from booking.models import ConsultationRequest


class RequestCommand(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("reference", help="as in the patient's mail, such as ABC-DEF")

    def request_of(self, reference):
        """The request with that reference; CommandError where there is none."""
        consultation_request = ConsultationRequest.objects.filter(reference__iexact=reference.strip()).first()
        if consultation_request is None:
            raise CommandError(f"There is no request {reference}. Look the reference up on the desk's list.")
        return consultation_request
