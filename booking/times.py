"""
Offering, accepting, booking and freeing times: what joins requests, times, offers and consultations.

Each function is all or nothing. A time is taken by one compare-and-set on its own row (`OpenTime.objects.take`), so of
any number of takers one wins; the others get TimeTaken, which says what to do, and hold nothing. Rows are locked in
one order, so that no two of these wait for each other: the request, its offers, the times by number.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.models import Consultation, ConsultationRequest, Event, Offer, OpenTime, OutboxMail
from booking.notices import tell_patient
from booking.states import UNDO_BY_STAFF, IllegalStep, State
from clinic_site.hours import after_open_minutes, reply_by
from clinic_site.models import Clinic


class TimeTaken(IllegalStep):
    """Somebody else was faster. Nothing was changed."""


@transaction.atomic
def offer_times(request, times, staff, note=""):
    """
    Hold one to three times for a request until the offer lapses, and tell the patient after a minute.

    The offer lapses before the first of its times begins. Raises IllegalStep where the request cannot be offered times,
    TimeTaken where one of them is free no longer.
    """
    if not 1 <= len(times) <= Offer.MOST_TIMES:
        raise IllegalStep(_("Offer one to three times. Nothing was changed."))
    request.move_to(State.OFFERED, Event.Actor.STAFF, staff=staff)
    for time in sorted(times, key=lambda time: time.pk):
        _take(time, request, OpenTime.State.HELD)
    lapses_at = after_open_minutes(timezone.now(), Clinic.profile().offers_hold_for)
    lapses_at = min([lapses_at, *(time.starts_at for time in times)])
    offer = Offer.objects.create(request=request, made_by=staff, lapses_at=lapses_at, note=note)
    offer.times.set(times)
    tell_patient(request, OutboxMail.Kind.OFFERED, rests=UNDO_BY_STAFF)
    return offer


@transaction.atomic
def accept(offer, time):
    """The patient takes one of the offered times; the others are free again. Raises TimeTaken where it is too late."""
    _lock(offer.request)
    if offer.lapses_at <= timezone.now() or not offer.end(Offer.State.ACCEPTED):
        raise TimeTaken(_("These times are no longer held for you. We will offer you new ones, or call us."))
    if not offer.held_times().filter(pk=time.pk).update(state=OpenTime.State.BOOKED):
        raise TimeTaken(_("This time is not held for you. Choose one of those below, or call us."))
    offer.held_times().free_again()
    offer.request.move_to(State.BOOKED, Event.Actor.PATIENT)
    return _note_booked(offer.request, time)


@transaction.atomic
def refuse(offer, why=""):
    """None of the times fits: they are free again, and the desk owes the next word. Raises IllegalStep."""
    _lock(offer.request)
    if not offer.end(Offer.State.REFUSED):
        raise IllegalStep(_("This offer has ended already. Nothing was changed."))
    _back_to_the_desk(offer, Event.Actor.PATIENT, why)


@transaction.atomic
def lapse(offer):
    """End an offer that nobody answered in time; False where it is not due, or somebody was faster."""
    _lock(offer.request)
    if offer.lapses_at > timezone.now() or not offer.end(Offer.State.LAPSED):
        return False
    _back_to_the_desk(offer, Event.Actor.SYSTEM, "")
    return True


def lapse_what_is_due():
    """Lapse every offer whose time has run out; the worker calls it each minute."""
    for offer in Offer.objects.lapsed().select_related("request"):
        lapse(offer)


@transaction.atomic
def book(request, time, staff):
    """Book a time by hand, as on the telephone; a waiting offer is taken back. Raises IllegalStep or TimeTaken."""
    _lock(request)
    _take_back_offers(request)
    request.move_to(State.BOOKED, Event.Actor.STAFF, staff=staff)
    _take(time, request, OpenTime.State.BOOKED)
    return _note_booked(request, time, rests=UNDO_BY_STAFF)


def free_times_of(request):
    """What was held or booked for a request is free again, as it comes to an end or back to the desk."""
    _take_back_offers(request)
    OpenTime.objects.filter(request=request).free_again()
    for consultation in request.consultations.filter(state=Consultation.State.BOOKED):
        consultation.state, consultation.sequence = Consultation.State.CANCELLED, consultation.sequence + 1
        consultation.save(update_fields=["state", "sequence"])


def _lock(request):
    """Read the request anew, and keep others from changing it until the end of the transaction."""
    request.refresh_from_db(from_queryset=ConsultationRequest.objects.select_for_update())


def _take(time, request, state):
    if not OpenTime.objects.take(time.pk, request, state):
        raise TimeTaken(_("%(time)s has just been taken. Nothing was changed; choose another time.") % {"time": time})


def _note_booked(request, time, **options):
    consultation = Consultation.objects.create(request=request, time=time)
    tell_patient(request, OutboxMail.Kind.BOOKED, **options)
    return consultation


def _take_back_offers(request):
    for offer in request.offers.waiting():
        if offer.end(Offer.State.TAKEN_BACK):
            offer.held_times().free_again()


def _back_to_the_desk(offer, actor, why):
    offer.held_times().free_again()
    offer.request.move_to(State.IN_CONVERSATION, actor, reason=why, owed_by=reply_by(timezone.now()))
