"""The questions of the worklist, and its rows in bands of urgency."""

from itertools import groupby

from django.contrib import admin
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.due import BANDS, due_of, span_words
from booking.forms import LANGUAGES
from booking.models import Consultation, ConsultationRequest
from booking.models.request import APART
from booking.next_steps import next_step_of
from booking.states import OPEN, State
from clinic_site.hours import next_midnight

DAYS_AHEAD = 7
TRIED_TWICE = 2


class Question(admin.SimpleListFilter):
    """What the desk asks of the list; questions, not values of a field."""

    title = _("Show me")
    parameter_name = "view"
    template = "admin/booking/questions.html"

    def lookups(self, request, model_admin):
        return [
            ("answer", _("Who must be answered?")),
            ("mine", _("Mine")),
            ("today", _("Due today")),
            ("tried", _("No answer after two tries")),
            ("interpreter", _("Needs an interpreter")),
            ("clinician", _("Clinician to look")),
            ("nobody", _("Nobody's yet")),
            ("waiting", _("Waiting for the patient")),
            ("booked", _("Booked, next seven days")),
            ("earlier", _("Would like an earlier time")),
            ("missed", _("Missed, not called yet")),
            ("open", _("All that is open")),
            ("spam", _("What looks like spam?")),
        ]

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.counts = counts_of(request.user)

    def choices(self, changelist):
        """Each question with how many it finds; everything has no count, as that would count all that ever came."""
        for choice, name in zip(
            super().choices(changelist), [None, *(name for name, _words in self.lookup_choices)], strict=True
        ):
            yield choice | {"count": self.counts.get(name)}

    def queryset(self, request, queryset):
        """Suspects show where they are asked for, and where somebody is searched."""
        if self.value() == "spam":
            return queryset.filter(quarantine__in=APART)
        if self.value() is None and request.GET.get("q"):
            return queryset
        asked = QUESTIONS.get(self.value())
        return asked(queryset.trusted(), request.user) if asked else queryset.trusted()


def _booked_soon(queryset, user):
    ends = next_midnight(days=DAYS_AHEAD)
    booked = Consultation.objects.booked().filter(time__starts_at__gt=timezone.now(), time__starts_at__lt=ends)
    return queryset.filter(pk__in=booked.values("request"))


QUESTIONS = {
    "answer": lambda queryset, user: queryset.awaiting_answer(),
    "mine": lambda queryset, user: queryset.open().filter(owner=user),
    "today": lambda queryset, user: queryset.awaiting_answer().filter(owed_by__lt=next_midnight()),
    "tried": lambda queryset, user: queryset.awaiting_answer().filter(tries__gte=TRIED_TWICE),
    "interpreter": lambda queryset, user: queryset.awaiting_answer().filter(interpreter=True),
    "clinician": lambda queryset, user: queryset.open().filter(flagged_at__isnull=False),
    "nobody": lambda queryset, user: queryset.awaiting_answer().filter(owner=None),
    "waiting": lambda queryset, user: queryset.filter(state=State.OFFERED),
    "booked": _booked_soon,
    "earlier": lambda queryset, user: queryset.filter(
        pk__in=Consultation.objects.waiting_for_earlier().order_by().values("request")
    ),
    "missed": lambda queryset, user: queryset.filter(state=State.MISSED, owed_by__isnull=False),
    "open": lambda queryset, user: queryset.open(),
}


def counts_of(user):
    """How many each question finds, in one query over what is open."""
    by_request = Consultation.objects.booked().order_by()
    soon = by_request.filter(time__starts_at__gt=timezone.now(), time__starts_at__lt=next_midnight(days=DAYS_AHEAD))
    trusted, owed = ~Q(quarantine__in=APART), Q(owed_by__isnull=False) & ~Q(quarantine__in=APART)
    asked = {
        "answer": owed,
        "mine": trusted & Q(owner=user.pk),
        "today": owed & Q(owed_by__lt=next_midnight()),
        "tried": owed & Q(tries__gte=TRIED_TWICE),
        "interpreter": owed & Q(interpreter=True),
        "clinician": trusted & Q(flagged_at__isnull=False),
        "nobody": owed & Q(owner=None),
        "waiting": trusted & Q(state=State.OFFERED),
        "booked": trusted & Q(pk__in=soon.values("request")),
        "earlier": trusted & Q(pk__in=Consultation.objects.waiting_for_earlier().order_by().values("request")),
        "missed": owed & Q(state=State.MISSED),
        "open": trusted,
        "spam": ~trusted,
    }
    return ConsultationRequest.objects.filter(state__in=OPEN).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in asked.items()}
    )


def in_bands(requests):
    """Rows of the list in bands of urgency: (band, its words, rows); each row with what is due and the next step."""
    rows = [row_of(request) for request in requests]
    return [(band, BANDS[band], list(group)) for band, group in groupby(rows, key=lambda row: row["due"].band)]


def row_of(request):
    """One request as home and worklist show it."""
    return {
        "asked": request,
        "due": due_of(request),
        "next_step": next_step_of(request),
        "age": span_words(timezone.now() - request.received_at),
        "language": "" if request.language == "en" else LANGUAGE_NAMES.get(request.language, request.language),
    }


LANGUAGE_NAMES = {"ar": _("Arabic")} | {code: name for code, name in LANGUAGES if code not in ("en", "ar")}
