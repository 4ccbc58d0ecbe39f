"""Which times a request can be offered: of any day, half-day and clinician; and which of them are suggested."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import groupby

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from booking.models import Clinician, Offer, OpenTime
from booking.states import State
from booking.wishes import half_days_of
from clinic_site.numbers import number_in

DAYS_SHOWN = 5
SHOWN_AT_ONCE = 5  # times of a day; the others unfold
NOON = time(12)
SUGGESTED_NOTICE = timedelta(hours=2)  # nobody is offered a time that is nearer, unless it is ticked by hand
WEEKS_AHEAD = {"next-week": 1, "in-six-weeks": 6}


class Part(models.TextChoices):
    """Which part of each day is looked at."""

    WISHED = "", _("As wished")
    MORNINGS = "am", _("Mornings")
    AFTERNOONS = "pm", _("Afternoons")
    ANY = "any", _("Any time")


@dataclass(frozen=True)
class Wanted:
    """What the desk looks for: times from a day on, the next ones without it; of which part, with whom."""

    day: date | None = None
    part: str = Part.WISHED
    clinician: int | None = None
    interpreter: bool = False

    @classmethod
    def of(cls, asked):
        """As the address of a page says it; what makes no sense is left out."""
        return cls(
            day=_day_in(asked.get("day", "")),
            part=asked.get("part", "") if asked.get("part") in Part.values else Part.WISHED,
            clinician=number_in(asked.get("clinician")),
            interpreter="interpreter" in asked,
        )

    @property
    def is_filtered(self):
        return self != Wanted(day=self.day)

    def as_query(self):
        """The same as values of an address, without those that are empty."""
        values = {"day": self.day and self.day.isoformat(), "part": self.part, "clinician": self.clinician}
        values["interpreter"] = int(self.interpreter)
        return {name: value for name, value in values.items() if value}


@dataclass
class DayOfTimes:
    """One day with its free times: those in sight, and those that unfold."""

    day: date
    times: list[OpenTime]

    @property
    def in_sight(self):
        return self.times[:SHOWN_AT_ONCE]

    @property
    def folded(self):
        return self.times[SHOWN_AT_ONCE:]

    @property
    def opens(self):
        """Whether what is folded is shown at once, as one of it is ticked."""
        return any(each.ticked for each in self.folded)


@dataclass
class TimesToOffer:
    """The free times of a few days, where the page can turn to, and what is ticked."""

    wanted: Wanted
    days: list[DayOfTimes] = field(default_factory=list)
    earlier: date | None = None
    later: date | None = None
    not_as_wished: bool = False
    ticked: list[OpenTime] = field(default_factory=list)  # wherever they stand, in order

    @property
    def free(self):
        return [each for day in self.days for each in day.times]

    @property
    def elsewhere(self):
        """What is ticked and stands on none of the days that are shown."""
        shown = {each.pk for each in self.free}
        return [each for each in self.ticked if each.pk not in shown]

    @property
    def is_other_day(self):
        """Whether the day that was asked for has no such time, so that the next that has some is shown."""
        return bool(self.days) and self.wanted.day is not None and self.days[0].day != self.wanted.day


ANY_DAY = Wanted()


def times_to_offer(consultation_request, wanted=ANY_DAY, ticked=()):
    """
    Free times of the next days that have some, from the day that is wanted on, where this request can be given one.

    Those at which the patient could come, unless another part of the day is asked for, or there is none such. Those
    that suit are marked, and one on each of three days is suggested; or ticked are those whose numbers are in `ticked`.
    """
    if not {State.OFFERED, State.BOOKED} & set(consultation_request.next_states):
        return TimesToOffer(wanted)
    shown = _days_of(consultation_request, wanted)
    if not shown.days and wanted.part == Part.WISHED and consultation_request.windows:
        shown = replace(_days_of(consultation_request, replace(wanted, part=Part.ANY)), wanted=wanted)
        shown.not_as_wished = bool(shown.days)
    shown.ticked = list(OpenTime.objects.bookable().filter(pk__in=ticked).select_related("clinician")) if ticked else []
    pks = {each.pk for each in shown.ticked}
    for each in [*shown.free, *shown.ticked]:
        each.suits, each.ticked, each.is_suggested = consultation_request.suits(each), each.pk in pks, False
        each.lacks_interpreter = consultation_request.interpreter and not each.with_interpreter
    if not shown.ticked and consultation_request.can_be_mailed:  # who cannot be mailed is called, and takes one
        shown.ticked = _suggested(shown.free)
    return shown


def turned_to(show, wanted, today):
    """The day to which a button of the page turns: the first, in some weeks, that in the box, or one by its date."""
    if show in WEEKS_AHEAD:
        return today + timedelta(weeks=WEEKS_AHEAD[show], days=-today.weekday())
    return {"first": None, "day": wanted.day}.get(show, _day_in(show))


def clinicians_to_choose():
    """Those whose times can be looked at apart; none where there is one alone."""
    clinicians = list(Clinician.objects.filter(sees_patients=True))
    return clinicians if len(clinicians) > 1 else []


def _days_of(consultation_request, wanted):
    free = OpenTime.objects.bookable().filter(_as_wanted(consultation_request, wanted))
    begins = wanted.day or timezone.localdate()
    ahead = free.filter(day__gte=begins).order_by("day").values_list("day", flat=True).distinct()
    days = list(ahead[: DAYS_SHOWN + 1])
    first = days[0] if days else begins
    before = free.filter(day__lt=first).order_by("-day").values_list("day", flat=True).distinct()
    earlier = list(before[:DAYS_SHOWN]) if wanted.day else []
    times = free.filter(day__in=days[:DAYS_SHOWN]).select_related("clinician").order_by("starts_at", "clinician")
    return TimesToOffer(
        wanted,
        days=[DayOfTimes(day, list(of_day)) for day, of_day in groupby(times, key=lambda each: each.day)],
        earlier=earlier[-1] if earlier else None,
        later=days[DAYS_SHOWN] if len(days) > DAYS_SHOWN else None,
    )


def _as_wanted(consultation_request, wanted):
    condition = Q()
    if wanted.clinician:
        condition &= Q(clinician=wanted.clinician)
    if wanted.interpreter:
        condition &= Q(with_interpreter=True)
    if wanted.part == Part.WISHED:
        return condition & _in_half_days(half_days_of(consultation_request.windows))
    if wanted.part == Part.ANY:
        return condition
    return condition & _of_half(wanted.part == Part.MORNINGS)


def _in_half_days(half_days):
    """Times of these halves of weekdays; of any, where there are none."""
    condition = Q()
    for is_morning in (True, False):
        weekdays = [weekday for weekday, of_morning in half_days if of_morning == is_morning]
        if weekdays:
            condition |= _of_half(is_morning) & Q(weekday__in=weekdays)
    return condition


def _of_half(is_morning):
    return Q(begins_by_clock__lt=NOON) if is_morning else Q(begins_by_clock__gte=NOON)


def _suggested(times):
    """Tick the first time that suits on each of three days, none of them too near; returns them."""
    soonest, by_day = timezone.now() + SUGGESTED_NOTICE, {}
    for each in times:
        if each.suits and each.starts_at > soonest and len(by_day) < Offer.MOST_TIMES:
            by_day.setdefault(each.day, each)
    for each in by_day.values():
        each.ticked = each.is_suggested = True
    return list(by_day.values())


def _day_in(text):
    try:
        return parse_date(text or "")
    except ValueError:  # well formed, and no date
        return None
