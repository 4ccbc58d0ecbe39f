"""Moments in clinic time, as people say them: one place, for pages, mail and the desk."""

from django.utils.formats import date_format
from django.utils.timezone import localtime

NO_BREAK = "\N{NO-BREAK SPACE}"


def moment_words(moment):
    """Day and time: Wednesday, November 25, 9:30 AM."""
    return f"{day_words(moment)}, {clock_words(moment)}"


def day_words(moment):
    return date_format(localtime(moment), "l, F j")


def clock_words(moment):
    return date_format(localtime(moment), f"g:i{NO_BREAK}A")
