from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from clinic_site.languages import ORIGINAL, addresses_in
from clinic_site.models import Clinic
from clinic_site.pages.sitemaps import OwnSitemap
from treatments.models import SectionKind, Treatment, Unit, Version
from treatments.models.live import ANY
from treatments.models.rows import ROW_MODELS
from treatments.prose import ProseField

KINDS = Unit.Kind
# The kinds of sections whose pages show words of other units, beside clinic fields: of these kinds of units.
SHOWN_BESIDE = {
    SectionKind.OVERVIEW: {KINDS.TREATMENT, KINDS.SECTION, KINDS.BENEFIT},
    SectionKind.BENEFITS: {KINDS.BENEFIT},
    SectionKind.RECOVERY: {KINDS.TREATMENT},  # its drawing of healing follows key facts
}


class GuideSitemap(OwnSitemap):
    """
    Every live page of the guide in each language in which it is read, with the moment at which its words last changed.

    That is when the version of its unit went live, or a later one of those whose words it shows as well: the
    treatment's facts where it takes key facts or clinic fields from them, benefits and sections where it lists them.
    """

    def items(self):
        live = Version.objects.live_at(timezone.now(), ANY).filter(unit__treatment__in=Treatment.objects.offered())
        self.versions = _of_the_clinics_languages(list(live.in_reading_order()))
        self.with_clinic_fields = set(versions_with_clinic_fields(live))
        return [version for version in self.versions if version.unit.kind != KINDS.TREATMENT]

    def location(self, version):
        with addresses_in(version.language):
            return version.get_absolute_url()

    def lastmod(self, version):
        kinds = self._shown_beside(version)
        return max(
            other.live_from
            for other in self.versions
            if other == version or (other.unit.treatment == version.unit.treatment and other.unit.kind in kinds)
        )

    def _shown_beside(self, version):
        """The kinds of units whose words stand on a version's page beside its own."""
        kinds = {KINDS.TREATMENT} if version.pk in self.with_clinic_fields else set()
        if version.unit.kind == KINDS.BENEFIT:
            return kinds | {KINDS.BENEFIT}  # it leads to the other benefits
        return kinds | SHOWN_BESIDE.get(version.unit.section_kind, set())


def _of_the_clinics_languages(versions):
    """Without translations into what the clinic does not show, and of pages whose original is down."""
    originals = {version.unit_id for version in versions if version.language == ORIGINAL}
    if all(version.language == ORIGINAL for version in versions):
        return versions
    shown = {ORIGINAL, *Clinic.profile().languages}
    return [version for version in versions if version.language in shown and version.unit_id in originals]


class ForYouSitemap(OwnSitemap):
    """The questions of For you, of each treatment whose choices are written; somebody's answers have no address."""

    def items(self):
        live = Version.objects.live_at(timezone.now()).filter(unit__kind=KINDS.TREATMENT, choices__isnull=False)
        return list(Treatment.objects.offered().filter(pk__in=live.order_by().values("unit__treatment")))

    def location(self, treatment):
        return reverse("treatments:for-you", args=[treatment.slug])


def versions_with_clinic_fields(versions):
    """The keys of the versions in whose words a clinic field is put in."""
    queries = [versions.filter(lead__contains="[[").order_by().values_list("pk")]
    for model in ROW_MODELS:
        names = [field.name for field in model._meta.fields if isinstance(field, ProseField)]
        if names:
            holds = Q.create([(f"{name}__contains", "[[") for name in names], connector=Q.OR)
            queries.append(model.objects.filter(holds, version__in=versions).order_by().values_list("version"))
    return [key for (key,) in queries[0].union(*queries[1:])]
