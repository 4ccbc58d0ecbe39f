"""Whoever has many times held that nobody confirmed: seen at a glance, freed in one step, held again in another."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from booking.models import ConsultationRequest, OpenTime
from booking.schedule.picking import hold_again, release
from booking.states import UNDO_BY_STAFF, IllegalStep
from clinic_site.dates import day_words

MORE_THAN_A_FAMILY = 5  # unconfirmed times
TIMES_READ = 500
SALT = "booking.desk.hoards"


@dataclass(frozen=True)
class Hoard:
    """Unconfirmed times that belong together, and why they do."""

    words: str | Promise
    times: list[OpenTime]


def hoards() -> list[Hoard]:
    """Many unconfirmed times from one place, or on one day, of which half is held by then."""
    unconfirmed = OpenTime.objects.unconfirmed().select_related("request").order_by("starts_at")[:TIMES_READ]
    by_place: dict[str, list[OpenTime]] = defaultdict(list)
    by_day: dict[date, list[OpenTime]] = defaultdict(list)
    half_held = set(OpenTime.objects.half_held_days().values_list("day", flat=True)) if unconfirmed else set()
    for time in unconfirmed:
        if time.held_from:
            by_place[time.held_from].append(time)
        if time.day in half_held:
            by_day[time.day].append(time)
    from_a_place = [Hoard(_("from one place, in one day"), times) for times in by_place.values()]
    on_a_day = [
        Hoard(_("on %(day)s: half of its times") % {"day": day_words(day)}, times) for day, times in by_day.items()
    ]
    return [hoard for hoard in [*from_a_place, *on_a_day] if len(hoard.times) >= MORE_THAN_A_FAMILY]


def free_hoard(pks, staff):
    """
    Free these unconfirmed times; each patient is told in a minute, and owed a word.

    Returns how many were freed, and what takes it back for a minute.
    """
    times = OpenTime.objects.picked().filter(pk__in=pks).select_related("request").order_by("pk")
    freed = release(list(times), _("The desk freed the time that was picked: many were held and not confirmed."), staff)
    pairs = [(time.pk, time.request_id) for time in freed]
    return len(freed), signing.dumps([staff.pk, pairs], salt=SALT, compress=True)


def what_was_freed(token, staff):
    """The pairs of time and request that this member has just freed; none where it is too late, or was not them."""
    try:
        who, pairs = signing.loads(token, salt=SALT, max_age=UNDO_BY_STAFF)
    except signing.BadSignature:
        return []
    return pairs if who == staff.pk else []


def hold_freed_again(token, staff) -> tuple[int, int]:
    """Take `free_hoard` back, within a minute; returns how many are held, and how many not. Raises IllegalStep."""
    pairs = what_was_freed(token, staff)
    if not pairs:
        raise IllegalStep(_("It is too late to undo this. Nothing was changed."))
    times = OpenTime.objects.in_bulk([time for time, _request in pairs])
    requests = ConsultationRequest.objects.in_bulk([request for _time, request in pairs])
    held = sum(hold_again(times[time], requests[request], staff) for time, request in sorted(pairs))
    return held, len(pairs) - held
