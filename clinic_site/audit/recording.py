"""Writing the audit: one row of what somebody did or saw. Where it cannot be written, it is not done or shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DatabaseError

from clinic_site.models import AuditEntry

Action = AuditEntry.Action
_read: ContextVar[dict[int, None] | None] = ContextVar("requests that were read", default=None)


class NotWritten(Exception):
    """The row could not be written, so nothing may be shown."""


@contextmanager
def reading() -> Iterator[dict[int, None]]:
    """Within this, the numbers of all requests whose name is read from the database are gathered, in their order."""
    token = _read.set({})
    try:
        yield _read.get()
    finally:
        _read.reset(token)


def note_read(pk: int):
    """A request was read, name and all; where nobody gathers that, it is nobody's look."""
    gathered = _read.get()
    if gathered is not None:
        gathered[pk] = None


def note_details(request, **details):
    """What the row of this page is to say beside what was read."""
    request.audit_details = details


def record(action, by=None, request=None, **fields):
    """
    Write what `by` did: `request` says at which device, `about` which requests it was about, `details` the rest.

    Raises NotWritten.
    """
    if request is not None:
        fields.setdefault("device", request.session.get("device", ""))
    try:
        return AuditEntry.write(action, staff_id=by.pk if by else None, role=_role(by, request), **fields)
    except DatabaseError as error:
        raise NotWritten from error


def _role(by, request):
    """What somebody works as: the name of their group. Their session keeps it, as a change of it ends that."""
    if by is None:
        return ""
    kept = request.session.get("role") if request is not None and request.user == by else ""
    return kept or ", ".join(by.groups.values_list("name", flat=True))
