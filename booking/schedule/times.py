"""
Offering, accepting, booking and freeing times: what joins requests, times, offers and consultations.

Each function is all or nothing. A time is given by one compare-and-set on its own row (`OpenTime.objects.assign`): of
any number of takers one wins; the others get TimeTaken, which says what to do, and hold nothing. Rows are locked in
one order, so that no two of these wait for each other: the request, the clinicians by number, the times by number.
What an offer or a consultation stands at is changed only by who has its request.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.mail.owing import drop_what_is_owed, tell_patient, was_not_told
from booking.models import Clinician, Consultation, ConsultationRequest, Event, Offer, OpenTime, OutboxMail
from booking.models.open_times import lock_clinicians
from booking.states import UNDO_BY_STAFF, IllegalStep, State
from clinic_site.dates import moment_words
from clinic_site.hours import after_open_minutes, reply_by
from clinic_site.models import Clinic


class TimeTaken(IllegalStep):
    """Somebody else was faster. Nothing was changed."""


class TimeGone(TimeTaken):
    """The time was kept for this patient, and the clinic cannot give it any more: the desk owes them a word."""


@transaction.atomic
def offer_times(consultation_request, times, staff, note=""):
    """
    Hold one to three times for a request until the offer lapses, and tell the patient after a minute.

    The offer lapses before the first of its times begins. Raises IllegalStep where the request cannot be offered times,
    TimeTaken where one of them is free no longer.
    """
    if not 1 <= len(times) <= Offer.MOST_TIMES:
        raise IllegalStep(_("Offer one to three times. Nothing was changed."))
    consultation_request.move_to(State.OFFERED, Event.Actor.STAFF, staff=staff, times=starts_of(times))
    lock_times(consultation_request, *times)
    consultation_request.times.filter(state=OpenTime.State.HELD).free_again()
    offer = _hold(consultation_request, times, staff, note)
    tell_patient(consultation_request, OutboxMail.Kind.OFFERED, rests=UNDO_BY_STAFF)
    return offer


@transaction.atomic
def offer_earlier(consultation_request, time, staff):
    """
    Hold an earlier time for a patient who has one booked and waits; what is booked stays until they accept.

    Raises IllegalStep where nothing is booked, the time is not earlier or an offer is waiting already; TimeTaken where
    it is free no longer.
    """
    lock(consultation_request)
    consultation = consultation_of(consultation_request)
    if time.starts_at >= consultation.time.starts_at:
        raise IllegalStep(_("This time is not earlier than the one that is booked. Nothing was changed."))
    if consultation_request.offers.waiting().exists():
        raise IllegalStep(_("A time is held for this patient already. Take it back first. Nothing was changed."))
    was = consultation_request.stands_now()
    offer = _hold(consultation_request, [time], staff)
    consultation_request.record(
        Event.Kind.EARLIER_HELD, Event.Actor.STAFF, staff=staff, times=[time.starts_at], was=was
    )
    tell_patient(consultation_request, OutboxMail.Kind.EARLIER, rests=UNDO_BY_STAFF)
    return offer


@transaction.atomic
def withdraw_offer(consultation_request, staff):
    """
    The desk takes back the earlier time that it offered; who has been told of it is told that it is gone.

    Returns whether they had been told. Raises IllegalStep where none is waiting.
    """
    lock(consultation_request)
    consultation_of(consultation_request)
    held = list(consultation_request.times.filter(state=OpenTime.State.HELD))
    told = not was_not_told(consultation_request, OutboxMail.Kind.EARLIER)
    if not withdraw_offers(consultation_request):
        raise IllegalStep(_("No time is held for this patient any more. Nothing was changed."))
    times = starts_of(held)
    consultation_request.record(Event.Kind.TAKEN_BACK, Event.Actor.STAFF, staff=staff, times=times)
    drop_what_is_owed(consultation_request, OutboxMail.Kind.EARLIER)
    if told:
        tell_patient(consultation_request, OutboxMail.Kind.TIMES_GONE, times=times)
    return told


def accept(offer, time):
    """
    The patient takes one of the offered times; the others are free again. Raises TimeTaken where it is too late.

    A consultation that was booked already moves there; else one is booked. Where the clinic cannot give the time any
    more, the patient is told so (TimeGone), and the desk owes them the next word.
    """
    try:
        return _accept(offer, time)
    except TimeGone as refusal:
        take_out_of_offer(offer, time, str(refusal))
        raise


@transaction.atomic
def _accept(offer, time):
    consultation_request = lock(offer.request)
    if offer.lapses_at <= timezone.now() or not offer.end(Offer.State.ACCEPTED):
        raise TimeTaken(_("These times are no longer held for you. We will offer you new ones, or call us."))
    lock_times(consultation_request)
    if not OpenTime.objects.book_held(time.pk, consultation_request):
        raise _not_accepted(offer, time)
    offer.held_times().free_again()
    if consultation_request.state == State.BOOKED:
        return change_time(consultation_of(consultation_request), time, Event.Actor.PATIENT)
    consultation_request.move_to(State.BOOKED, Event.Actor.PATIENT, times=[time.starts_at])
    return note_booked(consultation_request, time)


def _not_accepted(offer, time):
    if offer.held_times().filter(pk=time.pk).exists() and (why := OpenTime.objects.why_not(time.pk)):
        return TimeGone(
            _("We are sorry: %(time)s cannot be given any more, as %(why)s. We will tell you what is next.")
            % {"time": moment_words(time.starts_at), "why": why}
        )
    return TimeTaken(_("This time is not held for you. Choose one of those below, or call us."))


@transaction.atomic
def take_out_of_offer(offer, time, why):
    """A time that cannot be given any more is offered no longer; the offer ends with the last that can be."""
    consultation_request = lock(offer.request)
    lock_times(consultation_request)
    left = OpenTime.objects.bookable(held_for=consultation_request).filter(pk__in=offer.held_times().values("pk"))
    if left.exists():
        offer.held_times().filter(pk=time.pk).free_again()
        offer.times.remove(time)
        consultation_request.record(Event.Kind.NOTE, Event.Actor.SYSTEM, note=why, times=[time.starts_at])
        consultation_request.owe_a_word()
    elif offer.end(Offer.State.TAKEN_BACK):
        _back_to_the_desk(offer, Event.Actor.SYSTEM, why)


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
    """Lapse every offer whose time has run out; the worker calls it each minute."""
    for offer in Offer.objects.lapsed().select_related("request"):
        lapse(offer)


@transaction.atomic
def book(consultation_request, time, staff):
    """
    Book a time by hand, as on the telephone, or the one that the patient picked; a waiting offer is taken back.

    Raises IllegalStep or TimeTaken.
    """
    lock(consultation_request)
    consultation_request.move_to(State.BOOKED, Event.Actor.STAFF, staff=staff, times=[time.starts_at])
    lock_times(consultation_request, time)
    withdraw_offers(consultation_request)
    if not OpenTime.objects.book_held(time.pk, consultation_request):
        assign_time(time, consultation_request, OpenTime.State.BOOKED)
    consultation_request.times.filter(state=OpenTime.State.HELD).free_again()
    return note_booked(consultation_request, time, rests=UNDO_BY_STAFF)


def free_times_of(consultation_request, state=OpenTime.State.OPEN):
    """
    What was held or booked for a request is free again, or blocked, as it comes to an end or back to the desk.

    The time of a consultation that took place, or was missed, stays where it was.
    """
    withdraw_offers(consultation_request)
    over = consultation_request.consultations.filter(state__in=[Consultation.State.ATTENDED, Consultation.State.MISSED])
    consultation_request.times.exclude(pk__in=list(over.values_list("time", flat=True))).free_again(state)
    for consultation in consultation_request.consultations.booked():
        consultation.set_state(Consultation.State.CANCELLED)


def lock(consultation_request):
    """Read the request anew, and keep others from changing it until the end of the transaction; returns it."""
    consultation_request.refresh_from_db(from_queryset=ConsultationRequest.objects.select_for_update())
    return consultation_request


def lock_times(consultation_request, *times):
    """Lock what a request has and what it is to have, its clinicians first, in the order that all keep to."""
    wanted = OpenTime.objects.filter(Q(request=consultation_request) | Q(pk__in=[time.pk for time in times]))
    lock_clinicians(Clinician.objects.filter(pk__in=wanted.values("clinician")))
    list(wanted.select_for_update().order_by("pk").values_list("pk"))


def assign_time(time, consultation_request, state):
    """Give a bookable time to a request. Raises TimeTaken."""
    if not OpenTime.objects.assign(time.pk, consultation_request, state):
        raise _not_given(time)


def _not_given(time):
    moment = moment_words(time.starts_at)
    if why := OpenTime.objects.why_not(time.pk):
        return TimeTaken(
            _("%(time)s cannot be given any more: %(why)s. Nothing was changed; choose another time.")
            % {"time": moment, "why": why}
        )
    return TimeTaken(_("%(time)s has just been taken. Nothing was changed; choose another time.") % {"time": moment})


def consultation_of(consultation_request):
    """The consultation that is booked for a request. Raises IllegalStep where there is none."""
    if consultation := consultation_request.consultation:
        return consultation
    raise IllegalStep(_("No consultation is booked for this request. Nothing was changed."))


def note_booked(consultation_request, time, **options):
    """Keep the consultation at a time that is booked already, and tell the patient."""
    consultation = Consultation.objects.create(request=consultation_request, time=time)
    tell_patient(consultation_request, OutboxMail.Kind.BOOKED, **options)
    return consultation


def change_time(consultation, time, actor, staff=None, was=None, **options):
    """
    Have a consultation stand at another time, which is booked already; the old one is free again.

    `was` is how the request stood, where the move can be undone.
    """
    consultation_request, both = consultation.request, [consultation.time.starts_at, time.starts_at]
    OpenTime.objects.filter(pk=consultation.time_id, request=consultation_request).free_again()
    consultation.move_to_time(time)
    consultation_request.record(Event.Kind.MOVED, actor, staff=staff, times=both, was=was or {})
    drop_what_is_owed(consultation_request, OutboxMail.Kind.MOVED, OutboxMail.Kind.REMINDER)
    tell_patient(consultation_request, OutboxMail.Kind.MOVED, **options)
    return consultation


def withdraw_offers(consultation_request):
    """End what is offered to a request and free its times; returns whether anything was."""
    ended = [offer for offer in consultation_request.offers.waiting() if offer.end(Offer.State.TAKEN_BACK)]
    for offer in ended:
        offer.held_times().free_again()
    return bool(ended)


def _hold(consultation_request, times, staff, note=""):
    for time in sorted(times, key=lambda time: time.pk):
        assign_time(time, consultation_request, OpenTime.State.HELD)
    lapses_at = after_open_minutes(timezone.now(), Clinic.profile().offers_hold_for)
    lapses_at = min([lapses_at, *(time.starts_at for time in times)])
    offer = Offer.objects.create(request=consultation_request, made_by=staff, lapses_at=lapses_at, note=note)
    offer.times.set(times)
    return offer


def starts_of(times):
    """The moments at which these times begin, in order."""
    return sorted(time.starts_at for time in times)


def _back_to_the_desk(offer, actor, why):
    """The times of an ended offer are free; a patient who has one booked keeps that, to others a word is owed."""
    consultation_request = offer.request
    times = starts_of(offer.held_times())
    offer.held_times().free_again()
    if consultation_request.state == State.BOOKED:
        consultation_request.record(Event.Kind.KEPT, actor, note=why, times=times)
    else:
        consultation_request.move_to(
            State.IN_CONVERSATION, actor, reason=why, owed_by=reply_by(timezone.now()), times=times
        )
