"""Pages that were retired where a folder was written: they are so where it is loaded, and lead to the same pages."""

from django.utils import timezone

from treatments.guide_files.folder import TextFile
from treatments.guide_files.shape import RETIRED
from treatments.models import Unit


def retired_at(file: TextFile):
    """The moment from which a page that is made now is retired; None where its file does not say so."""
    for name, kind in RETIRED.items():
        if not isinstance(file.data.get(name, kind()), kind):
            raise file.bad((name,), f"{name} takes no such value: {str(file.data[name])[:40]}")
    is_retired = file.data.get("retired", False)
    if "leads_to" in file.data and not is_retired:
        raise file.bad(("leads_to",), "a page leads to another one once it is retired. Say so, or delete this line.")
    return timezone.now() if is_retired else None


def lead_on(unit, file: TextFile):
    """Have a retired page lead where its file says. Raises BadContent where no page is there."""
    address = file.data["leads_to"]
    others = Unit.objects.exclude(pk=unit.pk).exclude(kind=Unit.Kind.TREATMENT).select_related("treatment")
    unit.leads_to = next((other for other in others if other.get_absolute_url() == address), None)
    if unit.leads_to is None:
        words = "no page has this address. Load the guide that has it first, or delete this line."
        raise file.bad(("leads_to",), words)
    unit.save(update_fields=["leads_to"])


def is_retired(unit):
    """Whether it, or its whole treatment, was retired for good: what a file says of it then waits as a draft."""
    kinds = {Unit.Kind.TREATMENT, unit.kind}
    retired = Unit.objects.filter(treatment=unit.treatment_id, kind__in=kinds).exclude(retired_at=None)
    return any(each.pk == unit.pk or each.kind == Unit.Kind.TREATMENT for each in retired)
