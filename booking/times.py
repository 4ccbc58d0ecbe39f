"""
Offering, accepting, booking and freeing times: what joins requests, times, offers and consultations.

Each function is all or nothing. A time is taken by one compare-and-set on its own row (`OpenTime.objects.take`), so of
any number of takers one wins; the others get TimeTaken, which says what to do, and hold nothing. Rows are locked in
one order, so that no two of these wait for each other: the request, its offers, the times by number.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.models import Consultation, ConsultationRequest, Event, Offer, OpenTime, OutboxMail
from booking.moments import moment_words
from booking.notices import take_back_news, tell_patient
from booking.states import UNDO_BY_STAFF, IllegalStep, State
from clinic_site.hours import after_open_minutes, reply_by
from clinic_site.models import Clinic, SelfPick


class TimeTaken(IllegalStep):
    """Somebody else was faster. Nothing was changed."""


def open_time(clinician, starts_at, minutes):
    """Open one time; one that was blocked or withdrawn is open again. Raises IntegrityError where one is given then."""
    closed = [OpenTime.State.BLOCKED, OpenTime.State.WITHDRAWN]
    there = OpenTime.objects.filter(clinician=clinician, starts_at=starts_at, state__in=closed)
    if there.update(state=OpenTime.State.OPEN, reason=""):
        return OpenTime.objects.get(clinician=clinician, starts_at=starts_at)
    return OpenTime.objects.create(clinician=clinician, starts_at=starts_at, minutes=minutes)


@transaction.atomic
def pick(request, time):
    """
    The patient picks an open time while she asks: held until the desk confirms it, or booked, as the clinic has set.

    Raises TimeTaken where it is free no longer, or so near that it is given by telephone alone.
    """
    if not OpenTime.objects.to_pick(Clinic.profile()).filter(pk=time.pk).exists():
        raise _picked_too_late(time)
    if Clinic.profile().self_pick == SelfPick.BOOKED:
        request.move_to(State.BOOKED, Event.Actor.PATIENT)
    state = OpenTime.State.BOOKED if request.state == State.BOOKED else OpenTime.State.HELD
    if not OpenTime.objects.take(time.pk, request, state):
        raise _picked_too_late(time)
    if request.state == State.BOOKED:
        note_booked(request, time)


def _picked_too_late(time):
    return TimeTaken(
        _("%(time)s has just been taken. Choose another time, or ask us to call you.")
        % {"time": moment_words(time.starts_at)}
    )


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
    lock_times(request, *times)
    request.times.filter(state=OpenTime.State.HELD).free_again()
    offer = _hold(request, times, staff, note)
    tell_patient(request, OutboxMail.Kind.OFFERED, rests=UNDO_BY_STAFF)
    return offer


@transaction.atomic
def offer_earlier(request, time, staff):
    """
    Hold an earlier time for a patient who has one booked and waits; what is booked stays until she accepts.

    Raises IllegalStep where nothing is booked, the time is not earlier or an offer is waiting already; TimeTaken where
    it is free no longer.
    """
    lock(request)
    consultation = consultation_of(request)
    if time.starts_at >= consultation.time.starts_at:
        raise IllegalStep(_("This time is not earlier than the one that is booked. Nothing was changed."))
    if request.offers.waiting().exists():
        raise IllegalStep(_("A time is held for this patient already. Take it back first. Nothing was changed."))
    offer = _hold(request, [time], staff)
    tell_patient(request, OutboxMail.Kind.EARLIER, rests=UNDO_BY_STAFF)
    return offer


@transaction.atomic
def take_back_offer(request):
    """The desk takes back the earlier time that it offered. Raises IllegalStep where none is waiting."""
    lock(request)
    consultation_of(request)
    if not take_back_offers(request):
        raise IllegalStep(_("No time is held for this patient any more. Nothing was changed."))


@transaction.atomic
def accept(offer, time):
    """
    The patient takes one of the offered times; the others are free again. Raises TimeTaken where it is too late.

    A consultation that was booked already moves there; else one is booked.
    """
    request = lock(offer.request)
    if offer.lapses_at <= timezone.now() or not offer.end(Offer.State.ACCEPTED):
        raise TimeTaken(_("These times are no longer held for you. We will offer you new ones, or call us."))
    lock_times(request)
    if not OpenTime.objects.book_held(time.pk, request):
        raise TimeTaken(_("This time is not held for you. Choose one of those below, or call us."))
    offer.held_times().free_again()
    if request.state == State.BOOKED:
        return change_time(consultation_of(request), time, Event.Actor.PATIENT)
    request.move_to(State.BOOKED, Event.Actor.PATIENT)
    return note_booked(request, time)


@transaction.atomic
def refuse(offer, why=""):
    """None of the times fits: they are free again, and the desk owes the next word. Raises IllegalStep."""
    lock(offer.request)
    if not offer.end(Offer.State.REFUSED):
        raise IllegalStep(_("This offer has ended already. Nothing was changed."))
    _back_to_the_desk(offer, Event.Actor.PATIENT, why)


@transaction.atomic
def lapse(offer):
    """End an offer that nobody answered in time; False where it is not due, or somebody was faster."""
    lock(offer.request)
    if offer.lapses_at > timezone.now() or not offer.end(Offer.State.LAPSED):
        return False
    _back_to_the_desk(offer, Event.Actor.SYSTEM, "")
    return True


def lapse_what_is_due():
    """Lapse every offer whose time has run out, and picks that began unconfirmed; the worker calls it each minute."""
    for offer in Offer.objects.lapsed().select_related("request"):
        lapse(offer)
    OpenTime.objects.filter(state=OpenTime.State.HELD, starts_at__lte=timezone.now()).free_again()


@transaction.atomic
def book(request, time, staff):
    """
    Book a time by hand, as on the telephone, or the one that the patient picked; a waiting offer is taken back.

    Raises IllegalStep or TimeTaken.
    """
    lock(request)
    request.move_to(State.BOOKED, Event.Actor.STAFF, staff=staff)
    take_back_offers(request)
    lock_times(request, time)
    if not OpenTime.objects.book_held(time.pk, request):
        take(time, request, OpenTime.State.BOOKED)
    request.times.filter(state=OpenTime.State.HELD).free_again()
    return note_booked(request, time, rests=UNDO_BY_STAFF)


def free_times_of(request, state=OpenTime.State.OPEN):
    """
    What was held or booked for a request is free again, or blocked, as it comes to an end or back to the desk.

    The time of a consultation that took place, or was missed, stays where it was.
    """
    take_back_offers(request)
    over = request.consultations.filter(state__in=[Consultation.State.ATTENDED, Consultation.State.MISSED])
    request.times.exclude(pk__in=list(over.values_list("time", flat=True))).free_again(state)
    for consultation in request.consultations.booked():
        consultation.turn(Consultation.State.CANCELLED)


def lock(request):
    """Read the request anew, and keep others from changing it until the end of the transaction; returns it."""
    request.refresh_from_db(from_queryset=ConsultationRequest.objects.select_for_update())
    return request


def lock_times(request, *times):
    """Lock what a request has and what it is to have, in the order that all keep to."""
    wanted = Q(request=request) | Q(pk__in=[time.pk for time in times])
    list(OpenTime.objects.select_for_update().filter(wanted).order_by("pk").values_list("pk"))


def take(time, request, state):
    """Give a free time to a request. Raises TimeTaken."""
    if not OpenTime.objects.take(time.pk, request, state):
        raise TimeTaken(
            _("%(time)s has just been taken. Nothing was changed; choose another time.")
            % {"time": moment_words(time.starts_at)}
        )


def consultation_of(request):
    """The consultation that is booked for a request. Raises IllegalStep where there is none."""
    if consultation := request.consultation:
        return consultation
    raise IllegalStep(_("No consultation is booked for this request. Nothing was changed."))


def note_booked(request, time, **options):
    """Keep the consultation at a time that is booked already, and tell the patient."""
    consultation = Consultation.objects.create(request=request, time=time)
    tell_patient(request, OutboxMail.Kind.BOOKED, **options)
    return consultation


def change_time(consultation, time, actor, staff=None, **options):
    """Have a consultation stand at another time, which is booked already; the old one is free again."""
    request = consultation.request
    OpenTime.objects.filter(pk=consultation.time_id, request=request).free_again()
    consultation.go_to(time)
    request.record(Event.Kind.MOVED, actor, staff=staff)
    take_back_news(request, OutboxMail.Kind.MOVED, OutboxMail.Kind.REMINDER)
    tell_patient(request, OutboxMail.Kind.MOVED, **options)
    return consultation


def take_back_offers(request):
    """End what is offered to a request and free its times; returns whether anything was."""
    ended = [offer for offer in request.offers.waiting() if offer.end(Offer.State.TAKEN_BACK)]
    for offer in ended:
        offer.held_times().free_again()
    return bool(ended)


def _hold(request, times, staff, note=""):
    for time in sorted(times, key=lambda time: time.pk):
        take(time, request, OpenTime.State.HELD)
    lapses_at = after_open_minutes(timezone.now(), Clinic.profile().offers_hold_for)
    lapses_at = min([lapses_at, *(time.starts_at for time in times)])
    offer = Offer.objects.create(request=request, made_by=staff, lapses_at=lapses_at, note=note)
    offer.times.set(times)
    return offer


def _back_to_the_desk(offer, actor, why):
    """The times of an ended offer are free; a patient who has one booked keeps that, to others a word is owed."""
    request = offer.request
    offer.held_times().free_again()
    if request.state == State.BOOKED:
        request.record(Event.Kind.KEPT, actor, note=why)
    else:
        request.move_to(State.IN_CONVERSATION, actor, reason=why, owed_by=reply_by(timezone.now()))
