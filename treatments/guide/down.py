"""Addresses below /treatments/ at which nothing is to be read now: what leads there is drawn as its words."""

import copy
import re

from django.db.models import Q
from django.utils import timezone

from clinic_site.content_revision import KeptUntilChanged
from clinic_site.languages import ORIGINAL, addresses_in, language_and_path
from treatments.models import OldAddress, Treatment, Unit

BELOW_A_PAGE = re.compile(r"(?<=/)(?:check/|for-you/|preparation\.ics|card\.png)$")
FIRST = "/treatments/"

kept = KeptUntilChanged(most=1)


def addresses_down(moment, but=None) -> frozenset[str]:
    """
    The addresses, now and once, of all pages that patients cannot read at that moment. `but`: a unit whose draft is
    looked at as if it were live.

    They are those of the original: what is down in it is down in every language.
    """
    read = Unit.objects.live_at(moment).values("pk")
    offered = Treatment.objects.offered(moment).values("pk")
    down = Unit.objects.filter(~Q(pk__in=read) | ~Q(treatment__in=offered)).exclude(pk=but).select_related("treatment")
    units = {unit.pk: unit for unit in down}
    if not units:
        return frozenset()
    old = [_at(units[each.unit_id], each.slug) for each in OldAddress.objects.filter(unit__in=units)]
    with addresses_in(ORIGINAL):
        return frozenset(unit.get_absolute_url() for unit in [*units.values(), *old])


def is_among(address, down) -> bool:
    """Whether that is the address of one of these pages, whatever part of it, question or file below it follows."""
    _language, path = language_and_path(address.partition("#")[0].partition("?")[0])
    return path in down or BELOW_A_PAGE.sub("", path) in down


def is_down(address) -> bool:
    """Whether nothing is to be read at that address now."""
    if FIRST not in address:
        return False
    return is_among(address, kept.get("down", lambda: addresses_down(timezone.now())))


def _at(unit, slug):
    """The same unit at a slug that it had."""
    unit = copy.copy(unit)
    unit.slug = slug
    return unit
