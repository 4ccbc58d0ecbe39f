"""What the home page and the list of treatments show where there are several: by concern, and one by one."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic_site.templatetags.languages import in_own_language
from treatments.guide.ways import ways_of
from treatments.models import SectionKind, Unit, Version

SHOWN_WAYS = (SectionKind.SUITABILITY, SectionKind.RISKS)  # a treatment's risks beside what it is
READ = ["language", "title", "summary", "signed_at", *(f"unit__{name}" for name in ("kind", "section_kind", "slug"))]
READ += ["unit__treatment__slug"]


@dataclass
class Offered:
    """A treatment that patients read about: its facts, the ways into its guide, its benefits."""

    facts: Version
    sections: list[Version] = field(default_factory=list)
    benefits: list[Version] = field(default_factory=list)

    @property
    def url(self):
        return self.facts.get_absolute_url()

    @property
    def ways_row(self):
        """The ways into its guide in a line: its risks are as easy to find as the guide itself."""
        title = in_own_language(self.facts.title, self.facts)
        ways = [(self.url, format_html(_("%(name)s guide") % {"name": "{}"}, title), "")]
        shown = [way for way in ways_of(self.sections) if way.kind in SHOWN_WAYS]
        ways += [(way.url, way.name, format_html(": {}", title)) for way in shown]
        link = '<li><a href="{}">{}<span class="visually-hidden">{}</span></a></li>'
        return format_html('<ul class="ways-row" role="list">{}</ul>', format_html_join("", link, ways))


def all_offered(treatments, with_benefits=True) -> list[Offered]:
    """These treatments in their order. Of several, of their sections only those that stand beside their names."""
    live = Version.objects.read_at(timezone.now(), get_language()).filter(unit__treatment__in=treatments)
    if len(treatments) > 1:
        live = live.filter(unit__section_kind__in=["", *SHOWN_WAYS])
    if not with_benefits:
        live = live.exclude(unit__kind=Unit.Kind.BENEFIT)
    ordered = live.in_reading_order().order_by("unit__treatment", "unit__position", "unit__slug")
    versions = list(ordered.only(*READ))
    offered = {
        version.unit.treatment_id: Offered(version) for version in versions if version.unit.kind == Unit.Kind.TREATMENT
    }
    for version in versions:
        if version.unit.kind == Unit.Kind.SECTION:
            offered[version.unit.treatment_id].sections.append(version)
        elif version.unit.kind == Unit.Kind.BENEFIT:
            offered[version.unit.treatment_id].benefits.append(version)
    return list(offered.values())


def by_concern(treatments) -> list[tuple[str, list[tuple[Version, Version]]]]:
    """Each concern by its name, with the treatments that may help: (facts, benefit). In the order of the alphabet."""
    concerns: dict[tuple[str, str], tuple[str, list]] = {}
    for treatment in treatments:
        for benefit in treatment.benefits:
            _name, helping = concerns.setdefault((benefit.title.casefold(), benefit.language), (benefit.title, []))
            helping.append((treatment.facts, benefit))
    return [concerns[key] for key in sorted(concerns)]
