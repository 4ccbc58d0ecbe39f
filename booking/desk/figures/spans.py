"""Spans of whole weeks."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

WEEK = timedelta(weeks=1)
YEAR = timedelta(weeks=52)


@dataclass(frozen=True)
class Span:
    """Whole weeks in clinic time, the first of them beginning on that Monday."""

    first: date
    weeks: int

    @classmethod
    def up_to_now(cls, weeks: int):
        """The last weeks, this one included."""
        today = timezone.localdate()
        return cls(today - timedelta(days=today.weekday()) - (weeks - 1) * WEEK, weeks)

    @property
    def last(self):
        """Its last day."""
        return self.first + self.weeks * WEEK - timedelta(days=1)

    def back(self, by: timedelta):
        return Span(self.first - by, self.weeks)

    @property
    def before(self):
        """As many weeks, right before."""
        return self.back(self.weeks * WEEK)

    @property
    def a_year_before(self):
        return self.back(YEAR)

    def week_of(self, day: date):
        """The number of the week in which a day of the span lies."""
        return (day - self.first).days // 7
