"""What is live: one condition, asked of versions and of the units that have them."""

from django.db.models import Q

from clinic_site.languages import ORIGINAL

ANY = None  # language


def is_live_at(moment, language=ORIGINAL, of=""):
    """
    The condition under which a patient reads a version at that moment, in that language or in any.

    `of` leads to the versions where something else is asked: `versions__` from a unit.
    """
    in_language = {} if language is ANY else {f"{of}language": language}
    has_begun = Q(**in_language, **{f"{of}live_from__lte": moment})
    has_not_ended = Q(**{f"{of}live_until": None}) | Q(**{f"{of}live_until__gt": moment})
    return has_begun & has_not_ended
