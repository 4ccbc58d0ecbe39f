"""Whether the audit is written, guarded and whole, as far as a quick look can tell; `verify_audit` reads all of it."""

from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from clinic_site.audit import guard
from clinic_site.audit.sealing import known_head, seals_are_missing
from clinic_site.health.checks import Level, health_check
from clinic_site.keeping.restoring import check_after_restore
from clinic_site.models import AuditCheck, AuditEntry

SEALED_WITHIN = timedelta(minutes=10)


@check_after_restore
@health_check("audit key", Level.TROUBLE)
def audit_key_does_not_fit():
    newest = AuditEntry.objects.order_by("-pk").first()
    if newest is not None and not newest.is_ours:
        return "AUDIT_KEY is not the one that the audit was written with: put that one back, behind the new one."
    return ""


@check_after_restore
@health_check("audit guard", Level.TROUBLE)
def audit_can_be_changed():
    if not guard.is_installed(DEFAULT_DB_ALIAS):
        return "The database does not guard the audit against changes: run manage.py migrate, then verify_audit."
    return ""


@health_check("audit seal", Level.TROUBLE)
def audit_is_not_sealed():
    if AuditEntry.objects.unsealed().filter(at__lt=timezone.now() - SEALED_WITHIN).exists():
        return "Entries of the audit wait for their seal: the worker has to run (manage.py run_worker)."
    return ""


@health_check("audit", Level.TROUBLE)
def audit_is_not_whole():
    if seals_are_missing(known_head()):
        return "The end of the audit was cut off: run manage.py verify_audit, and keep the database as it is."
    check = AuditCheck.objects.first()
    if check is not None and check.troubles:
        return "The audit is not whole: run manage.py verify_audit, and keep the database as it is."
    return ""
