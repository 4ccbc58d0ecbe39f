"""The worklist: the questions that the desk asks of it, and its rows in bands of urgency."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.desk.due import BANDS, due_of, span_words
from booking.desk.next_steps import next_step_of, why_here
from booking.models import Consultation, ConsultationRequest, Event, OpenTime
from booking.states import State
from booking.wording import spoken_language
from clinic_site.dates import next_midnight
from clinic_site.hours import desk_clock, next_opening
from clinic_site.models import StaffMember

DAYS_AHEAD = 7
MOST_COUNTED = 1000  # of what is more, nobody needs to know how much
TRIED_TWICE = 2
SILENT_AFTER = timedelta(days=7)

SUSPECT = Q(suspected_since__isnull=False)
IS_OPEN = ~SUSPECT & Q(open_since__isnull=False)
IS_OWED_SOMETHING = ~SUSPECT & Q(due_by__isnull=False)


@dataclass(frozen=True)
class Question:
    """A question of the worklist: its words, and which requests it finds for a member of staff."""

    words: str | Promise
    condition: Callable[[StaffMember], Q]


def _has(consultations):
    return Q(pk__in=consultations.order_by().values("request"))


def _is_booked_soon(_staff):
    ends = next_midnight(days=DAYS_AHEAD)
    soon = Consultation.objects.booked().filter(time__starts_at__gt=timezone.now(), time__starts_at__lt=ends)
    return ~SUSPECT & _has(soon)


def _is_due_today(_staff):
    """What is promised for a time before the desk is there again is due while it is."""
    return IS_OWED_SOMETHING & Q(due_by__lt=next_opening(next_midnight()))


def _has_gone_silent(_staff):
    """In conversation, no word or call is owed, and for a week nobody has said or done anything."""
    lately = Event.objects.filter(request=OuterRef("pk"), at__gt=timezone.now() - SILENT_AFTER)
    return ~SUSPECT & Q(state=State.IN_CONVERSATION, due_by=None, flagged_at=None) & ~Exists(lately)


QUESTIONS = {
    "answer": Question(_("Who must be answered?"), lambda staff: IS_OWED_SOMETHING),
    "urgent": Question(_("Urgent: trouble after a treatment"), lambda staff: ~SUSPECT & Q(urgent_at__isnull=False)),
    "call": Question(_("To call"), lambda staff: ~SUSPECT & Q(call_by__isnull=False)),
    "silent": Question(_("Gone silent"), _has_gone_silent),
    "mine": Question(_("Mine"), lambda staff: IS_OPEN & Q(owner=staff.pk)),
    "today": Question(_("Due today"), _is_due_today),
    "cannot-stand": Question(
        _("Cannot stand"), lambda staff: ~SUSPECT & Q(pk__in=OpenTime.objects.cannot_stand().values("request"))
    ),
    "tried": Question(_("No answer after two tries"), lambda staff: IS_OWED_SOMETHING & Q(tries__gte=TRIED_TWICE)),
    "interpreter": Question(_("Needs an interpreter"), lambda staff: IS_OWED_SOMETHING & Q(interpreter=True)),
    "clinician": Question(_("Clinician to look"), lambda staff: IS_OPEN & Q(flagged_at__isnull=False)),
    "nobody": Question(_("Nobody's yet"), lambda staff: IS_OWED_SOMETHING & Q(owner=None)),
    "waiting": Question(_("Waiting for the patient"), lambda staff: IS_OPEN & Q(state=State.OFFERED)),
    "booked": Question(_("Booked, next seven days"), _is_booked_soon),
    "earlier": Question(
        _("Would like an earlier time"), lambda staff: ~SUSPECT & _has(Consultation.objects.waiting_for_earlier())
    ),
    "missed": Question(_("Missed, not called yet"), lambda staff: IS_OWED_SOMETHING & Q(state=State.MISSED)),
    "open": Question(_("All that is open"), lambda staff: IS_OPEN),
    "spam": Question(_("What looks like spam?"), lambda staff: SUSPECT),
}


def found_by_question(question: Question, staff):
    """Which requests a question finds, in no order: looked up in the index that holds such alone."""
    return ConsultationRequest.objects.filter(question.condition(staff)).order_by().values("pk")


def counts_of(staff) -> dict[str, int]:
    """How many requests each question finds for this member of staff, up to one more than is counted; in one query."""
    found = [
        ConsultationRequest.objects.filter(pk__in=found_by_question(question, staff)[: MOST_COUNTED + 1])
        .order_by()
        .values_list(Value(name))
        for name, question in QUESTIONS.items()
    ]
    counts = Counter(name for (name,) in found[0].union(*found[1:], all=True))
    return {name: counts[name] for name in QUESTIONS}


def in_bands(consultation_requests):
    """Rows of the list in bands of urgency: (band, its words, rows); each row with what is due and the next step."""
    consultation_requests = list(consultation_requests)
    owed = [moment for moment in (each.owed_by for each in consultation_requests) if moment]
    desk = desk_clock(owed) if owed else None
    rows = [row_of(consultation_request, desk) for consultation_request in consultation_requests]
    return [(band, BANDS[band], list(group)) for band, group in groupby(rows, key=lambda row: row["due"].band)]


def row_of(consultation_request, desk=None):
    """One request as home and worklist show it."""
    return {
        "consultation_request": consultation_request,
        "due": due_of(consultation_request, desk),
        "next_step": next_step_of(consultation_request),
        "why": why_here(consultation_request),
        "age": span_words(timezone.now() - consultation_request.received_at),
        "language": spoken_language(consultation_request),
    }
