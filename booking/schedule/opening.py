"""Opening single times, by a click of the desk: in the calendar, or again in the list."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from booking.models import OpenTime
from booking.models.open_times import lock_clinicians
from booking.states import IllegalStep
from clinic_site.dates import clock_words, moment_words


class TimeInTheWay(IllegalStep):
    """The clinician has another time then. Nothing was changed; the message says which."""


@transaction.atomic
def open_time(clinician, starts_at, minutes):
    """
    Open one time of so many minutes; one that was blocked then, or withdrawn, is open again.

    Raises TimeInTheWay where the clinician has another time that overlaps, IllegalStep where nobody could come then.
    """
    closed = OpenTime.objects.filter(clinician=clinician, starts_at=starts_at, state__in=OpenTime.CLOSED)
    if there := closed.order_by("state").first():
        open_again(there)
        return there
    lock_clinicians([clinician])
    ends_at = starts_at + timedelta(minutes=minutes)
    _refuse_overlap(clinician, starts_at, ends_at)
    time = OpenTime.objects.create(clinician=clinician, starts_at=starts_at, ends_at=ends_at)
    _refuse_if_unbookable(time)
    return time


@transaction.atomic
def open_again(time):
    """
    Open a time that was blocked or withdrawn.

    Raises IllegalStep where it is given or nobody could come then, TimeInTheWay if it overlaps.
    """
    lock_clinicians([time.clinician])
    _refuse_overlap(time.clinician, time.starts_at, time.ends_at, time)
    if not time.set_state_unless_given(OpenTime.State.OPEN):
        raise IllegalStep(_("This time is held or booked. Move or cancel it first. Nothing was changed."))
    _refuse_if_unbookable(time)
    time.refresh_from_db()


def _refuse_if_unbookable(time):
    if why := OpenTime.objects.why_not(time.pk):
        raise IllegalStep(
            _("%(time)s with %(who)s cannot be opened: %(why)s. Nothing was opened.")
            % {"time": moment_words(time.starts_at), "who": time.clinician, "why": why}
        )


def _refuse_overlap(clinician, starts_at, ends_at, itself=None):
    others = OpenTime.objects.in_the_way_of(clinician, starts_at, ends_at)
    other = others.exclude(pk=itself.pk if itself else None).first()
    if other:
        raise TimeInTheWay(
            _("%(who)s has another time from %(begins)s to %(ends)s (%(state)s). Nothing was opened.")
            % {
                "who": clinician,
                "begins": moment_words(other.starts_at),
                "ends": clock_words(other.ends_at),
                "state": other.get_state_display().lower(),
            }
        )
