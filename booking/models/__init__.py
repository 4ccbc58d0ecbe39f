"""Consultation requests, what happened to them, and the mail that they owe."""

from booking.models.absences import Absence
from booking.models.bulk_work import BulkWork
from booking.models.consultation_requests import ConsultationRequest
from booking.models.consultations import Consultation
from booking.models.counted.days import CountedDay, FiguresKept
from booking.models.kept_by_staff import PreparedAnswer, SavedView
from booking.models.offers import Offer
from booking.models.open_times import Clinician, OpenTime
from booking.models.outbox import OutboxMail
from booking.models.requests.lookup import LinkLookup
from booking.models.requests.querysets import Quarantine
from booking.models.requests.same_person import SamePerson
from booking.models.search_keys import SearchKey
from booking.models.timeline import Event
from booking.models.to_calls import ToCall

__all__ = [
    "Absence",
    "BulkWork",
    "Clinician",
    "Consultation",
    "ConsultationRequest",
    "CountedDay",
    "Event",
    "FiguresKept",
    "LinkLookup",
    "Offer",
    "OpenTime",
    "OutboxMail",
    "PreparedAnswer",
    "Quarantine",
    "SamePerson",
    "SavedView",
    "SearchKey",
    "ToCall",
]
