"""What the request form takes from published content, kept until that changes."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import get_language

from booking.patient.time_chooser import NOON
from booking.wishes import Window, half_day
from clinic_site.content_revision import KeptUntilChanged
from clinic_site.models import OpeningHours
from treatments.models import Benefit, Caution, Treatment, Unit, Version


@dataclass(frozen=True)
class Published:
    """
    What the form takes from published content, and what is made of that alone.

    A benefit stands under its slug. Where treatments share one, it is that of the first of them, and the others stand
    under 'treatment/slug'.
    """

    treatments: dict[str, Treatment]
    benefits: dict[str, Benefit]
    titles: dict[tuple[int, int | None], str]  # of treatments, and of their benefits
    cautions: list[Caution]
    half_days: list[tuple[str, list[Window]]]  # of each weekday on which the clinic is open
    parts: dict = field(default_factory=dict)  # of the page, written once

    @classmethod
    def read(cls):
        now = timezone.now()
        live = Version.objects.read_at(now, get_language())
        treatments = Treatment.objects.offered(now)
        named = live.filter(unit__kind__in=[Unit.Kind.TREATMENT, Unit.Kind.BENEFIT]).select_related("unit")
        cautions = Caution.objects.filter(version__in=live, version__unit__treatment__in=treatments)
        return cls(
            {treatment.slug: treatment for treatment in treatments},
            _by_value(Benefit.objects.offered(now)),
            dict(_titles(named)),
            list(cautions.select_related("version__unit").order_by("version__unit__treatment", "position", "pk")),
            _half_days(),
        )

    @property
    def treatment_choices(self):
        return [(slug, self.titles[treatment.pk, None]) for slug, treatment in self.treatments.items()]

    @property
    def benefit_choices(self):
        """Each benefit; under its treatment's name where there are several treatments."""
        groups: dict[int, list] = {}
        for value, benefit in self.benefits.items():
            groups.setdefault(benefit.treatment_id, []).append((value, self.titles[benefit.treatment_id, benefit.pk]))
        if len(self.treatments) == 1:
            return [choice for group in groups.values() for choice in group]
        return [(self.titles[treatment, None], group) for treatment, group in groups.items()]

    def value_of(self, slug, treatment):
        """Under what the benefit of that slug stands, of that treatment where both are told; else the slug."""
        ours = f"{treatment}/{slug}"
        return ours if ours in self.benefits else slug

    def cautions_for(self, treatment, answered) -> list[Caution]:
        """
        What the form asks about that treatment, or about all while none is chosen: each key once.

        What the self-check answered is asked as well, of whichever treatment it is.
        """
        chosen = self.treatments.get(treatment)
        ours = [each for each in self.cautions if chosen is None or each.version.unit.treatment_id == chosen.pk]
        asked: dict[str, Caution] = {}
        for caution in ours:
            if caution.in_form or caution.key in answered:
                asked.setdefault(caution.key, caution)
        for caution in self.cautions:
            if caution.key in answered:
                asked.setdefault(caution.key, caution)
        return list(asked.values())

    def once(self, name, write: Callable[[], str]) -> str:
        """A part of the page that reads the same in every form. What somebody answered is never in it."""
        if name not in self.parts:
            self.parts[name] = write()
        return self.parts[name]


def _titles(named):
    """(treatment, benefit or None) with its title, of live versions."""
    for version in named:
        benefit = version.unit_id if version.unit.kind == Unit.Kind.BENEFIT else None
        yield (version.unit.treatment_id, benefit), version.title


def _by_value(benefits):
    """Benefits under their slugs, in the order of their treatments; under both slugs where another has theirs."""
    by_value: dict[str, Benefit] = {}
    for benefit in benefits.select_related("treatment").order_by("treatment", "position", "slug"):
        is_taken = benefit.slug in by_value
        by_value[f"{benefit.treatment.slug}/{benefit.slug}" if is_taken else benefit.slug] = benefit
    return by_value


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
