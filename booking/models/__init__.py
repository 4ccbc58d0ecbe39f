"""Consultation requests, what happened to them, and the mail that they owe."""

from booking.models.bulk import BulkWork
from booking.models.consultations import Consultation
from booking.models.lookup import LinkLookup
from booking.models.offers import Offer
from booking.models.openings import Clinician, OpenTime
from booking.models.outbox import OutboxMail
from booking.models.prepared import PreparedAnswer
from booking.models.request import ConsultationRequest, Quarantine
from booking.models.same_person import SamePerson
from booking.models.saved_view import SavedView
from booking.models.search import SearchKey
from booking.models.timeline import Event

__all__ = [
    "BulkWork",
    "Clinician",
    "Consultation",
    "ConsultationRequest",
    "Event",
    "LinkLookup",
    "Offer",
    "OpenTime",
    "OutboxMail",
    "PreparedAnswer",
    "Quarantine",
    "SamePerson",
    "SavedView",
    "SearchKey",
]
