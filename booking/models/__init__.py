"""Consultation requests, what happened to them, and the mail that they owe."""

from booking.models.lookup import LinkLookup
from booking.models.outbox import OutboxMail
from booking.models.request import ConsultationRequest, Quarantine
from booking.models.timeline import Event

__all__ = ["ConsultationRequest", "Event", "LinkLookup", "OutboxMail", "Quarantine"]
