from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from clinic_site.models import Notice, TeamMember


class ClinicSitemap(Sitemap):
    """The pages about the clinic that are there."""

    def items(self):
        pages = [reverse("visit"), reverse("booking:request")]
        if TeamMember.objects.exists():
            pages.append(reverse("team"))
        return pages + [notice.get_absolute_url() for notice in Notice.objects.shown()]

    def location(self, item):
        return item
