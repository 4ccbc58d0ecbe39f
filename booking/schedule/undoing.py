"""
Undoing a step: the request comes back as it was, with its times, its offer, its consultation and its promise.

An undo first gets back what it promises. Where somebody else has that by now, it is refused, and what the patient was
told, or is to be told, stands. One thing is left out: a request that had come to an end comes back to life without its
times, and its patient is told that those are gone, as nothing else would lead on from there.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from booking.mail.owing import tell_patient
from booking.models import Consultation, Event, Offer, OpenTime, OutboxMail
from booking.models.consultations import UNTIL_MOVED
from booking.models.to_calls import settle_calls
from booking.schedule.times import lock, lock_times, starts_of
from booking.states import UNDO_BY_STAFF, UNDO_WITHDRAWAL, IllegalStep, State
from clinic_site.dates import moment_words

# Mail that no step owes: somebody asked for it, or the calendar did.
OWED_BY_NO_STEP = [
    *OutboxMail.TO_STAFF,
    OutboxMail.Kind.LINK_AGAIN,
    OutboxMail.Kind.REMINDER,
    OutboxMail.Kind.NEW_ADDRESS,
    OutboxMail.Kind.OLD_ADDRESS,
]
LIVE_AGAIN_FROM = [State.WITHDRAWN, State.DECLINED, State.CLOSED, State.UNREACHABLE]
COME_BACK_WITHOUT_TIMES = {State.OFFERED: State.IN_CONVERSATION, State.BOOKED: State.IN_CONVERSATION}
UNDONE_BY_STAFF = [Event.Kind.STEP, Event.Kind.MOVED, Event.Kind.EARLIER_HELD]


class Lost(IllegalStep):
    """What an undo would bring back has been given to somebody else, or cannot be given any more."""

    def __init__(self, times, why):
        super().__init__(
            _("This cannot be undone: %(why)s. Nothing was changed, and what the patient is told stands.")
            % {"why": why}
        )
        self.times = times


def step_of_staff(consultation_request, staff):
    """The line of this member's own last step, if it can still be undone; or None."""
    line = consultation_request.timeline.last_change()
    if line is None or line.kind not in UNDONE_BY_STAFF or (line.actor, line.staff) != (Event.Actor.STAFF, staff):
        return None
    return line if _stands(line, consultation_request) and timezone.now() - line.at < UNDO_BY_STAFF else None


def step_of_patient(consultation_request):
    """The line with which the patient withdrew, moved or gave their time back, if they can still undo it; or None."""
    return as_step_of_patient(consultation_request.timeline.last_change(), consultation_request)


def as_step_of_patient(line, consultation_request):
    """The last change of a request, if it is a step that the patient can still undo; or None."""
    if line is None or line.actor != Event.Actor.PATIENT or not _is_undone_by_patient(line):
        return None
    return line if _stands(line, consultation_request) and timezone.now() - line.at < UNDO_WITHDRAWAL else None


def _is_undone_by_patient(line):
    gave_back = (line.before, line.after) == (State.BOOKED, State.IN_CONVERSATION)
    return line.kind == Event.Kind.MOVED or (
        line.kind == Event.Kind.STEP and (gave_back or line.after == State.WITHDRAWN)
    )


def _stands(line, consultation_request):
    return bool(line.was) and (not line.after or line.after == consultation_request.state)


@transaction.atomic
def undo_step_of_staff(consultation_request, staff):
    """A member of staff takes back their own last step, within a minute. Raises IllegalStep where they cannot."""
    lock(consultation_request)
    return _undo(consultation_request, step_of_staff(consultation_request, staff), Event.Actor.STAFF, staff)


@transaction.atomic
def undo_step_of_patient(consultation_request):
    """
    The patient takes back their withdrawal or move, or gets back the time that they gave up, within ten minutes.

    Raises IllegalStep where they cannot.
    """
    lock(consultation_request)
    return _undo(consultation_request, step_of_patient(consultation_request), Event.Actor.PATIENT)


@transaction.atomic
def take_back(consultation_request, line, staff):
    """A member of staff takes back what that line did, whoever did it and whenever. Raises IllegalStep."""
    return _undo(lock(consultation_request), line, Event.Actor.STAFF, staff)


