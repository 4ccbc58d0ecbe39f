"""Who else has a request open. A quiet word, kept for minutes and never a lock: the save decides."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

STAYS = timedelta(minutes=5)


def record_viewer(request_pk: int, staff) -> list[tuple[str, datetime]]:
    """Say that this member reads a request; returns who else does: (name, since when)."""
    key, now = f"readers-of-request-{request_pk}", timezone.now()
    readers = {
        reader: (name, since, seen)
        for reader, (name, since, seen) in cache.get(key, {}).items()
        if now - seen < STAYS and reader != staff.pk
    }
    others = [(name, since) for name, since, _seen in readers.values()]
    mine = cache.get(key, {}).get(staff.pk)
    since = mine[1] if mine and now - mine[2] < STAYS else now
    cache.set(key, readers | {staff.pk: (staff.shown_name, since, now)}, STAYS.total_seconds())
    return others
