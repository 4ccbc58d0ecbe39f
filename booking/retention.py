"""When personal data goes: from request, timeline and outbox together. The row stays, and is still counted."""

import secrets
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from booking.models import ConsultationRequest, Event, OutboxMail
from booking.models.request import APART
from booking.times import free_times_of


def due_for_redaction(moment=None):
    """Requests that have been in their state for as long as REQUESTS_KEPT says, and suspects of SUSPECTS_KEPT."""
    moment = moment or timezone.now()
    due = Q(quarantine__in=APART, received_at__lte=moment - settings.SUSPECTS_KEPT)
    for state, kept in settings.REQUESTS_KEPT.items():
        due |= Q(state=state, state_since__lte=moment - kept)
    return ConsultationRequest.objects.filter(due, redacted_at=None)


def purge(dry_run=False) -> Counter:
    """Redact every request that is due, each in its own transaction; returns how many of each state."""
    counts: Counter = Counter()
    for pk in list(due_for_redaction().values_list("pk", flat=True)):
        with transaction.atomic():
            found = due_for_redaction().select_for_update().filter(pk=pk).first()
            if found is None:  # another run was there first
                continue
            counts["quarantine" if found.quarantine in APART else found.state] += 1
            if not dry_run:
                redact(found)
    return counts


@transaction.atomic
def redact(request, actor=Event.Actor.SYSTEM):
    """
    Take everything personal out of a request, its timeline, offers and outbox, and end its link. It cannot be undone.

    What was held or booked for it is free again.
    """
    free_times_of(request)
    request.name = request.email = request.phone = request.concern = ""
    request.safety, request.windows = {}, []
    request.may_leave_message = request.interpreter = request.for_someone_else = False
    request.token_digest, request.owed_by, request.redacted_at = None, None, timezone.now()
    request.form_key, request.opened_form = f"redacted {secrets.token_hex(16)}", ""
    request.save()
    request.timeline.update(note="")
    request.offers.update(note="")
    OutboxMail.objects.waiting().filter(request=request).update(dropped_at=timezone.now())
    request.record(Event.Kind.REDACTED, actor)


def export(request) -> dict:
    """All that is kept of one request, for the person it is about."""
    return {
        "reference": request.reference,
        "state": request.state,
        "received_at": request.received_at.isoformat(),
        "reply_by": request.reply_by.isoformat(),
        "consented_at": request.consented_at.isoformat(),
        "name": request.name,
        "answer_by": request.contact_by,
        "email": request.email,
        "phone": str(request.phone),
        "may_leave_message": request.may_leave_message,
        "about": request.subject,
        "windows": request.windows,
        "language": request.language,
        "interpreter": request.interpreter,
        "for_someone_else": request.for_someone_else,
        "campaign": request.campaign,
        "concern": request.concern,
        "safety": request.safety,
        "offers": [
            {
                "made_at": offer.made_at.isoformat(),
                "state": offer.state,
                "note": offer.note,
                "times": _starts(offer.times),
            }
            for offer in request.offers.all()
        ],
        "consultations": [
            {"starts_at": consultation.time.starts_at.isoformat(), "state": consultation.state}
            for consultation in request.consultations.select_related("time")
        ],
        "timeline": [
            {"at": line.at.isoformat(), "what": str(line), "who": str(line.who), "note": line.note}
            for line in request.timeline.select_related("staff")
        ],
        "mail": [
            {"what": str(mail), "created_at": mail.created_at.isoformat(), "fate": str(mail.fate)}
            for mail in request.mails.all()
        ],
    }


def _starts(times):
    return [start.isoformat() for start in times.values_list("starts_at", flat=True)]
