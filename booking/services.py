"""What a patient does that joins several records: asking, adding, correcting, taking back, looking a link up."""

from collections import Counter
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.mail.owing import (
    owe,
    send_again_what_did_not_arrive,
    tell_both_addresses,
    tell_clinicians,
    tell_desk,
    tell_patient,
)
from booking.models import ConsultationRequest, Event, LinkLookup, OutboxMail, Quarantine
from booking.models.consultation_requests import new_reference
from booking.schedule.consultations import stop_if_late
from booking.schedule.picking import pick
from booking.schedule.times import consultation_of, free_times_of
from booking.schedule.undoing import undo_step_of_patient
from booking.states import OPEN, UNDO_WITHDRAWAL, IllegalStep, State
from clinic_site.hours import reply_by
from clinic_site.models import Limits

# What `correct_contact` writes. `needs` is encrypted, and so is the line that says what all of it was before.
CORRECTED = [
    *["name", "contact_by", "email", "phone", "phone_extension", "may_leave_message"],
    *["language", "interpreter", "needs", "windows", "treatment", "benefit", "clinician", "for_someone_else"],
]
REFERENCE_TRIES = 5  # two requests with the same six random letters are rare, and never a reason to lose one


def submit(consultation_request, open_time=None, staff=None, source=""):
    """
    Keep a patient's request with its timeline and the mail that it owes, and the time that they picked; all or nothing.

    Returns the request that is kept: the same form sent twice gives the first one. With suspicions it is kept apart
    for the desk to look at, owes no mail until it is released, and gets no time. Raises TimeTaken where the picked time
    is free no longer; nothing is kept then, and the patient is asked for another. `staff` is who took it down from the
    telephone, `source` where a patient asks from (`source_of`).
    """
    _arrives(consultation_request)
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


def _arrives(consultation_request):
    """Note when it came, by when it is answered and whether it is trusted, before SQLite's write lock is waited for."""
    now = timezone.now()
    consultation_request.received_at = consultation_request.state_since = consultation_request.consented_at = now
    consultation_request.reply_by = consultation_request.owed_by = reply_by(now)
    consultation_request.quarantine = Quarantine.HELD if consultation_request.suspicions else Quarantine.NOT


@transaction.atomic
def _keep(consultation_request, open_time, staff, source):
    consultation_request.save(force_insert=True)
    consultation_request.store_token_digest()
    taken_by = Event.Actor.STAFF if staff else Event.Actor.PATIENT
    consultation_request.record(Event.Kind.RECEIVED, taken_by, staff=staff)
    if consultation_request.urgent_at:
        consultation_request.urgent_at = None
        mark_urgent(consultation_request, taken_by, staff)
    if consultation_request.suspicions:
        picked = _("Picked: %(time)s") % {"time": open_time} if open_time else ""
        consultation_request.record(Event.Kind.HELD, Event.Actor.SYSTEM, note=picked)
        return consultation_request
    if open_time:
        pick(consultation_request, open_time, source)
    owe_first_mail(consultation_request)
    return consultation_request


