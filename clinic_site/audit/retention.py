"""When entries of the audit go: whole seals, the oldest first, and a signed line says so."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clinic_site.models import AuditEntry, AuditPurge, AuditSeal
from clinic_site.models.audit import mac_of


@transaction.atomic
def purge_audit(kept: timedelta) -> int:
    """Take out what was sealed longer ago than that; returns how many entries went. The last seal always stays."""
    last = AuditSeal.last()
    over = AuditSeal.objects.filter(at__lt=timezone.now() - kept).exclude(number=last.number if last else 0)
    through = over.order_by("-number").first()
    if through is None:
        return 0
    entries = AuditEntry.objects.filter(seal__lte=through.number)
    purge = AuditPurge(at=timezone.now(), through=through.number, head=through.head, entries=entries.count())
    purge.mac = mac_of(settings.AUDIT_KEYS[0], *purge.signed_parts)
    purge.save(force_insert=True)
    went = entries.delete()[0]
    AuditSeal.objects.filter(number__lte=through.number).delete()
    return went
