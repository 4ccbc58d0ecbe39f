"""What is live: one condition, asked of versions and of the units that have them."""

from django.db.models import Q


def is_live_at(moment, language="en", of=""):
    """
    The condition under which a patient reads a version at that moment.

    `of` leads to the versions where something else is asked: `versions__` from a unit.
    """
    has_begun = Q(**{f"{of}language": language, f"{of}live_from__lte": moment})
    has_not_ended = Q(**{f"{of}live_until": None}) | Q(**{f"{of}live_until__gt": moment})
    return has_begun & has_not_ended
