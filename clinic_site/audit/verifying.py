"""Reads the audit again, entry by entry and seal by seal, and names what is not as it was written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import Count, Min

from clinic_site.audit.sealing import digest_of, known_head
from clinic_site.audit.stretches import in_stretches, numbers_in
from clinic_site.models import AuditCheck, AuditEntry, AuditPurge, AuditSeal
from clinic_site.models.audit import in_utc, is_ours

ROWS_AT_ONCE = 5000
MOST_NAMED = 100
CHECKED = ("seal", "pk", "mac", "at", "staff_id", "role", "device", "action", "page", "about", "details", "nonce")


@dataclass
class Verified:
    """How many entries there are since when, how many of them are newer than the last seal, and what is wrong."""

    entries: int = 0
    newer: int = 0
    since: datetime | None = None
    head: str = ""
    troubles: list[str] = field(default_factory=list)


def verify(head_known="", progress: Callable[[int], None] | None = None) -> Verified:
    """
    Check everything. `head_known` is a head from a log or a backup: "number head"; without one the file beside the
    database says it. `progress` hears how many entries were read.
    """
    verified = Verified(since=AuditEntry.objects.aggregate(first=Min("at"))["first"])
    verified.troubles += _doubles()
    start, troubles = _where_the_chain_begins()
    verified.troubles += troubles
    seals, troubles = _checked_seals(*start)
    verified.troubles += troubles
    rows = groupby(_entries(), key=lambda row: row[0])
    left = dict(seals)
    for number, entries in rows:
        there = []
        for row in entries:
            verified.entries += 1
            if progress and verified.entries % ROWS_AT_ONCE == 0:
                progress(verified.entries)
            there.append(row[1:3])
            if not is_ours(row[2], in_utc(row[3]), *row[4:]):
                verified.troubles.append(f"Entry {row[1]} was changed, or added by somebody without the key.")
        if number is None:
            verified.newer = len(there)
        else:
            verified.troubles += _compared(number, left.pop(number, None), there)
    for number, seal in left.items():
        verified.troubles += _compared(number, seal, [])
    verified.troubles += _tail(seals, head_known or known_head())
    verified.head = f"{max(seals)} {seals[max(seals)].head}" if seals else ""
    return verified


def verify_and_note() -> AuditCheck:
    """Check everything, and keep what was found for the manager's screen."""
    verified = verify()
    check, _made = AuditCheck.objects.update_or_create(
        pk=1,
        defaults={
            "at": AuditCheck().at,
            "entries": verified.entries,
            "newer": verified.newer,
            "since": verified.since,
            "troubles": verified.troubles[:MOST_NAMED],
        },
    )
    return check


def _entries() -> Iterator[tuple]:
    """All of them as they are stored, the sealed ones in the order of their seals, then the rest."""
    rows = AuditEntry.objects.values_list(*CHECKED)
    yield from rows.exclude(seal=None).order_by("seal", "pk").iterator(chunk_size=ROWS_AT_ONCE)
    yield from rows.filter(seal=None).order_by("pk").iterator(chunk_size=ROWS_AT_ONCE)


def _doubles():
    """An entry that was copied keeps its MAC, and is found by that."""
    doubled = AuditEntry.objects.values("mac").annotate(n=Count("pk"), first=Min("pk")).filter(n__gt=1)
    return [f"Entry {row['first']} stands there more than once: a copy was inserted." for row in doubled]


def _where_the_chain_begins():
    """The last seal that was purged and its head; at the very beginning, nothing."""
    start, troubles = (0, ""), []
    for purge in AuditPurge.objects.order_by("through", "pk"):
        if purge.is_ours:
            start = (purge.through, purge.head)
        else:
            troubles.append(f"The purge through seal {purge.through} was not made by this program.")
    return start, troubles


def _checked_seals(number, head):
    """The seals by their numbers, and what is wrong in their chain."""
    seals, troubles = {}, []
    for seal in AuditSeal.objects.filter(number__gt=number).order_by("number").iterator(chunk_size=ROWS_AT_ONCE):
        if seal.number != number + 1:
            gone = in_stretches(range(number + 1, seal.number))
            troubles.append(f"Seal {gone} was removed.")
        elif not is_ours(seal.head, *seal.signed_parts(head)):
            troubles.append(f"Seal {seal.number} was changed, or is not made with this AUDIT_KEY.")
        number, head = seal.number, seal.head
        seals[seal.number] = seal
    return seals, troubles


def _compared(number, seal, there):
    """What speaks against the entries that bear the number of a seal."""
    if seal is None:
        return [f"Entries {in_stretches(pk for pk, _mac in there)} bear seal {number}, which is not there."]
    wanted, found = set(numbers_in(seal.entries)), {pk for pk, _mac in there}
    troubles = []
    if gone := sorted(wanted - found):
        troubles.append(f"Entry {in_stretches(gone)} was removed (seal {number} of {seal.at:%Y-%m-%d %H:%M} UTC).")
    if more := sorted(found - wanted):
        troubles.append(f"Entry {in_stretches(more)} was inserted (seal {number}).")
    if not troubles and digest_of(there) != seal.digest:
        troubles.append(f"Entries of seal {number} ({seal.entries}) are not those that were sealed.")
    return troubles


def _tail(seals, head_known):
    """Whether the chain holds the head that is known from outside."""
    number, _space, head = head_known.partition(" ")
    if not number.isdecimal() or not head:
        return []
    last = max(seals, default=0)
    if int(number) > last:
        return [
            f"The end was cut off: seals {in_stretches(range(last + 1, int(number) + 1))} and their entries are gone."
        ]
    if int(number) in seals and seals[int(number)].head != head:
        return [
            f"Seal {number} is another than the one that is known from outside the database: the chain was made anew."
        ]
    return []
