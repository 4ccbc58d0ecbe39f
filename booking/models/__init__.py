"""Consultation requests, what happened to them, and the mail that they owe."""

from booking.models.consultations import Consultation
from booking.models.lookup import LinkLookup
from booking.models.offers import Offer
from booking.models.openings import Clinician, OpenTime
from booking.models.outbox import OutboxMail
from booking.models.request import ConsultationRequest, Quarantine
from booking.models.timeline import Event

__all__ = [
    "Clinician",
    "Consultation",
    "ConsultationRequest",
    "Event",
    "LinkLookup",
    "Offer",
    "OpenTime",
    "OutboxMail",
    "Quarantine",
]
