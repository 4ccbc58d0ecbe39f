"""What the desk's work comes to: requests of a span of weeks, counted. They name nobody, and stay when data goes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.models import Consultation, ConsultationRequest, Event
from booking.models.timeline import Outcome
from booking.states import State
from clinic_site.dates import midnight
from clinic_site.hours import OpenClock
from treatments.models import Benefit

WEEK = timedelta(weeks=1)
YEAR = timedelta(weeks=52)
# Upper ends of opening time until the first word; what took longer than the last is 'later'.
WAITS = [timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4), timedelta(hours=8)]
BY_STAFF = [Event.Actor.STAFF, Event.Actor.SYSTEM]
FIRST_WORD = (
    Q(kind=Event.Kind.ANSWER)
    | Q(kind=Event.Kind.CALL, outcome=Outcome.SPOKE)
    | Q(kind=Event.Kind.STEP, actor__in=BY_STAFF)
    | Q(kind=Event.Kind.STEP, after=State.BOOKED)
)


@dataclass(frozen=True)
class Span:
    """Whole weeks in clinic time, the first of them beginning on that Monday."""

    first: date
    weeks: int

    @classmethod
    def up_to_now(cls, weeks: int):
        """The last weeks, this one included."""
        today = timezone.localdate()
        return cls(today - timedelta(days=today.weekday()) - (weeks - 1) * WEEK, weeks)

    @property
    def last(self):
        """Its last day."""
        return self.first + self.weeks * WEEK - timedelta(days=1)

    def back(self, by: timedelta):
        return Span(self.first - by, self.weeks)

    @property
    def before(self):
        """As many weeks, right before."""
        return self.back(self.weeks * WEEK)

    @property
    def a_year_before(self):
        return self.back(YEAR)

    @property
    def bounds(self):
        return midnight(self.first), midnight(self.first + self.weeks * WEEK)

    def week_of(self, moment):
        """The number of the week in which a moment of the span lies."""
        return (timezone.localdate(moment) - self.first).days // 7


class CountedRequest(NamedTuple):
    """One request, as it is counted."""

    received_at: datetime
    reply_by: datetime
    state: str
    benefit: int | None
    campaign: str
    first_word: datetime | None
    booked: bool
    attended: bool
    missed: bool
    by_telephone: bool

    @property
    def counts_for_the_promise(self):
        """Whether its promise has been kept or broken: not while it runs, nor where the patient withdrew before."""
        return self.first_word is not None or (self.state != State.WITHDRAWN and self.reply_by < timezone.now())

    @property
    def in_time(self):
        return self.first_word is not None and self.first_word <= self.reply_by


@dataclass
class Tally:
    """How many asked, and what came of it: of all, of a week, of a page or of a campaign."""

    name: str = ""
    requests: int = 0
    by_telephone: int = 0
    answered: int = 0
    due: int = 0
    in_time: int = 0
    booked: int = 0
    attended: int = 0
    missed: int = 0

    def count(self, counted_request: CountedRequest):
        self.requests += 1
        self.by_telephone += counted_request.by_telephone
        self.answered += counted_request.first_word is not None
        self.due += counted_request.counts_for_the_promise
        self.in_time += counted_request.in_time
        self.booked += counted_request.booked
        self.attended += counted_request.attended
        self.missed += counted_request.missed

    @property
    def in_time_percentage(self):
        return percentage(self.in_time, self.due)

    @property
    def to_come(self):
        """Booked, and neither attended nor missed nor cancelled yet."""
        return max(0, self.booked - self.attended - self.missed)


@dataclass
class Figures:
    """A span, counted."""

    span: Span
    all: Tally = field(default_factory=Tally)
    weeks: list[Tally] = field(default_factory=list)
    pages: list[Tally] = field(default_factory=list)
    campaigns: list[Tally] = field(default_factory=list)
    waits: list[tuple[timedelta | None, int]] = field(default_factory=list)
    half_within: timedelta | None = None
    nine_of_ten_within: timedelta | None = None


def figures_of(span: Span) -> Figures:
    """Count a span. Takes the same few queries whatever its length."""
    begins, ends = span.bounds
    counted = [CountedRequest(*row) for row in _rows(begins, ends)]
    figures = Figures(span, weeks=[Tally() for _week in range(span.weeks)])
    names = {benefit.pk: str(benefit) for benefit in Benefit.objects.all()}
    pages: dict[str, Tally] = {}
    campaigns: dict[str, Tally] = {}
    for counted_request in counted:
        page, campaign = names.get(counted_request.benefit, _("Not sure yet")), counted_request.campaign or _("no tag")
        for tally in (
            figures.all,
            figures.weeks[span.week_of(counted_request.received_at)],
            pages.setdefault(page, Tally(page)),
            campaigns.setdefault(campaign, Tally(campaign)),
        ):
            tally.count(counted_request)
    figures.pages, figures.campaigns = _most_first(pages), _most_first(campaigns)
    _count_waits(figures, counted)
    return figures


def percentage(part, whole):
    """How many of a hundred, rounded; None where there is nothing to count."""
    return round(100 * part / whole) if whole else None


def _rows(begins, ends):
    lines = Event.objects.filter(request=OuterRef("pk")).order_by()
    words = lines.filter(FIRST_WORD).values("request")
    consultations = Consultation.objects.filter(request=OuterRef("pk"))
    states = Consultation.State
    return (
        ConsultationRequest.objects.trusted()
        .filter(received_at__gte=begins, received_at__lt=ends)
        .annotate(
            first_word=Subquery(words.annotate(first=Min("at")).values("first")),
            was_booked=Exists(consultations.not_cancelled()),
            has_attended=Exists(consultations.filter(state=states.ATTENDED)),
            has_missed=Exists(consultations.filter(state=states.MISSED)),
            by_telephone=Exists(lines.filter(kind=Event.Kind.RECEIVED, actor=Event.Actor.STAFF)),
        )
        .order_by()
        .values_list(
            "received_at",
            "reply_by",
            "state",
            "benefit",
            "campaign",
            "first_word",
            "was_booked",
            "has_attended",
            "has_missed",
            "by_telephone",
        )
    )


def _count_waits(figures, counted):
    """Opening time until the first word: in steps, and by when half and nine of ten had it."""
    answered = [(each.received_at, each.first_word) for each in counted if each.first_word]
    last_word = max((first_word for _received_at, first_word in answered), default=timezone.now())
    clock = OpenClock(figures.span.first, timezone.localdate(last_word))
    waits = sorted(clock.between(received_at, first_word) for received_at, first_word in answered)
    steps = Counter(next((end for end in WAITS if wait <= end), None) for wait in waits)
    figures.waits = [(end, steps[end]) for end in [*WAITS, None]]
    if waits:
        figures.half_within = waits[(len(waits) - 1) // 2]
        figures.nine_of_ten_within = waits[-(-9 * len(waits) // 10) - 1]


def _most_first(tallies):
    return sorted(tallies.values(), key=lambda tally: (-tally.requests, tally.name))
