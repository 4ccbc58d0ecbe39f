"""New private links for all whose SECRET_KEY is gone: made by the key of today, and mailed."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from booking.mail.owing import tell_patient
from booking.models import Clinician, ConsultationRequest, Event, OutboxMail
from booking.states import OPEN


def renew_lost_links(tell: Callable[[int], None] = lambda number: None) -> int:
    """
    Give each request whose link should work, and cannot be made any more, a new one, and tell the patient.

    Each in its own transaction: it can be stopped at any moment and begun again. `tell` hears how many were looked at.
    """
    now, renewed = timezone.now(), 0
    works = Q(state__in=OPEN) | Q(state_since__gt=now - settings.LINK_LIVES_ON)
    linked = ConsultationRequest.objects.filter(works, redacted_at=None).exclude(token_digest=None)
    for seen, pk in enumerate(list(linked.order_by("pk").values_list("pk", flat=True)), start=1):
        with transaction.atomic():
            consultation_request = linked.select_for_update(of=("self",)).filter(pk=pk).first()
            if consultation_request is not None and consultation_request.link_is_lost:
                consultation_request.renew_link(Event.Actor.SYSTEM)
                tell_patient(consultation_request, OutboxMail.Kind.LINK_AGAIN)
                renewed += 1
        tell(seen)
    return renewed


def lost_feeds() -> list[Clinician]:
    """Clinicians whose own calendar goes on, but whose feed's address can be shown to nobody any more."""
    return [clinician for clinician in Clinician.objects.exclude(feed_digest=None) if clinician.feed_is_lost]
