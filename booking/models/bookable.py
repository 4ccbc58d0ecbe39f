"""
What makes a time bookable: one rule, worked out in the database whenever it is asked.

Clocks and days are those of the clinic, so a time keeps its place in the hours on both daylight-saving nights. Each
time is stored with them, as they never change: a database without time zones would ask Python for each row.
"""

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models.absences import Absence
from clinic_site.models import ClosedDay, OpeningHours

CLOSED_THEN = ClosedDay.objects.filter(date=OuterRef("day"))
HOURS_THEN = OpeningHours.objects.filter(
    weekday=OuterRef("weekday"),
    opens__lte=OuterRef("begins_by_clock"),
    closes__gt=OuterRef("begins_by_clock"),
    closes__gte=OuterRef("ends_by_clock"),
)


class Hindrance(models.TextChoices):
    """Why nobody can come at a time, in the order in which it is said; in a word, for the calendar."""

    BEGUN = "begun", _("begun")
    SEES_NOBODY = "sees-nobody", _("sees no patients")
    CLOSED = "closed", _("closed")
    OUTSIDE_HOURS = "outside-hours", _("outside hours")
    AWAY = "away", _("away")


WHY_NOT: dict[str, Promise] = {
    Hindrance.BEGUN: _("it has begun already"),
    Hindrance.SEES_NOBODY: _("this clinician sees no patients just now"),
    Hindrance.CLOSED: _("the clinic is closed on that day"),
    Hindrance.OUTSIDE_HOURS: _("it is outside the clinic's opening hours"),
    Hindrance.AWAY: _("this clinician is away then"),
}


def conditions():
    """Each condition of the rule, by what hinders a time that does not meet it."""
    away_then = Absence.objects.filter(
        clinician=OuterRef("clinician"), begins_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    return {
        Hindrance.BEGUN: Q(starts_at__gt=timezone.now()),
        Hindrance.SEES_NOBODY: Q(clinician__sees_patients=True),
        Hindrance.CLOSED: ~Exists(CLOSED_THEN),
        Hindrance.OUTSIDE_HOURS: Q(Exists(HOURS_THEN)),
        Hindrance.AWAY: ~Exists(away_then),
    }


def fitting(times):
    """Those of the times that somebody can come to, whoever has them."""
    return times.filter(*conditions().values())


def with_hindrance(times):
    """The times, each with what hinders it as `hindrance`; empty where somebody can come."""
    hinders = Case(
        *(When(~Q(condition), then=Value(hindrance.value)) for hindrance, condition in conditions().items()),
        default=Value(""),
        output_field=models.CharField(),
    )
    return times.annotate(hindrance=hinders)


def why_not(times):
    """Why the one time of this queryset cannot be given, as the end of a sentence; empty where it fits."""
    hindrance = with_hindrance(times).values_list("hindrance", flat=True).first()
    return WHY_NOT[Hindrance(hindrance)] if hindrance else ""
