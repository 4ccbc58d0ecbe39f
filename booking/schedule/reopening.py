"""
A closed day that is open again: whoever lost a booked time by the closing gets it back, where that can still be done.

Nobody is put back unasked: the manager ticks whom. Whoever had been told of the closing is told of this, too.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from booking.mail.owing import tell_patient
from booking.models import Consultation, ConsultationRequest, Event, OpenTime, OutboxMail
from booking.schedule.times import lock
from booking.schedule.undoing import take_back
from booking.states import UNDO_BY_STAFF, IllegalStep

TOOK_IT = [Event.Kind.STEP, Event.Kind.MOVED]


@dataclass(frozen=True)
class LostTime:
    """Somebody whose booked time a closing moved or took back, and who stands as it left them."""

    request: ConsultationRequest
    line: Event
    is_free: bool  # so that they can have it again
    was_told: bool

    @property
    def moment(self) -> datetime:
        """When they were to come."""
        return self.line.moments[0]

    @property
    def moved_to(self) -> datetime | None:
        return self.line.moments[1] if self.line.kind == Event.Kind.MOVED else None


def lost_by_closing(day: date) -> list[LostTime]:
    """Whom the closing of a day cost a booked time, first to last, as long as nothing else has happened to them."""
    moved_away = Q(consultations__state=Consultation.State.BOOKED, consultations__moved_from__day=day)
    taken_back = Q(consultations__state=Consultation.State.CANCELLED, consultations__time__day=day)
    requests = ConsultationRequest.objects.filter(moved_away | taken_back, redacted_at=None).distinct()
    free = set(OpenTime.objects.bookable().filter(day=day).values_list("pk", flat=True))
    lost = []
    for consultation_request in requests:
        if line := _line_of_closing(consultation_request, day):
            lost.append(LostTime(consultation_request, line, _time_of(line) in free, _was_told(line)))
    return sorted(lost, key=lambda each: each.moment)


@transaction.atomic
def put_back(consultation_request, day, staff):
    """
    Give somebody back the time that the closing of that day took; whoever had been told otherwise is told.

    Raises IllegalStep, and changes nothing, where something else has happened since, or the time is somebody else's.
    """
    lock(consultation_request)
    line = _line_of_closing(consultation_request, day)
    if line is None:
        raise IllegalStep(_("Something else has happened to this request since the day was closed."))
    was_told = _was_told(line)
    take_back(consultation_request, line, staff)
    if was_told:
        kind = OutboxMail.Kind.MOVED if line.kind == Event.Kind.MOVED else OutboxMail.Kind.BOOKED
        tell_patient(consultation_request, kind, times=line.moments[:1], rests=UNDO_BY_STAFF)


def note_closing(consultation_request, day, why, staff):
    """Tell colleagues why a time is moved or taken back; by this line it is found when the day is open again."""
    was = {"closed": day.isoformat()}
    consultation_request.record(Event.Kind.NOTE, Event.Actor.STAFF, staff=staff, note=why, was=was)


def _line_of_closing(consultation_request, day):
    """The line with which the closing took their time, if it is the last thing that happened to them; or None."""
    mark = consultation_request.timeline.filter(kind=Event.Kind.NOTE, was__closed=day.isoformat()).last()
    if mark is None:
        return None
    line = consultation_request.timeline.filter(kind__in=TOOK_IT, pk__gt=mark.pk).first()
    return line if line == consultation_request.timeline.last_change() else None


def _time_of(line):
    """The number of the time that was booked before that line."""
    return next(int(pk) for pk, state in line.was["times"].items() if state == OpenTime.State.BOOKED)


def _was_told(line):
    """Whether the patient has heard of it: a mail has left since, or a call was made."""
    request = line.request
    mails = request.mails.to_patients().filter(pk__gt=line.was["mail"], sent_at__isnull=False)
    return mails.exists() or request.to_calls.filter(pk__gt=line.was["to_call"], done_at__isnull=False).exists()
