"""Once a minute: what was written since is chained to all before it, and the head of the chain leaves the database."""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clinic_site.audit.stretches import in_stretches
from clinic_site.models import AuditEntry, AuditSeal
from clinic_site.models.audit import mac_of

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 5000  # entries in a seal


def seal_entries() -> int:
    """Seal all that is not sealed yet; returns how many entries that were. Can be run twice, and by two at once."""
    sealed = 0
    while seal := _seal_some():
        sealed += seal.held
        _let_out(seal)
    return sealed


def digest_of(entries: Iterable[tuple[int, str]]) -> str:
    """What entries add up to: each by its number and its MAC."""
    digest = hashlib.sha256()
    for pk, mac in entries:
        digest.update(f"{pk}:{mac}\n".encode())
    return digest.hexdigest()


def head_file() -> Path:
    """Where the newest head is kept beside the database: who cuts off the end of the audit finds it named here."""
    return settings.DATA_DIR / "audit_head"


def head_now() -> str:
    """The newest head as number and text, for a log, a backup or a sheet of paper; nothing before the first seal."""
    last = AuditSeal.last()
    return f"{last.number} {last.head}" if last else ""


def known_head() -> str:
    """The head that the file beside the database says; nothing where there is none."""
    return head_file().read_text().strip() if head_file().exists() else ""


def seals_are_missing(head_known: str) -> bool:
    """Whether the chain ends before a head that is known from outside."""
    number = head_known.partition(" ")[0]
    last = AuditSeal.last()
    return number.isdecimal() and int(number) > (last.number if last else 0)


@transaction.atomic
def _seal_some():
    before = AuditSeal.objects.select_for_update().order_by("-number").first()
    entries = list(AuditEntry.objects.unsealed().values_list("pk", "mac")[:MOST_AT_ONCE])
    if not entries:
        return None
    numbers = [pk for pk, _mac in entries]
    seal = AuditSeal(
        number=before.number + 1 if before else 1,
        at=timezone.now(),
        entries=in_stretches(numbers),
        digest=digest_of(entries),
    )
    seal.head = mac_of(settings.AUDIT_KEYS[0], *seal.signed_parts(before.head if before else ""))
    seal.save(force_insert=True)
    AuditEntry.objects.filter(pk__in=numbers).update(seal=seal.number)
    seal.held = len(entries)
    return seal


def _let_out(seal):
    """Out of the database: into the log, and into the file beside it."""
    logger.info("Audit: seal %s over %s entries, head %s", seal.number, seal.held, seal.head)
    half_way = head_file().with_suffix(".new")
    half_way.touch(mode=0o600)
    half_way.write_text(f"{seal.number} {seal.head}\n")
    half_way.replace(head_file())
