"""When personal data goes: from request, timeline and outbox together. The row stays, and is still counted."""

import secrets
from collections import Counter

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from booking.models import ConsultationRequest, Event, OutboxMail
from booking.models.requests.querysets import QUARANTINED
from booking.schedule.times import free_times_of
from clinic_site.keeping.erasures import record_erasure
from clinic_site.models import Limits, UnsavedWords

ERASURE = "consultation request"  # what an erasure of one is called beside the backups

WITHOUT_A_PERSON = {
    "name": "",
    "email": "",
    "refused_email": "",
    "phone": "",
    "phone_extension": "",
    "concern": "",
    "safety": {},
    "needs": [],
    "for_you": {},
    "clinician": None,
    "time_by": "",
    "windows": [],
    "may_leave_message": False,
    "interpreter": False,
    "for_someone_else": False,
    "token_digest": None,
    "owed_by": None,
    "call_by": None,
    "opened_form": "",
}


def due_for_redaction():
    """Requests that have been in their state for as long as the manager's record says, and suspects."""
    now, limits = timezone.now(), Limits.now()
    kept = ConsultationRequest.objects.filter(redacted_at=None).order_by().values("pk")
    suspects = kept.filter(suspected_since__lte=now - limits.suspects_kept)
    ended = [kept.filter(state=state, state_since__lte=now - span) for state, span in limits.requests_kept.items()]
    return ConsultationRequest.objects.filter(pk__in=suspects.union(*ended)).order_by("pk")


def purge(dry_run=False) -> Counter:
    """Redact every request that is due, each in its own transaction; returns how many of each state."""
    counts: Counter = Counter()
    for pk in list(due_for_redaction().values_list("pk", flat=True)):
        with transaction.atomic():
            consultation_request = due_for_redaction().select_for_update().filter(pk=pk).first()
            if consultation_request is None:  # another run was there first
                continue
            counts["quarantine" if consultation_request.quarantine in QUARANTINED else consultation_request.state] += 1
            if not dry_run:
                redact(consultation_request)
    return counts


@transaction.atomic
def redact(consultation_request, staff=None):
    """
    Take everything personal out of a request, its timeline, offers and outbox, and end its link. It cannot be undone.

    What was held or booked for it is free again, and what staff typed on its page and did not save is gone. `staff` is
    who took it out because the patient asked.
    """
    free_times_of(consultation_request)
    for field, empty in WITHOUT_A_PERSON.items():
        setattr(consultation_request, field, empty)
    consultation_request.redacted_at = timezone.now()
    consultation_request.form_key = f"redacted {secrets.token_hex(16)}"
    consultation_request.save()
    for noted in (*consultation_request.timeline.all(), *consultation_request.offers.all()):
        noted.note = ""
        noted.save(update_fields=["note"])
    OutboxMail.objects.waiting().filter(request=consultation_request).update(dropped_at=timezone.now())
    consultation_request.mails.update(old_address=None)
    consultation_request.to_calls.open().update(dropped_at=timezone.now())
    own_page = reverse("admin:booking_consultationrequest_change", args=[consultation_request.pk])
    UnsavedWords.objects.filter(page=own_page).delete()
    actor = Event.Actor.STAFF if staff else Event.Actor.SYSTEM
    consultation_request.record(Event.Kind.REDACTED, actor, staff=staff)
    record_erasure(ERASURE, consultation_request.pk, consultation_request.redacted_at)


def export(consultation_request) -> dict:
    """All that is kept of one request, for the person it is about."""
    return {
        "reference": consultation_request.reference,
        "state": consultation_request.state,
        "received_at": consultation_request.received_at.isoformat(),
        "reply_by": consultation_request.reply_by.isoformat(),
        "consented_at": consultation_request.consented_at.isoformat(),
        "name": consultation_request.name,
        "answer_by": consultation_request.contact_by,
        "email": consultation_request.email,
        "phone": " ext. ".join(filter(None, [str(consultation_request.phone), consultation_request.phone_extension])),
        "may_leave_message": consultation_request.may_leave_message,
        "about": consultation_request.subject,
        "time_by": consultation_request.time_by,
        "clinician": str(consultation_request.clinician or ""),
        "windows": consultation_request.windows,
        "language": consultation_request.language,
        "interpreter": consultation_request.interpreter,
        "for_someone_else": consultation_request.for_someone_else,
        "campaign": consultation_request.campaign,
        "concern": consultation_request.concern,
        "safety": consultation_request.safety,
        "needs": consultation_request.needs,
        "for_you": consultation_request.for_you,
        "offers": [
            {
                "made_at": offer.made_at.isoformat(),
                "state": offer.state,
                "note": offer.note,
                "times": _starts(offer.times),
            }
            for offer in consultation_request.offers.all()
        ],
        "consultations": [
            {"starts_at": consultation.time.starts_at.isoformat(), "state": consultation.state}
            for consultation in consultation_request.consultations.select_related("time")
        ],
        "timeline": [
            {"at": line.at.isoformat(), "what": str(line), "who": str(line.who), "note": line.note}
            for line in consultation_request.timeline.select_related("staff")
        ],
        "mail": [
            {"what": str(mail), "created_at": mail.created_at.isoformat(), "fate": str(mail.fate)}
            for mail in consultation_request.mails.all()
        ],
        "calls": [
            {"what": str(to_call), "created_at": to_call.created_at.isoformat(), "times": to_call.times}
            for to_call in consultation_request.to_calls.all()
        ],
    }


def _starts(times):
    return [start.isoformat() for start in times.values_list("starts_at", flat=True)]
