"""What goes with a page that is taken down: the links that lead there, and what else shows it."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic_site.models import Notice
from treatments.models import SectionKind, Unit, Version
from treatments.words.fields import fields_of
from treatments.words.wording import wordings_of

AFTER_AN_ADDRESS = {"", ")", "#", "?", '"', "'", " ", "\n"}


@dataclass(frozen=True)
class WhatGoes:
    """
    `linking`: the live versions, and notices, whose words lead to the page; `loses`: what home and other pages lose, in
    words.
    """

    linking: list[Version | Notice]
    loses: list[str]


def what_goes(version) -> WhatGoes:
    """What patients lose beside the page itself while it is down. Links to it are drawn as text until it is back."""
    live = Version.objects.live_at(timezone.now(), version.language).exclude(unit=version.unit_id)
    others = list(live.select_related("unit__treatment").order_by("unit__kind", "unit__position"))
    wordings = wordings_of(others)
    address = version.get_absolute_url()
    linking = [other for other in others if _leads_to(wordings[other.pk], address)]
    linking += [notice for notice in Notice.objects.shown() if _has_address(notice.body, address)]
    return WhatGoes(linking, _what_is_lost(version.unit))


def _leads_to(wording, address):
    return any(_has_address(field.value, address) for field in fields_of(wording) if field.is_text)


def _has_address(text, address):
    """Whether a text leads to the address itself, and not to a page below it."""
    return any(rest[:1] in AFTER_AN_ADDRESS for rest in text.split(address)[1:])


def _what_is_lost(unit):
    if unit.kind == Unit.Kind.TREATMENT:
        return [_("Home and the menu lose the whole treatment: patients can read no page of it, nor ask for it.")]
    if unit.kind == Unit.Kind.BENEFIT:
        return [_("Home, the overview and the page of benefits lose its card, and the request form its choice.")]
    losses = {
        SectionKind.OVERVIEW: _("The guide loses its first page."),
        SectionKind.RISKS: _("Home loses the risks beside the benefits, and the link to all of them."),
        SectionKind.SUITABILITY: _("The guide loses the self-check, and the request form its questions on safety."),
        SectionKind.BEFORE: _("The guide loses the calendar file of the days before the visit."),
    }
    menu = _("The menu and the list of pages lose its entry.")
    return [*filter(None, [losses.get(unit.section_kind)]), menu]
