"""What invented requests have been through: which steps, when, and where they stand."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from math import log2
from random import Random
from typing import NamedTuple

from booking.models import Event
from booking.models.timeline import Outcome
from booking.states import State
from clinic_site.dates import midnight

YEARS = 4  # over which they came, each year twice as many as the year before
YEAR = timedelta(days=365)
A_FORTNIGHT = timedelta(days=14)  # younger ones have had no consultation yet
MINUTES, TIMES_A_DAY, FIRST_CLOCK = 20, 24, 9  # of times that are over: from nine to five
SATURDAY = 5

Kind, Actor = Event.Kind, Event.Actor


class Line(NamedTuple):
    """One line of the timeline: so many hours after the request came, or at the consultation where there are none."""

    hours: float | None
    kind: str
    actor: str
    after: str = ""
    outcome: str = ""


class Way(NamedTuple):
    """A way from the request to where it stands; `weight` says how often it is gone."""

    weight: int
    lines: tuple[Line, ...]

    @property
    def state(self):
        """Where it ends."""
        return next((line.after for line in reversed(self.lines) if line.after), State.RECEIVED)

    @property
    def has_consultation(self):
        return any(line.hours is None for line in self.lines)


def _step(hours, state, actor=Actor.STAFF):
    return Line(hours, Kind.STEP, actor, state)


SPOKE = Line(2, Kind.CALL, Actor.STAFF, outcome=Outcome.SPOKE)
UNANSWERED = tuple(Line(hours, Kind.CALL, Actor.STAFF, outcome=Outcome.NO_ANSWER) for hours in (3, 27))
OVER = (
    Way(34, (_step(1, State.BOOKED, Actor.PATIENT), _step(None, State.ATTENDED))),
    Way(12, (_step(2, State.IN_CONVERSATION), _step(26, State.BOOKED), _step(None, State.ATTENDED))),
    Way(4, (SPOKE, _step(3, State.BOOKED), _step(None, State.ATTENDED))),
    Way(5, (_step(4, State.BOOKED), _step(None, State.MISSED), _step(800, State.CLOSED))),
    Way(15, (_step(3, State.IN_CONVERSATION), _step(80, State.CLOSED))),
    Way(14, (_step(20, State.WITHDRAWN, Actor.PATIENT),)),
    Way(6, (_step(5, State.DECLINED),)),
    Way(10, (*UNANSWERED, _step(60, State.UNREACHABLE), _step(700, State.CLOSED))),
)
LATELY_OVER = tuple(way for way in OVER if not way.has_consultation)
OPEN_NOW = (
    Way(24, ()),
    Way(10, (_step(3, State.IN_CONVERSATION),)),
    Way(8, UNANSWERED[:1]),
    Way(5, UNANSWERED),
    Way(9, (_step(4, State.OFFERED),)),
    Way(30, (_step(2, State.BOOKED),)),
    Way(6, (_step(1, State.BOOKED, Actor.PATIENT),)),
    Way(3, (_step(4, State.BOOKED), _step(None, State.MISSED))),
    Way(3, (*UNANSWERED, _step(60, State.UNREACHABLE))),
)


class Life(NamedTuple):
    """One request: when it came, and its lines with their moments."""

    received_at: datetime
    way: Way
    lines: list[tuple[datetime, Line]]
    time: datetime | None = None  # when its consultation began, if it had one
    clinician: int = 0  # with which of the clinicians of long ago

    @property
    def state_since(self):
        return next((at for at, line in reversed(self.lines) if line.after), self.received_at)


class PastTimes:
    """Times of consultations that are over, one after the other, with as many clinicians as that takes."""

    def __init__(self):
        self._given: dict[date, int] = defaultdict(int)
        self._begins: dict[date, datetime] = {}

    def next_after(self, moment: datetime) -> tuple[datetime, int]:
        """A time about a week after that moment, and the number of its clinician."""
        day = moment.date() + timedelta(days=7)
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)
        number = self._given[day]
        self._given[day] += 1
        if day not in self._begins:
            self._begins[day] = midnight(day).astimezone(moment.tzinfo) + timedelta(hours=FIRST_CLOCK)
        clinician, place = divmod(number, TIMES_A_DAY)
        return self._begins[day] + place * timedelta(minutes=MINUTES), clinician


def lives_that_are_over(number: int, now: datetime, random: Random, times: PastTimes):
    """So many requests that have come to an end, the oldest first."""
    weights = [way.weight for way in OVER]
    weights_lately = [way.weight for way in LATELY_OVER]
    for place in range(number):
        share = 1 - (place + random.random()) / number
        age = -log2(1 - share * (1 - 2**-YEARS)) * YEAR + timedelta(hours=1)
        received_at = now - age
        if age > 2 * A_FORTNIGHT:
            way = random.choices(OVER, weights)[0]
        else:
            way = random.choices(LATELY_OVER, weights_lately)[0]
        time, clinician = times.next_after(received_at) if way.has_consultation else (None, 0)
        yield Life(received_at, way, _moments(way, received_at, now, random, time), time, clinician)


def lives_that_go_on(number: int, now: datetime, random: Random, times: PastTimes):
    """So many requests that are open, of the last days."""
    weights = [way.weight for way in OPEN_NOW]
    for place in range(number):
        way = OPEN_NOW[place] if place < len(OPEN_NOW) else random.choices(OPEN_NOW, weights)[0]
        hours = 1 + random.random() * (9 * 24 if way.lines else 20) + (240 if way.has_consultation else 0)
        received_at = now - timedelta(hours=hours)
        time, clinician = times.next_after(received_at) if way.has_consultation else (None, 0)
        yield Life(received_at, way, _moments(way, received_at, now, random, time), time, clinician)


def _moments(way, received_at, now, random, time=None):
    """Each line with its moment: in the order of the way, and before now."""
    pace = 0.2 + random.random()
    last = max((line.hours or 0 for line in way.lines), default=0) * pace
    so_far = (now - received_at).total_seconds() / 3600
    if last > so_far:
        pace *= 0.9 * so_far / last
    moments, before = [], received_at
    for line in way.lines:
        at = (
            time + timedelta(minutes=MINUTES)
            if line.hours is None
            else received_at + timedelta(hours=line.hours * pace)
        )
        before = max(at, before + timedelta(minutes=1))
        moments.append((before, line))
    return moments
