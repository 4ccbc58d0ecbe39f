"""What those who write and answer for the copy see after signing in: what patients read since when, and by whom."""

from django.urls import reverse
from django.utils import timezone

from clinic_site.home import home_panel
from treatments.models import Unit, Version

LINES = 6
ADMIN_OF = {Unit.Kind.TREATMENT: "treatmentfacts", Unit.Kind.SECTION: "section", Unit.Kind.BENEFIT: "benefit"}


@home_panel("treatments.view_version", "admin/treatments/home_copy.html", order=3)
def newest_copy(request):
    """The pages that changed last, the newest first, each with its way to the words and to the page itself."""
    live = Version.objects.live_at(timezone.now()).filter(unit__kind__in=ADMIN_OF)
    newest = live.select_related("unit__treatment", "written_by").order_by("-live_from", "-pk")[:LINES]
    return {"versions": [(version, change_page_of(version.unit)) for version in newest]}


def change_page_of(unit):
    return reverse(f"admin:treatments_{ADMIN_OF[Unit.Kind(unit.kind)]}_change", args=[unit.pk])
