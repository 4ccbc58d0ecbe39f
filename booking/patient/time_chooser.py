"""A day, then a time: what a patient may choose from, two months ahead, in two questions to the database."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property, lru_cache
from itertools import groupby

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.dates import WEEKDAYS
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booking.models import Clinician, OpenTime
from clinic_site.dates import clock_words

AHEAD = timedelta(days=62)
NEAR = timedelta(days=28)  # the days in sight; those after them are folded
FIRST_DAYS = 2  # whose times are shown before a day is chosen
IN_SIGHT = 2  # times of each half of these; the others are folded
NOON = time(12)


@dataclass(frozen=True)
class Day:
    """A day and how many of its times can be chosen."""

    date: date
    mornings: int = 0
    afternoons: int = 0

    @property
    def column(self):
        """Where it stands in its week: Monday is 1."""
        return self.date.isoweekday()

    @property
    def has_times(self):
        return bool(self.mornings or self.afternoons)


@dataclass(frozen=True)
class Choice:
    """A time that can be chosen, in words: worked out once, as a template would do it again for each."""

    pk: int
    clock: str
    about: str
    is_morning: bool

    @classmethod
    def of(cls, open_time, with_name):
        name = str(open_time.clinician) if with_name else ""
        in_words = _in_words(get_language(), open_time.starts_at, open_time.minutes, name, open_time.with_interpreter)
        return cls(open_time.pk, *in_words, open_time.begins_by_clock < NOON)


@lru_cache(maxsize=2000)
def _in_words(_language, starts_at, minutes, name, with_interpreter):
    """Clock and description of a time in that language, the active one. Nearly all are asked for again."""
    interpreter = _("with an interpreter") if with_interpreter else ""
    about = filter(None, [_("%(minutes)s minutes") % {"minutes": minutes}, name, interpreter])
    return clock_words(starts_at), ", ".join(about)


@dataclass(frozen=True)
class DayChoices:
    """What can be chosen on one day, by its halves; in each half, how many choices are in sight before the others."""

    date: date
    choices: list[Choice]
    in_sight: int | None = None

    @property
    def halves(self):
        """(is it the morning, its choices, how many of them are folded) of each half that has some."""
        for is_morning, group in groupby(self.choices, key=lambda choice: choice.is_morning):
            choices = list(group)
            yield is_morning, choices, max(0, len(choices) - self.in_sight) if self.in_sight else 0


class TimeChooser:
    """
    The days and times among these open times.

    `day` is the date that was asked for; without it the first days that have some show their times. `chosen` is the one
    that is chosen so far, wherever it stands; `gone` one that was chosen and cannot be had any more. `with_names`:
    whether it matters to say with whom.
    """

    def __init__(self, times, day=None, chosen: OpenTime | None = None, gone: OpenTime | None = None, with_names=True):
        about = gone or chosen
        self.with_names = with_names
        self.day = day or (about.day if about else None)
        self.chosen, self.gone = chosen, gone
        self._times = times

    @cached_property
    def days(self) -> list[Day]:
        """The days that have times, two months ahead."""
        near = self._times.filter(starts_at__lt=timezone.now() + AHEAD).order_by()
        morning = Count("pk", filter=Q(begins_by_clock__lt=NOON))
        counted = near.values("day").annotate(mornings=morning, number=Count("pk")).order_by("day")
        return [Day(row["day"], row["mornings"], row["number"] - row["mornings"]) for row in counted]

    @cached_property
    def shown(self) -> list[DayChoices]:
        """The days that show their times."""
        days = self._days_to_show()
        times = self._times.filter(day__in=days).select_related("clinician").order_by("starts_at", "clinician")
        in_sight = None if self.day else IN_SIGHT
        return [
            DayChoices(day, [Choice.of(time, self.with_names) for time in group], in_sight)
            for day, group in groupby(times, key=lambda time: time.day)
        ]

    def _days_to_show(self):
        if not self.day:
            return [day.date for day in self.days[:FIRST_DAYS]]
        if self.gone and self.day not in {day.date for day in self.days}:  # the nearest that are left
            return [day for day in (self.before, self.after) if day]
        return [self.day]

    @property
    def chosen_elsewhere(self):
        """The chosen time as a choice, where its day is not among those that show their times."""
        if self.chosen is None or self.chosen.day in {day.date for day in self.shown}:
            return None
        return Choice.of(self.chosen, self.with_names)

    @property
    def near(self):
        """The next four weeks, day by day: those on which the clinic is usually open, with times or without."""
        return self._filled([day for day in self.days if day.date < self._far])

    @property
    def later(self):
        return self._filled([day for day in self.days if day.date >= self._far])

    @property
    def _far(self):
        return timezone.localdate() + NEAR

    def _filled(self, days):
        """These days, and between them those of the same weekdays that have no times."""
        if not days:
            return []
        there = {day.date: day for day in days}
        weekdays = self.weekdays
        stretch = (days[0].date + timedelta(n) for n in range((days[-1].date - days[0].date).days + 1))
        return [there.get(date, Day(date)) for date in stretch if date.weekday() in weekdays]

    @cached_property
    def weekdays(self):
        """The weekdays that stand in the weeks: Monday to Friday, and others that have times."""
        return set(range(5)) | {day.date.weekday() for day in self.days}

    @property
    def weekday_names(self):
        return [WEEKDAYS[weekday] for weekday in sorted(self.weekdays)]

    @property
    def before(self):
        """The last day with times before the one that is shown; None where there is none."""
        return next((day.date for day in reversed(self.days) if self.day and day.date < self.day), None)

    @property
    def after(self):
        """The next day with times after the one that is shown; None where there is none."""
        return next((day.date for day in self.days if self.day and day.date > self.day), None)


def clinicians_by_slug() -> dict[str, Clinician]:
    """Who can be asked for, by what stands for them in a form."""
    found: dict[str, Clinician] = {}
    for clinician in Clinician.objects.filter(sees_patients=True):
        slug = slugify(clinician.name)
        found[slug if slug and slug not in found else str(clinician.pk)] = clinician
    return found


def day_in(text) -> date | None:
    """The day that a text of an address or a button names; None where it names none."""
    try:
        return parse_date(text or "")
    except ValueError:  # the form of a day, and there is no such
        return None
