"""Figures of a span, put together from its counted days."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext as _

from booking.desk.figures.counting import MINUTE, WAITS
from booking.desk.figures.keeping import counted_days
from booking.desk.figures.spans import Span
from treatments.models import Names


@dataclass
class Tally:
    """How many asked, and what came of it: of all, of a week, of a page or of a campaign."""

    name: str = ""
    requests: int = 0
    by_telephone: int = 0
    answered: int = 0
    due: int = 0
    in_time: int = 0
    booked: int = 0
    attended: int = 0
    missed: int = 0

    def add(self, requests, by_telephone, answered, due, in_time, booked, attended, missed):
        """Add the NUMBERS of a counted day."""
        self.requests += requests
        self.by_telephone += by_telephone
        self.answered += answered
        self.due += due
        self.in_time += in_time
        self.booked += booked
        self.attended += attended
        self.missed += missed

    @property
    def in_time_percentage(self):
        return percentage(self.in_time, self.due)

    @property
    def to_come(self):
        """Booked, and neither attended nor missed nor cancelled yet."""
        return max(0, self.booked - self.attended - self.missed)


@dataclass
class Figures:
    """A span, counted."""

    span: Span
    all: Tally = field(default_factory=Tally)
    weeks: list[Tally] = field(default_factory=list)
    pages: list[Tally] = field(default_factory=list)
    campaigns: list[Tally] = field(default_factory=list)
    waits: list[tuple[timedelta | None, int]] = field(default_factory=list)
    half_within: timedelta | None = None
    nine_of_ten_within: timedelta | None = None


def figures_of(span: Span) -> Figures:
    """Put a span together. Takes the same few queries whatever its length, and reads a row a day."""
    figures = Figures(span, weeks=[Tally() for _week in range(span.weeks)])
    names = Names.read()
    no_tag = _("no tag")
    pages: dict[str, Tally] = {}
    campaigns: dict[str, Tally] = {}
    waits: Counter = Counter()
    steps = [0] * (len(WAITS) + 1)
    for day in counted_days(span.first, span.last):
        figures.all.add(*day.all)
        figures.weeks[span.week_of(day.day)].add(*day.all)
        for treatment, benefit, *numbers in day.pages:
            page = _page_of(treatment, benefit, names)
            pages.setdefault(page, Tally(page)).add(*numbers)
        for tag, *numbers in day.campaigns:
            campaign = tag or no_tag
            campaigns.setdefault(campaign, Tally(campaign)).add(*numbers)
        waits.update(day.waits)
        steps = [number + more for number, more in zip(steps, day.steps, strict=True)]
    figures.pages, figures.campaigns = _most_first(pages), _most_first(campaigns)
    figures.waits = list(zip([*WAITS, None], steps, strict=True))
    if waits:
        number = waits.total()
        figures.half_within = _wait_at((number - 1) // 2, waits)
        figures.nine_of_ten_within = _wait_at(-(-9 * number // 10) - 1, waits)
    return figures


def percentage(part, whole):
    """How many of a hundred, rounded; None where there is nothing to count."""
    return round(100 * part / whole) if whole else None


def _page_of(treatment, benefit, names):
    """The benefit; of those without one the treatment, where there are several."""
    if benefit in names.benefits:
        return names.benefits[benefit]
    if names.has_many_treatments and treatment in names.treatments:
        return _("%(treatment)s: not sure yet") % {"treatment": names.treatments[treatment]}
    return _("Not sure yet")


def _wait_at(place, waits):
    """The wait that stands in that place once they are sorted, from how many had which."""
    for minutes in sorted(waits, key=int):
        place -= waits[minutes]
        if place < 0:
            return int(minutes) * MINUTE
    raise IndexError("there are fewer waits")


def _most_first(tallies):
    return sorted(tallies.values(), key=lambda tally: (-tally.requests, tally.name))
