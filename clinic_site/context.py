"""What every page says of the clinic."""

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from clinic_site.hours import weekly_table
from clinic_site.models import Banner, Clinic, Notice, TeamMember


def clinic(request):
    """The clinic's profile, hours and notices, read only where a template asks for them."""
    return {
        "site_url": settings.SITE_URL,
        "clinic": SimpleLazyObject(Clinic.profile),
        "banners": SimpleLazyObject(lambda: list(Banner.objects.showing(timezone.now()))),
        "weekly_hours": SimpleLazyObject(weekly_table),
        "has_team": SimpleLazyObject(TeamMember.objects.exists),
        "notices": SimpleLazyObject(lambda: list(Notice.objects.shown())),
    }