def _undo(consultation_request, line, actor, staff=None):
    if line is None:
        raise IllegalStep(_("It is too late to undo this, or something else has happened since. Nothing was changed."))
    lock_times(consultation_request, *OpenTime.objects.filter(pk__in=line.was["times"]))
    try:
        with transaction.atomic():
            _give_back(consultation_request, line)
            _come_back(consultation_request, line, line.was["state"], actor, staff)
    except Lost as lost:
        consultation_request.refresh_from_db()
        if line.after not in LIVE_AGAIN_FROM:
            raise
        _come_back_without(consultation_request, line, lost.times, actor, staff)
    return line


def _come_back(consultation_request, line, state, actor, staff, times=()):
    """The state, the promise and what is to be told are as before that line."""
    before = State(consultation_request.state)
    _owe_as_before(consultation_request, line)
    consultation_request.go_back(
        State(state), consultation_request.promise_after_undoing(line), actor, staff, undoes=line, times=times
    )
    settle_calls(consultation_request)
    return before


def _come_back_without(consultation_request, line, times, actor, staff):
    """The request lives again, but its times are gone: the patient is told so, and is owed a word."""
    state = State(line.was["state"])
    _come_back(consultation_request, line, COME_BACK_WITHOUT_TIMES.get(state, state), actor, staff, times)
    consultation_request.owe_a_word()
    tell_patient(consultation_request, OutboxMail.Kind.TIMES_GONE, times=times)


def _give_back(consultation_request, line):
    """What the step gave is free again, and what it took is back. Raises Lost."""
    was = {int(pk): state for pk, state in line.was["times"].items()}
    consultation_request.times.exclude(pk__in=was).free_again()
    for offer in consultation_request.offers.waiting().exclude(pk=line.was["offer"]):
        offer.end(Offer.State.TAKEN_BACK)
    for consultation in consultation_request.consultations.booked().exclude(pk=line.was["consultation"]):
        consultation.set_state(Consultation.State.CANCELLED)
    lost = [pk for pk, state in sorted(was.items()) if not _has_again(consultation_request, pk, state)]
    if lost:
        raise Lost(starts_of(OpenTime.objects.filter(pk__in=was)), _why_lost(OpenTime.objects.get(pk=lost[0])))
    offer = Offer.objects.filter(pk=line.was["offer"]).first()
    if offer and not _waits_again(offer):
        raise Lost(starts_of(offer.times.all()), _("the offer has lapsed meanwhile"))
    if line.was["consultation"]:
        _stands_again(Consultation.objects.get(pk=line.was["consultation"]), line)


def _has_again(consultation_request, pk, state):
    theirs = OpenTime.objects.filter(pk=pk, request=consultation_request)
    return bool(theirs.update(state=state)) or OpenTime.objects.assign(pk, consultation_request, state)


def _why_lost(time):
    why = OpenTime.objects.why_not(time.pk) or _("somebody else has it, or it is blocked")
    return _("%(time)s cannot be given any more, as %(why)s") % {"time": moment_words(time.starts_at), "why": why}


def _waits_again(offer):
    if offer.lapses_at <= timezone.now():
        return False
    return bool(Offer.objects.filter(pk=offer.pk).update(state=Offer.State.WAITING))


def _stands_again(consultation, line):
    """Booked, and where a move was undone, at its old time with what the patient had said about that."""
    if consultation.state != Consultation.State.BOOKED:
        consultation.set_state(Consultation.State.BOOKED)
    kept = line.was.get("moved")
    if kept:
        consultation.time_id, consultation.moved_from_id = kept["time"], kept["moved_from"]
        consultation.sequence += 1
        for name in UNTIL_MOVED:
            setattr(consultation, name, parse_datetime(kept[name]) if kept[name] else None)
        consultation.save()


def _owe_as_before(consultation_request, line):
    """What was to be told because of the step is told to nobody; what the step had overtaken is to be told again."""
    now, since = timezone.now(), parse_datetime(line.was["at"])
    mails = consultation_request.mails.exclude(kind__in=OWED_BY_NO_STEP)
    mails.waiting().filter(pk__gt=line.was["mail"]).update(dropped_at=now, leased_until=None)
    mails.filter(pk__lte=line.was["mail"], dropped_at__gte=since).update(dropped_at=None)
    to_calls = consultation_request.to_calls
    to_calls.open().filter(pk__gt=line.was["to_call"]).update(dropped_at=now)
    to_calls.filter(pk__lte=line.was["to_call"], dropped_at__gte=since).update(dropped_at=None)
