"""What the requests of a day have come to, counted once, so that figures of years read days and not requests."""

from django.db import models
from django.db.models import Q

NUMBERS = ["requests", "by_telephone", "answered", "due", "in_time", "booked", "attended", "missed"]


class CountedDay(models.Model):
    """
    The requests that came on one day of the clinic. It names nobody, and stays when personal data goes.

    It is counted anew when something happened to one of them, or a promise has run out.
    """

    day = models.DateField(primary_key=True)
    all = models.JSONField(default=list)  # the NUMBERS
    pages = models.JSONField(default=list)  # rows of [treatment, benefit (numbers or None), *NUMBERS]
    campaigns = models.JSONField(default=list)  # rows of [campaign, *NUMBERS]
    waits = models.JSONField(default=dict)  # how many had their first word after so many minutes of opening time
    steps = models.JSONField(default=list)  # how many after each step of time, and later
    counts_until = models.DateTimeField(null=True)  # when a promise of that day runs out

    class Meta:
        indexes = [
            models.Index(fields=["counts_until"], condition=Q(counts_until__isnull=False), name="days_that_run_out")
        ]

    def __str__(self):
        return f"{self.day}"


class FiguresKept(models.Model):
    """How far the figures are kept: one row, none before they were first counted."""

    # The last line of all timelines that was there when the days were counted last; and the last one before which no
    # other transaction can bring one in any more.
    seen_event = models.BigIntegerField()
    settled_event = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="figures_are_kept_once")]

    def __str__(self):
        return f"figures up to line {self.seen_event}"
