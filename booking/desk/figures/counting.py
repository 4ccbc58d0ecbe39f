"""Days counted from what is true: requests, their timelines and their consultations."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import add
from typing import NamedTuple

from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.utils import timezone

from booking.models import Consultation, ConsultationRequest, Event
from booking.models.counted.days import NUMBERS, CountedDay
from booking.models.timeline import Outcome
from booking.states import State
from clinic_site.dates import midnight
from clinic_site.hours import OpenClock

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SAID_IN_MINUTES = 3 * HOUR  # shorter waits are said to the minute, longer ones to the hour, then to the day
# Upper ends of opening time until the first word; what took longer than the last is 'later'.
WAITS = [timedelta(minutes=30), HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
BY_STAFF = [Event.Actor.STAFF, Event.Actor.SYSTEM]
FIRST_WORD = (
    Q(kind=Event.Kind.ANSWER)
    | Q(kind=Event.Kind.CALL, outcome=Outcome.SPOKE)
    | Q(kind=Event.Kind.STEP, actor__in=BY_STAFF)
    | Q(kind=Event.Kind.STEP, after=State.BOOKED)
)


class CountedRequest(NamedTuple):
    """One request, as it is counted."""

    received_at: datetime
    reply_by: datetime
    state: str
    treatment: int | None
    benefit: int | None
    campaign: str
    first_word: datetime | None
    booked: bool
    attended: bool
    missed: bool
    by_telephone: bool

    @property
    def is_owed_its_first_word(self):
        return self.first_word is None and self.state != State.WITHDRAWN

    def numbers(self, now: datetime):
        """What it adds to each of the NUMBERS of a day."""
        answered = self.first_word is not None
        # A promise counts once it is kept or broken: not while it runs, nor where the patient withdrew before.
        due = answered or (self.is_owed_its_first_word and self.reply_by < now)
        in_time = self.first_word is not None and self.first_word <= self.reply_by
        return 1, self.by_telephone, answered, due, in_time, self.booked, self.attended, self.missed


def count_days(days: Iterable[date]) -> list[CountedDay]:
    """Count these days, in one query. Those on which nobody asked are there as well, empty."""
    by_day: dict[date, list[CountedRequest]] = {day: [] for day in days}
    if not by_day:
        return []
    zone = timezone.get_current_timezone()
    for row in _rows(by_day):
        counted_request = CountedRequest(*row)
        by_day[counted_request.received_at.astimezone(zone).date()].append(counted_request)
    first_words = [each.first_word for requests in by_day.values() for each in requests if each.first_word]
    clock = OpenClock(min(by_day), timezone.localdate(max(first_words, default=timezone.now())))
    return [_counted(day, requests, clock) for day, requests in by_day.items()]


def added_up() -> list[int]:
    """The NUMBERS of nobody, to which others are added."""
    return [0] * len(NUMBERS)


def _counted(day, requests, clock):
    now = timezone.now()
    whole, pages, campaigns = added_up(), defaultdict(added_up), defaultdict(added_up)
    for each in requests:
        numbers = each.numbers(now)
        for tally in (whole, pages[each.treatment, each.benefit], campaigns[each.campaign]):
            tally[:] = map(add, tally, numbers)
    waits = [clock.between(each.received_at, each.first_word) for each in requests if each.first_word]
    steps = Counter(next((place for place, end in enumerate(WAITS) if wait <= end), len(WAITS)) for wait in waits)
    to_come = [each.reply_by for each in requests if each.is_owed_its_first_word and each.reply_by >= now]
    return CountedDay(
        day=day,
        all=whole,
        pages=[[*about, *numbers] for about, numbers in sorted(pages.items(), key=str)],
        campaigns=[[campaign, *numbers] for campaign, numbers in sorted(campaigns.items())],
        waits={str(minutes): number for minutes, number in sorted(Counter(map(_as_said, waits)).items())},
        steps=[steps[place] for place in range(len(WAITS) + 1)],
        counts_until=min(to_come, default=None),
    )


def _as_said(wait: timedelta) -> int:
    """Its minutes, as exact as it is said in words."""
    unit = MINUTE if wait < SAID_IN_MINUTES else HOUR if wait < DAY else DAY
    return wait // unit * unit // MINUTE


def _stretches(days):
    """Days that follow each other, put together, as moments."""
    begins = last = None
    for day in sorted(days):
        if last is None or day != last + DAY:
            if begins:
                yield midnight(begins), midnight(last + DAY)
            begins = day
        last = day
    if begins:
        yield midnight(begins), midnight(last + DAY)


def _rows(days):
    lines = Event.objects.filter(request=OuterRef("pk")).order_by()
    words = lines.filter(FIRST_WORD).values("request")
    consultations = Consultation.objects.filter(request=OuterRef("pk"))
    states = Consultation.State
    came = Q()
    for begins, ends in _stretches(days):
        came |= Q(received_at__gte=begins, received_at__lt=ends)
    return (
        ConsultationRequest.objects.trusted()
        .filter(came)
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
            "treatment",
            "benefit",
            "campaign",
            "first_word",
            "was_booked",
            "has_attended",
            "has_missed",
            "by_telephone",
        )
        .iterator(chunk_size=2000)
    )
