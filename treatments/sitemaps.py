from django.contrib.sitemaps import Sitemap
from django.utils import timezone

from treatments.models import Treatment, Unit, Version


class GuideSitemap(Sitemap):
    """Every live page of the guide, with the moment at which its words last changed."""

    def items(self):
        live = Version.objects.live_at(timezone.now()).exclude(unit__kind=Unit.Kind.TREATMENT)
        return live.filter(unit__treatment__in=Treatment.objects.offered()).in_reading_order()

    def lastmod(self, version):
        return version.live_from
