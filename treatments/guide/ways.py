"""The ways into the guide: what readers come to ask, in one order for the first page, the menu and the search."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import KeptUntilChanged
from treatments.models import Unit, Version

NAMES = {
    "overview": _("What it is"),
    "suitability": _("Is it for me?"),
    "procedure": _("What a visit is like"),
    "recovery": _("Recovery"),
    "risks": _("Risks"),
    "cost": _("Cost"),
    "prp": _("PRP"),
}
ON_A_DESK = ("suitability", "cost")  # beside the guide itself, where the menu is one line

menus = KeptUntilChanged(most=10)  # by language


@dataclass(frozen=True)
class Way:
    slug: str
    name: str
    url: str
    is_on_a_desk: bool = False


@dataclass(frozen=True)
class Menu:
    """The guides that patients can read, (name, address), and the ways into the first of them."""

    guides: list[tuple[str, str]]
    ways: list[Way]


def ways_of(sections) -> list[Way]:
    """Those whose section is live, in the order above."""
    live = {section.unit.slug: section for section in sections}
    return [
        Way(slug, str(name), live[slug].get_absolute_url(), slug in ON_A_DESK)
        for slug, name in NAMES.items()
        if slug in live
    ]


def menu() -> Menu:
    """What the menu of every page leads to, kept until content changes."""
    return menus.get(get_language(), _make)


def _make():
    live = Version.objects.live_at(timezone.now(), get_language()).select_related("unit__treatment")
    facts = list(live.of_kind(Unit.Kind.TREATMENT).order_by("unit__treatment__position"))
    first = live.of_kind(Unit.Kind.SECTION).filter(unit__treatment=facts[0].unit.treatment) if facts else []
    return Menu([(each.title, each.get_absolute_url()) for each in facts], ways_of(first))
