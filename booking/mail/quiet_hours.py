"""The hours of the night, in which no reminder leaves."""

from datetime import datetime, time, timedelta

from django.utils import timezone

MORNING, EVENING = time(8), time(20)  # clinic time


def is_night(moment) -> bool:
    """Whether the moment lies between evening and morning, in clinic time."""
    return not MORNING <= timezone.localtime(moment).time() < EVENING


def next_morning(moment) -> datetime:
    """The moment at which the night ends that holds the given one."""
    local = timezone.localtime(moment)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=local.tzinfo)
