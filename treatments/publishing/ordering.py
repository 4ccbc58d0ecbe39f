"""The order of units and their addresses. Neither is a word that is signed: both change at once."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from treatments.models import OldAddress, Unit

STEP = 10
TAKEN = {"for-you"}  # below a treatment's address, beside its sections


@transaction.atomic
def move(unit, way):
    """Change places with the neighbor above or below; at the end nothing happens."""
    siblings = Unit.objects.filter(treatment=unit.treatment_id, kind=unit.kind)
    siblings.lock()
    units = list(siblings.order_by("position", "slug"))
    place = units.index(Unit(pk=unit.pk))
    other = place + (1 if way == "down" else -1)
    if 0 <= other < len(units):
        units[place], units[other] = units[other], units[place]
    for number, each in enumerate(units, start=1):
        each.position = number * STEP
    Unit.objects.bulk_update(units, ["position"])


@transaction.atomic
def change_address(unit, slug):
    """
    Give a page another address and keep the old one leading to it; returns the old address.

    Raises ValidationError where another page has or had that address, and for a guide's first page, which is at the
    treatment's own.
    """
    if not unit.has_own_address:
        raise ValidationError(_("This page stands at the treatment's own address, which does not change."))
    if unit.kind == Unit.Kind.SECTION and slug in TAKEN:
        raise ValidationError(_("Another page already has this address. Choose a different one."))
    here = {"treatment": unit.treatment_id, "kind": unit.kind}
    Unit.objects.filter(**here).lock()
    same = {"treatment_id": unit.treatment_id, "kind": unit.kind, "slug": slug}
    if slug == unit.slug:
        raise ValidationError(_("That is its address already."))
    if Unit.objects.filter(**here, slug=slug).exists():
        raise ValidationError(_("Another page already has this address. Choose a different one."))
    if OldAddress.objects.filter(**here, slug=slug).exclude(unit=unit.pk).exists():
        raise ValidationError(_("Another page had this address, and links still lead there. Choose a different one."))
    old = unit.get_absolute_url()
    OldAddress.objects.filter(**same).delete()
    OldAddress.objects.create(unit_id=unit.pk, **(same | {"slug": unit.slug}))
    unit.slug = slug
    unit.save(update_fields=["slug"])
    return old
