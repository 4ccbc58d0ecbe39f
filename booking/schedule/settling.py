"""What becomes of a person whose time cannot stand: it is kept, moved or taken back, and they are told."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from booking.mail.owing import tell_patient
from booking.models import Event, OpenTime, OutboxMail
from booking.schedule.consultations import cancel, move
from booking.schedule.picking import release
from booking.schedule.reopening import note_closing
from booking.schedule.times import TimeTaken, assign_time, lock, lock_times, starts_of, take_out_of_offer
from booking.states import UNDO_BY_STAFF, IllegalStep
from clinic_site.dates import moment_words

KEEP, MOVE, CANCEL = "keep", "move", "cancel"


@dataclass(frozen=True)
class Choice:
    """What is done with a person's time, and where it is moved to."""

    what: str
    to: OpenTime | None = None


def settle(touched, choice: Choice, staff, words=""):
    """
    Do what was chosen for one whom a change touches; what is kept stands on Today until somebody settles it.

    Raises IllegalStep, which names the person, where it cannot be done. Called within the transaction of the change.
    """
    try:
        if choice.what == MOVE and choice.to is None:
            raise IllegalStep(_("Choose a time to move to. Nothing was changed."))
        if choice.what != KEEP:
            (_settle_booked if touched.is_booked else _settle_held)(touched, choice, staff, words)
    except IllegalStep as refusal:
        raise type(refusal)(f"{touched.request.name}, {touched.request.reference}: {refusal}") from refusal


def _settle_booked(touched, choice, staff, words):
    if touched.is_closed:
        note_closing(touched.request, touched.times[0].day, _why(touched), staff)
    if choice.what == CANCEL:
        return cancel(touched.request, staff, words)
    return move(touched.request, choice.to, staff, words)


def _settle_held(touched, choice, staff, words):
    consultation_request = lock(touched.request)
    lock_times(consultation_request, *([choice.to] if choice.to else []))
    if words:
        consultation_request.record(Event.Kind.ANSWER, Event.Actor.STAFF, staff=staff, note=words)
    why = _why(touched)
    offer = consultation_request.offers.waiting().first()
    if choice.what == MOVE:
        return _hold_another(consultation_request, offer, touched.times, choice.to, why, staff)
    if not touched.is_offered:
        release(touched.times, why, staff)
        return None
    for time in touched.times:
        take_out_of_offer(offer, time, why)
    gone = starts_of(touched.times)
    return tell_patient(consultation_request, OutboxMail.Kind.TIMES_GONE, times=gone, rests=UNDO_BY_STAFF)


def _why(touched):
    """What colleagues read of the reason."""
    return _("%(time)s cannot be given any more: %(why)s.") % {
        "time": moment_words(touched.times[0].starts_at),
        "why": touched.why,
    }


def _hold_another(consultation_request, offer, old, new, why, staff):
    """Another time is held in the place of those that are gone: in the offer, or until the desk confirms it."""
    held = OpenTime.objects.filter(pk__in=[time.pk for time in old], state="held", request=consultation_request)
    if not held.free_again():
        raise TimeTaken(_("This has just been settled. Nothing was changed; look once more."))
    assign_time(new, consultation_request, OpenTime.State.HELD)
    consultation_request.record(Event.Kind.NOTE, Event.Actor.STAFF, staff=staff, note=why)
    if offer is None:
        gone = starts_of(old)
        return tell_patient(consultation_request, OutboxMail.Kind.TIMES_GONE, times=gone, rests=UNDO_BY_STAFF)
    offer.times.remove(*old)
    offer.times.add(new)
    offer.lapse_before(new)
    return tell_patient(consultation_request, OutboxMail.Kind.OFFERED, rests=UNDO_BY_STAFF)
