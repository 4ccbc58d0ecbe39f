"""
A patient picks an open time while they ask. A time that the desk has yet to confirm is easily had, so nobody can have
many: a family can, one who hoards cannot. It is theirs until the desk confirms it, frees it, or its day comes near.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from booking.mail.owing import drop_what_is_owed, tell_desk, tell_patient
from booking.models import Clinician, ConsultationRequest, Event, OpenTime, OutboxMail
from booking.models.open_times import lock_clinicians
from booking.schedule.times import TimeTaken, lock, note_booked, refuse
from booking.states import UNDO_BY_STAFF, IllegalStep, State
from clinic_site.dates import moment_words
from clinic_site.models import Clinic, Limits, SelfPick

MOST_FOR_AN_ADDRESS = 4  # unconfirmed times for one email address or telephone number


class HeldEnough(TimeTaken):
    """As many times as may be are held unconfirmed already; without a time the request is welcome."""


def pick(consultation_request, time, source=""):
    """
    The patient picks an open time while they ask: held until the desk confirms it, or booked, as the clinic has set.

    Raises TimeTaken where it cannot be given any more, or so near that it is given by telephone alone; HeldEnough where
    too much is held already. `source` is where they ask from, as `source_of` gives it. Called within the transaction
    that keeps the request.
    """
    clinic = Clinic.profile()
    lock_clinicians(Clinician.objects.all())  # what counts is held with any of them
    if not OpenTime.objects.to_pick(clinic, consultation_request.next_word_by).filter(pk=time.pk).exists():
        raise TimeTaken(_why_not_picked(time, consultation_request, clinic))
    held_from = ""
    if clinic.self_pick == SelfPick.BOOKED:
        consultation_request.move_to(State.BOOKED, Event.Actor.PATIENT, times=[time.starts_at])
    else:
        held_from = _place_today(source)
        _refuse_hoarding(consultation_request, time, held_from)
    state = OpenTime.State.BOOKED if consultation_request.state == State.BOOKED else OpenTime.State.HELD
    if not OpenTime.objects.assign(time.pk, consultation_request, state, held_from):
        raise TimeTaken(_why_not_picked(time, consultation_request, clinic))
    if consultation_request.state == State.BOOKED:
        note_booked(consultation_request, time)


@transaction.atomic
def pick_later(consultation_request, time, source=""):
    """
    A patient who has asked already picks a time on their page: at last, another one, or one that was not offered.

    What was held for them is free again. Raises IllegalStep where no time can be picked any more, or what `pick` does.
    """
    lock(consultation_request)
    lock_clinicians(Clinician.objects.all())  # before any time of theirs, as everywhere
    for offer in consultation_request.offers.waiting():
        refuse(offer)
        consultation_request.refresh_from_db()
    if consultation_request.state not in OpenTime.UNDECIDED:
        raise IllegalStep(_("No time can be chosen for this request just now. Please call us. Nothing was changed."))
    consultation_request.times.filter(state=OpenTime.State.HELD).free_again()
    consultation_request.owe_a_word()
    pick(consultation_request, time, source)
    if consultation_request.state != State.BOOKED:
        consultation_request.record(Event.Kind.PICKED, Event.Actor.PATIENT, times=[time.starts_at])
    tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def release(times, why, staff=None):
    """
    Free times that people picked and the desk has not confirmed; each is told, and owed the next word.

    Mail about a click of staff rests a minute. Returns those of the times that were still held so.
    """
    requests = ConsultationRequest.objects.select_for_update().filter(pk__in=[time.request_id for time in times])
    list(requests.order_by("pk").values_list("pk"))
    freed = []
    for time in times:
        if OpenTime.objects.picked().filter(pk=time.pk, request=time.request_id).free_again():
            freed.append(time)
            actor = Event.Actor.STAFF if staff else Event.Actor.SYSTEM
            gone = [time.starts_at]
            time.request.record(Event.Kind.TAKEN_BACK, actor, staff=staff, note=why, times=gone)
            time.request.owe_a_word()
            rests = UNDO_BY_STAFF if staff else timedelta(0)
            tell_patient(time.request, OutboxMail.Kind.TIMES_GONE, times=gone, rests=rests)
    return freed


@transaction.atomic
def hold_again(time, consultation_request, staff):
    """Take back that a picked time was freed; False where it, or the request, has gone on meanwhile."""
    lock(consultation_request)
    has_one = consultation_request.times.filter(state__in=OpenTime.GIVEN).exists()
    if consultation_request.state not in OpenTime.UNDECIDED or has_one:
        return False
    if not OpenTime.objects.assign(time.pk, consultation_request, OpenTime.State.HELD):
        return False
    drop_what_is_owed(consultation_request, OutboxMail.Kind.TIMES_GONE)
    note = _("%(time)s is held again.") % {"time": moment_words(time.starts_at)}
    consultation_request.record(Event.Kind.NOTE, Event.Actor.STAFF, staff=staff, note=note)
    return True


def lapse_unconfirmed():
    """
    Free what patients picked and nobody confirmed, once it is nearer than the notice; tell patient and desk.

    The worker calls it each minute.
    """
    near = timezone.now() + timedelta(hours=Clinic.profile().notice_hours)
    for time in OpenTime.objects.picked().filter(starts_at__lte=near).select_related("request"):
        why = _("%(time)s was not confirmed before the notice for changes began, and is free again.")
        for freed in release([time], why % {"time": moment_words(time.starts_at)}):
            tell_desk(freed.request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


def _refuse_hoarding(consultation_request, time, held_from):
    """One sentence for each limit: it must not tell a stranger who has asked here before."""
    theirs = OpenTime.objects.unconfirmed().filter(_same_address(consultation_request))
    too_many = (
        theirs.filter(request__name__iexact=consultation_request.name).exists()
        or theirs.count() >= MOST_FOR_AN_ADDRESS
        or (held_from and _held_from(held_from) >= Limits.now().holds_from_source)
    )
    if too_many:
        raise HeldEnough(_held_enough(time))


def _place_today(source):
    """A digest of where somebody asks from, of today alone: days and places cannot be joined by it."""
    if not source:
        return ""
    return salted_hmac("booking.schedule.picking", f"{source} {timezone.localdate()}", algorithm="sha256").hexdigest()


def _held_from(place):
    return OpenTime.objects.unconfirmed().filter(held_from=place).count()


def _same_address(consultation_request):
    same = Q()
    if consultation_request.email:
        same |= Q(request__email__iexact=consultation_request.email)
    if consultation_request.phone:
        same |= Q(request__phone=consultation_request.phone)
    return same


def _why_not_picked(time, consultation_request, clinic):
    """Why a picked time cannot be had: past or closed, too near, before the clinic could confirm it, or taken."""
    moment = moment_words(time.starts_at)
    why = OpenTime.objects.why_not(time.pk)
    if not why and time.starts_at <= timezone.now() + timedelta(hours=clinic.notice_hours):
        why = _("it is too soon")
    if not why and clinic.self_pick == SelfPick.HELD and time.starts_at < consultation_request.next_word_by:
        why = _("it comes before we could confirm it")
    if why:
        words = _(
            "%(time)s cannot be held for you just now: %(why)s. Choose another time, or send this without a time and "
            "we will find one. You can also call us."
        )
        return words % {"time": moment, "why": why}
    if OpenTime.objects.filter(pk=time.pk, state=OpenTime.State.OPEN).exists():
        return _held_enough(time)
    words = _("%(time)s has just been taken. Choose another time, or send this without a time and we will find one.")
    return words % {"time": moment}


def _held_enough(time):
    """Says no more than that it cannot be held: why would tell who has asked here before."""
    words = _(
        "%(time)s cannot be held for you just now. Choose another time, or send this without a time and we will find "
        "one. You can also call us."
    )
    return words % {"time": moment_words(time.starts_at)}
