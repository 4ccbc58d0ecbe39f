"""What somebody has begun and a colleague has to go on with. The apps register what they know of."""

from collections.abc import Callable
from dataclasses import dataclass

from clinic_site.models import StaffMember

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class OpenWork:
    """
    A kind of work that has an owner.

    `permission` is what its owner has to have, `words(number)` says how much it is, and `hand_over(member, to, by)`
    gives all of a member's to a colleague, or to nobody where `to` is None.
    """

    permission: str
    count: Callable
    words: Callable
    hand_over: Callable


_kinds: list[OpenWork] = []


def register(kind):
    """Have a kind of work be handed over when its owner leaves."""
    _kinds.append(kind)


def work_of(member) -> list[str]:
    """What is somebody's now, in words; empty where it is nothing."""
    counted = [(kind, kind.count(member)) for kind in _kinds]
    return [kind.words(number) for kind, number in counted if number]


def colleagues_of(member):
    """Who may take over all that somebody can own."""
    return able_to(*(kind.permission for kind in _kinds)).exclude(pk=member.pk)


def able_to(*permissions):
    """Those who work here now and have each of these permissions, by name."""
    able = StaffMember.objects.filter(is_active=True, is_staff=True)
    for permission in permissions:
        able = able.filter(pk__in=StaffMember.objects.with_perm(permission, backend=BACKEND))
    return able.order_by("first_name", "username")


def hand_over(member, to, by, unless_allowed=False):
    """Give somebody's work to a colleague, or to nobody; with `unless_allowed` only what they may not do any more."""
    for kind in _kinds:
        if not (unless_allowed and member.has_perm(kind.permission)):
            kind.hand_over(member, to, by)
