"""Questions to a clinician, and trouble after a treatment: asked, alerted, answered, taken back."""

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from booking.desk.calls import stop_if_ended
from booking.mail.owing import drop_what_is_owed, tell_clinicians
from booking.models import Event, OutboxMail
from booking.schedule.times import lock
from booking.services import mark_urgent
from booking.states import IllegalStep


@transaction.atomic
def ask_clinician(consultation_request, staff, question=""):
    """Have a clinician look before it goes on; they are told by mail. Raises IllegalStep where one is asked already."""
    stop_if_ended(lock(consultation_request))
    if consultation_request.flagged_at:
        raise IllegalStep(_("A clinician is asked already. Nothing was changed."))
    consultation_request.flagged_at = timezone.now()
    consultation_request.save(update_fields=["flagged_at"])
    consultation_request.record(Event.Kind.FLAGGED, Event.Actor.STAFF, staff=staff, note=question)
    tell_clinicians(consultation_request, OutboxMail.Kind.ASK_CLINICIAN)


@transaction.atomic
def alert_clinicians(consultation_request, staff, note=""):
    """The desk says that a patient has trouble after a treatment. Raises IllegalStep where that is known already."""
    if lock(consultation_request).urgent_at:
        raise IllegalStep(_("The clinicians are alerted already. Nothing was changed."))
    mark_urgent(consultation_request, Event.Actor.STAFF, staff, note)


@transaction.atomic
def advise(consultation_request, staff, answer):
    """A clinician answers the desk; the patient does not see it. Raises IllegalStep where nobody asked."""
    lock(consultation_request)
    if not consultation_request.flagged_at:
        raise IllegalStep(_("No clinician is asked about this request any more. Nothing was changed."))
    _ask_no_longer(consultation_request)
    consultation_request.record(Event.Kind.ADVICE, Event.Actor.STAFF, staff=staff, note=answer)


@transaction.atomic
def take_question_back(consultation_request, staff):
    """Nobody has to look any more; where it was urgent, the word is owed by when it was before. Raises IllegalStep."""
    lock(consultation_request)
    if not consultation_request.flagged_at:
        raise IllegalStep(_("No clinician is asked about this request any more. Nothing was changed."))
    kind = Event.Kind.NOT_URGENT if consultation_request.urgent_at else Event.Kind.NOT_ASKED
    alert = consultation_request.timeline.filter(kind=Event.Kind.URGENT).last()
    if kind == Event.Kind.NOT_URGENT and alert and consultation_request.owed_by == consultation_request.urgent_at:
        before = alert.was.get("owed_by")
        consultation_request.owed_by = parse_datetime(before) if before else None
    _ask_no_longer(consultation_request)
    drop_what_is_owed(consultation_request, *OutboxMail.TO_CLINICIANS)
    consultation_request.record(kind, Event.Actor.STAFF, staff=staff)


def _ask_no_longer(consultation_request):
    consultation_request.flagged_at = consultation_request.urgent_at = None
    consultation_request.save(update_fields=["flagged_at", "urgent_at", "owed_by"])
