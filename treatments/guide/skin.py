"""
Skin as it is: how four tones look before, after needling, and with a dark mark.

The drawings are one drawing in four sets of colors (static/css/components/skin.css), so their words stand here, beside
them. Where melanin lies and how redness looks follow facts F203 and F204; a clinician still confirms the drawings.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treatments.guide.answers import Skin

DAYS = [0, 2, 5]  # that are drawn


@dataclass(frozen=True)
class Look:
    """One drawing: the day after the visit, or None for a dark mark that stayed, and what it shows in words."""

    day: int | None
    shows: str | Promise

    @property
    def drawing(self):
        return "mark" if self.day is None else f"day-{self.day}"


@dataclass(frozen=True)
class Tone:
    """A skin tone: how redness is told, where its melanin lies, and how it looks day by day."""

    skin: Skin
    redness: str | Promise
    melanin: str | Promise
    looks: list[Look]

    @property
    def days(self):
        return [look for look in self.looks if look.day is not None]

    @property
    def mark(self):
        return self.looks[-1]


TONES = [
    Tone(
        Skin.LIGHT,
        _("redness shows pink or red"),
        _("Small dots of pigment, far apart, along the bottom of the outer layer."),
        [
            Look(0, _("Pink or red, warm and tight")),
            Look(2, _("Pink, rough, may peel")),
            Look(5, _("Nearly your own color, flakes go")),
            Look(None, _("A tan or brown mark")),
        ],
    ),
    Tone(
        Skin.OLIVE,
        _("redness shows rose or brick"),
        _("A full row of dots along the bottom of the outer layer, and a few above it."),
        [
            Look(0, _("Rose or brick red, warm and tight")),
            Look(2, _("A little redder or darker, rough, may peel")),
            Look(5, _("Nearly your own color, flakes go")),
            Look(None, _("A brown mark")),
        ],
    ),
    Tone(
        Skin.BROWN,
        _("redness looks darker or purple"),
        _("Larger, darker dots fill the lowest row, and a second row lies above it."),
        [
            Look(0, _("Darker or purple, warm and tight")),
            Look(2, _("Still a little darker, rough, may peel")),
            Look(5, _("Nearly your own color, flakes go")),
            Look(None, _("A mark clearly darker than your skin")),
        ],
    ),
    Tone(
        Skin.BLACK,
        _("redness is hard to see"),
        _("Large, very dark dots fill the lowest row, with more rows above it."),
        [
            Look(0, _("Hard to see: go by touch, warm and tight")),
            Look(2, _("Nearly your own color, flakes look pale")),
            Look(5, _("Your own color, the last flakes go")),
            Look(None, _("A mark much darker than your skin")),
        ],
    ),
]