@transaction.atomic
def mark_urgent(consultation_request, actor, staff=None, note=""):
    """
    Somebody has trouble after a treatment: it stands on top of Today, a word is owed at once, and the clinicians are
    alerted, until one of them answers. Said once more, it alerts nobody anew.

    Of a suspect the clinicians hear once it is released.
    """
    if consultation_request.urgent_at:
        return
    was, now = consultation_request.stands_now(), timezone.now()
    consultation_request.urgent_at = now
    consultation_request.flagged_at = consultation_request.flagged_at or now
    consultation_request.owed_by = min(filter(None, [consultation_request.owed_by, now]))
    consultation_request.save(update_fields=["urgent_at", "flagged_at", "owed_by"])
    consultation_request.record(Event.Kind.URGENT, actor, staff=staff, note=note, was=was)
    if not consultation_request.is_quarantined:
        tell_clinicians(consultation_request, OutboxMail.Kind.URGENT)


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
def add_words(consultation_request, words, trouble=False):
    """
    The patient adds to what they said; kept encrypted in the timeline, where the desk reads it.

    With `trouble` after a treatment it is urgent. What a form says that was sent twice is kept once.
    """
    consultation_request.refresh_from_db(from_queryset=ConsultationRequest.objects.select_for_update())
    latest = consultation_request.timeline.exclude(kind=Event.Kind.URGENT).last()
    if latest is None or (latest.kind, latest.note) != (Event.Kind.ADDED, words):
        consultation_request.record(Event.Kind.ADDED, Event.Actor.PATIENT, note=words)
    consultation_request.owe_a_word()
    if trouble:
        mark_urgent(consultation_request, Event.Actor.PATIENT)
    if not consultation_request.is_quarantined:
        tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)


class ChangedMeanwhile(IllegalStep):
    """What somebody corrects is not what they saw any more: in another window, or by telephone, it was changed."""


@transaction.atomic
def correct_contact(consultation_request, seen=None, staff=None):
    """
    Keep what was corrected about a person, as set on the request: name, ways to reach them, language, needs, wishes.

    The timeline says what each detail is and was, encrypted. A changed email address is told to the old one and to the
    new one, which gets what did not reach them; returns how much that is. `seen` is the `contact_version` that the
    correction began with, if it is known; `staff` who makes it for the patient. What changes nothing leaves no line.
    Raises ChangedMeanwhile where a correction was made since `seen`, IllegalStep where the request has come to an end;
    nothing is changed then.
    """
    kept = ConsultationRequest.objects.select_for_update().get(pk=consultation_request.pk)
    before, after = kept.person_in_words, consultation_request.person_in_words
    changed = [label for label, words in after.items() if words != before[label]]
    if not changed:
        return 0
    if kept.state not in OPEN:
        raise IllegalStep(_("This request has come to an end, so nothing was changed. Call us, or send a new request."))
    if seen is not None and seen != kept.contact_version:
        raise ChangedMeanwhile(
            _("Some of this was changed meanwhile, perhaps in another window. Check what you typed, and save it again.")
        )
    consultation_request.save(update_fields=CORRECTED)
    words = _("%(label)s: %(after)s (before: %(before)s)")
    note = "\n".join(
        words % {"label": label, "after": after[label] or _("none"), "before": before[label] or _("none")}
        for label in changed
    )
    actor = Event.Actor.STAFF if staff else Event.Actor.PATIENT
    consultation_request.record(Event.Kind.CONTACT, actor, staff=staff, note=note)
    if consultation_request.is_quarantined:
        return 0
    again = 0
    if kept.email.casefold() != consultation_request.email.casefold():
        tell_both_addresses(consultation_request, kept.email)
        again = send_again_what_did_not_arrive(consultation_request)
    if not staff:
        tell_desk(consultation_request, OutboxMail.Kind.NEWS_FOR_THE_DESK)
    return again


@transaction.atomic
def answer_lookup(lookup):
    """
    Owe a fresh mail with the link for each open request of that address, and forget that it was asked.

    Anybody can ask in anybody's name, so an address gets it a few times a day at most.
    """
    found = ConsultationRequest.objects.open().with_email(lookup.email)
    sent = Event.objects.filter(
        request__in=found, kind=Event.Kind.LINK_SENT_AGAIN, at__gt=timezone.now() - timedelta(days=1)
    )
    often = max(Counter(sent.values_list("request", flat=True)).values(), default=0)
    for consultation_request in found if often < Limits.now().links_a_day else []:
        consultation_request.record(Event.Kind.LINK_SENT_AGAIN, Event.Actor.PATIENT)
        owe(OutboxMail.Kind.LINK_AGAIN, consultation_request)
    LinkLookup.objects.filter(pk=lookup.pk).delete()
