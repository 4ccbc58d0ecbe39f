from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from clinic_site.models import Notice, TeamMember


class OwnSitemap(Sitemap):
    """Addresses begin with the site's own, whatever host and port a client claims to have asked."""

    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class ClinicSitemap(OwnSitemap):
    """
    The pages that are no one unit's: the first ones, and those about the clinic that are there.

    No single record says when their words changed, so they have no date.
    """

    def items(self):
        pages = [reverse(name) for name in ("treatments:home", "treatments:treatments", "visit", "booking:request")]
        if TeamMember.objects.exists():
            pages.append(reverse("team"))
        return pages + [notice.get_absolute_url() for notice in Notice.objects.shown()]

    def location(self, item):
        return item
