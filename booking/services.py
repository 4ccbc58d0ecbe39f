"""What a patient does that joins several records: asking, adding, changing, taking back, looking a link up."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.mail.owing import owe, tell_desk, tell_patient
from booking.models import ConsultationRequest, Event, LinkLookup, OutboxMail, Quarantine
from booking.models.consultation_requests import new_reference
from booking.schedule.consultations import stop_if_late
from booking.schedule.picking import pick
from booking.schedule.times import consultation_of, free_times_of
from booking.schedule.undoing import undo_step_of_patient
from booking.states import UNDO_WITHDRAWAL, State
from clinic_site.hours import reply_by

REFERENCE_TRIES = 5  # two requests with the same six random letters are rare, and never a reason to lose one


def submit(consultation_request, open_time=None, staff=None, source=""):
    """
    Keep a patient's request with its timeline and the mail that it owes, and the time that they picked; all or nothing.

    Returns the request that is kept: the same form sent twice gives the first one. With suspicions it is kept apart
    for the desk to look at, owes no mail until it is released, and gets no time. Raises TimeTaken where the picked time
    is free no longer; nothing is kept then, and the patient is asked for another. `staff` is who took it down from the
    telephone, `source` where a patient asks from (`source_of`).
    """
    for tries_left in reversed(range(REFERENCE_TRIES)):
        try:
            return _keep(consultation_request, open_time, staff, source)
        except IntegrityError:
            existing = ConsultationRequest.objects.filter(form_key=consultation_request.form_key).first()
            if existing:
                return existing
            if not tries_left:
                raise
            consultation_request.pk, consultation_request.reference = None, new_reference()


@transaction.atomic
def _keep(consultation_request, open_time, staff, source):
    now = timezone.now()
    consultation_request.received_at = consultation_request.state_since = consultation_request.consented_at = now
    consultation_request.reply_by = consultation_request.owed_by = reply_by(now)
    consultation_request.quarantine = Quarantine.HELD if consultation_request.suspicions else Quarantine.NOT
    consultation_request.save(force_insert=True)
    consultation_request.store_token_digest()
    taken_by = Event.Actor.STAFF if staff else Event.Actor.PATIENT
    consultation_request.record(Event.Kind.RECEIVED, taken_by, staff=staff)
    if consultation_request.suspicions:
        picked = _("Picked: %(time)s") % {"time": open_time} if open_time else ""
        consultation_request.record(Event.Kind.HELD, Event.Actor.SYSTEM, note=picked)
        return consultation_request
    if open_time:
        pick(consultation_request, open_time, source)
    owe_first_mail(consultation_request)
    return consultation_request


def owe_first_mail(consultation_request):
    """Tell patient and desk; a patient whose time was booked at once has been told of that instead."""
    if consultation_request.state == State.RECEIVED:
        tell_patient(consultation_request, OutboxMail.Kind.RECEIVED)
    tell_desk(consultation_request, OutboxMail.Kind.TELL_THE_DESK)


@transaction.atomic
def withdraw(consultation_request):
    """
    The patient takes their request back, and with it any times that it had.

    The mail that says so rests for as long as they can undo it. Raises IllegalStep where it cannot be taken back, or
    where what is booked is too near for that.
    """
    times = []
    if consultation_request.state == State.BOOKED:
        consultation = consultation_of(consultation_request)
        stop_if_late(consultation)
        times = [consultation.time.starts_at]
    consultation_request.move_to(State.WITHDRAWN, Event.Actor.PATIENT, times=times)
    free_times_of(consultation_request)
    tell_patient(consultation_request, OutboxMail.Kind.WITHDRAWN, rests=UNDO_WITHDRAWAL)


@transaction.atomic
def undo_by_patient(consultation_request):
    """
    The patient takes back, within ten minutes, that they withdrew or cannot come. Raises IllegalStep where they cannot.

    A time that they gave up is theirs again, or nothing is changed; a withdrawn request lives again in any case.
    """
    undone = undo_step_of_patient(consultation_request)
    if undone.after != State.WITHDRAWN:
        tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def add_words(consultation_request, words):
    """The patient adds to what they said; kept encrypted in the timeline, where the desk reads it."""
    consultation_request.record(Event.Kind.ADDED, Event.Actor.PATIENT, note=words)
    consultation_request.owe_a_word()
    if not consultation_request.is_quarantined:
        tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


@transaction.atomic
def change_contact(consultation_request):
    """Keep another way to reach the patient, as set on the request; the timeline says to what, encrypted."""
    consultation_request.save(update_fields=["contact_by", "email", "phone", "phone_extension", "may_leave_message"])
    consultation_request.record(Event.Kind.CONTACT, Event.Actor.PATIENT, note=_reached_by(consultation_request))
    if not consultation_request.is_quarantined:
        tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


def _reached_by(consultation_request):
    """How a patient is reached, the way that they prefer standing first."""
    ways = {"email": consultation_request.email, "phone": consultation_request.phone_words}
    if consultation_request.phone and consultation_request.may_leave_message:
        ways["phone"] = _("%(phone)s, a message may be left") % {"phone": ways["phone"]}
    preferred = ways.pop(consultation_request.contact_by)
    return "; ".join(filter(None, [preferred, *ways.values()]))


@transaction.atomic
def answer_lookup(lookup):
    """Owe a fresh mail with the link for each open request of that address, and forget that it was asked."""
    for consultation_request in ConsultationRequest.objects.open().filter(email__iexact=lookup.email):
        consultation_request.record(Event.Kind.LINK_SENT_AGAIN, Event.Actor.PATIENT)
        owe(OutboxMail.Kind.LINK_AGAIN, consultation_request)
    LinkLookup.objects.filter(pk=lookup.pk).delete()
