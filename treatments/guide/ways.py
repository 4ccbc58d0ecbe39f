"""The ways into the guide: what readers come to ask, in one order for the first page, the menu and the search."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from treatments.models import SectionKind, Unit, Version

NAMES = {
    SectionKind.OVERVIEW: _("What it is"),
    SectionKind.SUITABILITY: _("Is it for me?"),
    SectionKind.PROCEDURE: _("What a visit is like"),
    SectionKind.RECOVERY: _("Recovery"),
    SectionKind.RISKS: _("Risks"),
    SectionKind.COST: _("Cost"),
    SectionKind.OPTION: "",  # by its own name: each treatment has others
}
ON_A_DESK = (SectionKind.SUITABILITY, SectionKind.COST)  # beside the guide itself, where the menu is one line


@dataclass(frozen=True)
class Way:
    kind: SectionKind
    name: str
    url: str
    summary: str
    is_on_a_desk: bool = False


@dataclass(frozen=True)
class Menu:
    """The guides that patients can read, (name, address, language), and the ways into it where there is one alone."""

    guides: list[tuple[str, str, str]]
    ways: list[Way]

    @property
    def is_of_many(self):
        return len(self.guides) > 1


def ways_of(sections) -> list[Way]:
    """Those whose section is live, in the order above."""
    live = {section.unit.section_kind: section for section in sections}
    return [
        Way(kind, str(name) or live[kind].title, live[kind].get_absolute_url(), live[kind].summary, kind in ON_A_DESK)
        for kind, name in NAMES.items()
        if kind in live
    ]


def menu() -> Menu:
    """What the menu of every page leads to, in one question to the database."""
    kinds = [Unit.Kind.TREATMENT, Unit.Kind.SECTION]
    live = Version.objects.read_at(timezone.now(), get_language()).filter(unit__kind__in=kinds)
    versions = list(live.select_related("unit__treatment").order_by("unit__treatment__position"))
    facts = [version for version in versions if version.unit.kind == Unit.Kind.TREATMENT]
    first = facts[0].unit.treatment if facts else None
    sections = [each for each in versions if each.unit.kind == Unit.Kind.SECTION and each.unit.treatment == first]
    ways = ways_of(sections) if len(facts) == 1 else []
    return Menu([(each.title, each.get_absolute_url(), each.language) for each in facts], ways)
