"""What the manager reads of the site's health after signing in."""

from clinic_site.health.checks import Level
from clinic_site.models import Problem
from clinic_site.staff.home_panels import home_panel

MANAGES = "clinic_site.change_clinic"


@home_panel(MANAGES, "clinic_site/admin/home_troubles.html", order=-1)
def troubles(request):
    """What stops the site or will; nothing where there is none."""
    found = Problem.objects.to_show().exclude(level=Level.ADVICE).order_by("level", "pk")  # a stop before trouble
    return {"problems": found} if found else None


@home_panel(MANAGES, "clinic_site/admin/home_advice.html", column="side", order=20)
def advice(request):
    """What there is to do before patients come, or when there is time."""
    found = Problem.objects.to_show().filter(level=Level.ADVICE)
    return {"problems": found} if found else None
