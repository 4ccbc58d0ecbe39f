"""
Changes of when patients can come: hours, closed days, absences, who sees patients.

Whom a change touches is found by making it, asking the one rule, and taking it back: there is no second wording of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from booking.models import Absence, Clinician, ConsultationRequest, Offer, OpenTime
from booking.models.bookable import Hindrance
from booking.models.open_times import lock_clinicians
from booking.schedule.settling import CANCEL, KEEP, MOVE, Choice, settle
from booking.states import IllegalStep
from clinic_site.dates import midnight
from clinic_site.hours import desk_clock
from clinic_site.models import Banner, ClosedDay, OpeningHours

NOTICE_ON_SITE = timedelta(days=1)  # the banner of a closed day shows from the day before
SOONEST = timedelta(hours=2)  # nobody is moved to a time that is nearer
TIMES_READ, TIMES_SHOWN = 400, 8


class TouchedMeanwhile(IllegalStep):
    """Somebody booked, accepted or cancelled since the list was made. Nothing was changed."""


@dataclass
class Touched:
    """A person in the way of a change: what is booked for them, or what is held or offered."""

    request: ConsultationRequest
    times: list[OpenTime]
    others: int = 0  # times of the same offer that stand
    fits: list[OpenTime] = field(default_factory=list)  # where they could go, the nearest first
    proposed: Choice = field(default_factory=lambda: Choice(KEEP))

    @property
    def is_booked(self):
        return self.times[0].state == OpenTime.State.BOOKED

    @property
    def is_offered(self):
        return not self.is_booked and any(time.is_offered for time in self.times)

    @property
    def is_closed(self):
        """Whether it is the closed day that stands in their way."""
        return self.times[0].hindrance == Hindrance.CLOSED

    @property
    def key(self):
        return f"{'booked' if self.is_booked else 'held'}-{self.request.pk}"

    @property
    def identity(self):
        """What must be the same when the change is made as when it was looked at."""
        return self.key, tuple(sorted(time.pk for time in self.times))

    @property
    def why(self) -> str | Promise:
        return self.times[0].why_not


@dataclass(frozen=True)
class Effect:
    """What a change comes to: whom it touches, how many open times go, and which promises are due earlier."""

    touched: list[Touched]
    open_times: int
    promises: list[datetime]

    @property
    def identities(self):
        return [each.identity for each in self.touched]


def whom_it_touches(make: Callable[[], object]) -> Effect:
    """What making a change would come to; changes nothing."""
    now = timezone.now()
    promised = list(
        ConsultationRequest.objects.awaiting_answer().filter(owed_by__gt=now).values_list("owed_by", flat=True)
    )
    desk_before = desk_clock(promised)
    with transaction.atomic():
        standing, open_before = _standing(), OpenTime.objects.bookable().count()
        make()
        touched = _touched(standing)
        open_times = open_before - OpenTime.objects.bookable().count()
        desk_after = desk_clock(promised)
        _propose(touched)
        transaction.set_rollback(True)
    due = {moment: desk_after.open_before(moment) for moment in promised}
    earlier = [due[moment] for moment in promised if due[moment] < desk_before.open_before(moment)]
    return Effect(touched, max(open_times, 0), sorted(earlier))


@transaction.atomic
def carry_out(make: Callable[[], object], expected: Effect, choices: dict[str, Choice], staff, words=""):
    """
    Make a change, and do for each whom it touches what was chosen: by their key; who is not named keeps their time.

    `words` stand on the private page of each whose time is moved or cancelled. All or nothing. Raises TouchedMeanwhile
    where it touches others than was looked at, IllegalStep where a choice cannot be done.
    """
    _lock_requests(each.request.pk for each in expected.touched)
    lock_clinicians(Clinician.objects.all())
    standing = _standing()
    make()
    touched = _touched(standing)
    if [each.identity for each in touched] != expected.identities:
        raise TouchedMeanwhile(
            _("Somebody was booked, accepted or canceled meanwhile. Nothing was changed; look at the list once more.")
        )
    for each in touched:
        settle(each, choices.get(each.key, Choice(KEEP)), staff, words)


def close_day(day: date, name: str, banner: str = ""):
    """The clinic is closed on that day; `name` is why, for patients, as in 'Snow'. Says so on every page, if wanted."""
    ClosedDay.objects.update_or_create(date=day, defaults={"name": name})
    if banner:
        Banner.objects.create(
            text=banner,
            shown_from=max(timezone.now(), midnight(day) - NOTICE_ON_SITE),
            shown_until=midnight(day + timedelta(days=1)),
        )


@transaction.atomic
def reopen_day(closed_day):
    """The clinic is open on that day after all: its times can be given again, and what the banner said is over."""
    closed_day.delete()
    day = closed_day.date
    of_the_closing = Banner.objects.filter(shown_until=midnight(day + timedelta(days=1)))
    of_the_closing.filter(shown_from__gte=midnight(day) - NOTICE_ON_SITE).delete()


def set_hours(stretches):
    """Have these be the hours of every week, and no others: (weekday, opens, closes)."""
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in stretches
    )


def set_sees_patients(clinician, sees_patients: bool):
    """Say whether a clinician sees patients."""
    Clinician.objects.filter(pk=clinician.pk).update(sees_patients=sees_patients)


def note_absence(clinician, begins_at: datetime, ends_at: datetime, reason: str = ""):
    """A clinician is away from one moment to another; `reason` is for staff alone."""
    return Absence.objects.create(clinician=clinician, begins_at=begins_at, ends_at=ends_at, reason=reason)


def _lock_requests(pks):
    """Requests first, then clinicians, then times: the order that all keep to."""
    requests = ConsultationRequest.objects.select_for_update().filter(pk__in=list(pks))
    list(requests.order_by("pk").values_list("pk"))


def _standing():
    """What is held or booked at times at which somebody can come."""
    return list(OpenTime.objects.given().with_hindrance().filter(hindrance="").values_list("pk", flat=True))


def _touched(standing):
    """Those of the times that stood and do so no longer, by person, in the order of their first time."""
    fallen = OpenTime.objects.cannot_stand().filter(pk__in=standing).order_by("starts_at", "pk")
    by_person: dict[tuple[str, int], list[OpenTime]] = {}
    for time in fallen.select_related("clinician", "request"):
        by_person.setdefault((time.state, time.request_id), []).append(time)
    offered = _offered_times([request for _state, request in by_person])
    touched = []
    for times in by_person.values():
        theirs = offered.get(times[0].request_id, set())
        for time in times:
            time.is_offered = time.pk in theirs
        gone = {time.pk for time in times}
        touched.append(Touched(times[0].request, times, others=len(theirs - gone)))
    return touched


def _offered_times(requests):
    """The times of each request's waiting offer, by request."""
    offered: dict[int, set[int]] = {}
    for request, time in Offer.objects.waiting().filter(request__in=requests).values_list("request", "times"):
        offered.setdefault(request, set()).add(time)
    return offered


def _propose(touched):
    """Where each could go, no two to the same time, and what is done with them if nobody chooses otherwise."""
    soonest = timezone.now() + SOONEST
    free = list(OpenTime.objects.bookable().filter(starts_at__gt=soonest).select_related("clinician")[:TIMES_READ])
    spoken_for: set[int] = set()
    for each in touched:
        if _can_be_moved(each):
            suitable = [time for time in free if time.pk not in spoken_for and each.request.suits(time)]
            each.fits = sorted(suitable, key=partial(_how_far, each.times[0]))[:TIMES_SHOWN]
        if each.fits and not each.others:
            each.proposed = Choice(MOVE, each.fits[0])
            spoken_for.add(each.fits[0].pk)
        else:
            each.proposed = Choice(KEEP if each.is_booked else CANCEL)


def _how_far(old, time):
    """The nearest first, and of two that are as near the one with the same clinician."""
    return abs(time.starts_at - old.starts_at), time.clinician_id != old.clinician_id, time.pk


def _can_be_moved(touched):
    """Whoever has a time booked and was offered an earlier one keeps theirs: the offer goes."""
    return touched.is_booked or touched.request.state != "booked"
