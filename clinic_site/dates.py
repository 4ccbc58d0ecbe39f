"""Days and moments in clinic time, and how they are written: one place, for pages, mail and the desk."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime

NO_BREAK = "\N{NO-BREAK SPACE}"


def midnight(day: date) -> datetime:
    """The moment at which a day of the clinic begins."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))


def next_midnight(days: int = 1) -> datetime:
    """The end of today in clinic time; of the day after with 2, and so on."""
    return midnight(localdate() + timedelta(days=days))


def moment_words(moment):
    """Day and time: Wednesday, November 25, 9:30 AM."""
    return f"{day_words(moment)}, {clock_words(moment)}"


def moment_words_with_zone(moment):
    """Day and time with the time zone, for who reads it elsewhere: Wednesday, November 25, 9:30 AM EST."""
    return f"{moment_words(moment)} {localtime(moment, ZoneInfo(settings.TIME_ZONE)):%Z}"


def moment_and_year_words(moment):
    """The same for what can be a year away: Wednesday, November 25, 2026, 9:30 AM."""
    return f"{_formatted(moment, 'l, F j, Y')}, {clock_words(moment)}"


def short_moment_words(moment):
    """Day and time where there is little room: Wed, Nov 25, 9:30 AM."""
    return f"{_formatted(moment, 'D, M j')}, {clock_words(moment)}"


def day_words(day):
    """A day, given as a date or as a moment: Wednesday, November 25."""
    return _formatted(day, "l, F j")


def date_words(day):
    """A day with its year, given as a date or as a moment: Nov 25, 2026."""
    return _formatted(day, "M j, Y")


def clock_words(moment):
    """The time of day: 9:30 AM."""
    return _formatted(moment, f"g:i{NO_BREAK}A")


def _formatted(day, wanted):
    return date_format(localtime(day) if isinstance(day, datetime) else day, wanted)
