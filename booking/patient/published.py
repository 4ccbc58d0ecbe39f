"""What the request form takes from published content, kept until that changes."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from booking.patient.time_chooser import NOON
from booking.wishes import Window, half_day
from clinic_site.content_revision import KeptUntilChanged
from clinic_site.models import OpeningHours
from treatments.models import Benefit, Caution, Treatment, Version


@dataclass(frozen=True)
class Published:
    """What the form takes from published content, and what is made of that alone."""

    treatments: dict[str, Treatment]
    benefits: dict[str, Benefit]
    titles: dict[str, str]  # of the benefits
    cautions: list[Caution]
    half_days: list[tuple[str, list[Window]]]  # of each weekday on which the clinic is open
    parts: dict = field(default_factory=dict)  # of the page, written once

    @classmethod
    def read(cls):
        live = Version.objects.live_at(timezone.now())
        treatments = Treatment.objects.offered()
        titles = dict(live.of_kind("benefit").values_list("unit_id", "title"))
        benefits = Benefit.objects.live_at(timezone.now()).filter(treatment__in=treatments).select_related("treatment")
        return cls(
            {treatment.slug: treatment for treatment in treatments},
            {benefit.slug: benefit for benefit in benefits},
            {benefit.slug: titles[benefit.pk] for benefit in benefits},
            list(Caution.objects.filter(version__in=live)),
            _half_days(),
        )

    def once(self, name, write: Callable[[], str]) -> str:
        """A part of the page that reads the same in every form. What somebody answered is never in it."""
        if name not in self.parts:
            self.parts[name] = write()
        return self.parts[name]


def _half_days():
    open_halves = defaultdict(set)
    for row in OpeningHours.objects.all():
        open_halves[row.weekday] |= {
            half for half, is_open in ((True, row.opens < NOON), (False, row.closes > NOON)) if is_open
        }
    return [
        (OpeningHours.Weekday(day).label, [half_day(day, morning) for morning in sorted(halves, reverse=True)])
        for day, halves in sorted(open_halves.items())
    ]


published = KeptUntilChanged(most=10)  # by language
