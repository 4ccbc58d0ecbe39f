"""
Invented requests by the thousand: several years of them, most long over, about 300 open, with two months of times.

They are written past the models, with all that those would keep: timeline, keys of search, consultations, links. What
is past its retention has no personal data any more, so that the nightly erasing finds nothing to do.
"""

from datetime import timedelta
from itertools import chain, islice, repeat
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from booking import links
from booking.desk.figures import count_all_anew
from booking.models import Clinician, Consultation, ConsultationRequest, Event, Offer, OpenTime, SearchKey
from booking.models.consultation_requests import REFERENCE_LETTERS, Quarantine
from booking.models.consultations import new_uid
from booking.models.open_times import on_the_clock
from booking.models.search_keys import keys_of
from booking.models.timeline import Outcome
from booking.patient.spam import Suspicion
from booking.samples.by_steps import CONCERNS, open_times
from booking.samples.lives import (
    A_FORTNIGHT,
    MINUTES,
    YEAR,
    YEARS,
    Life,
    PastTimes,
    lives_that_are_over,
    lives_that_go_on,
)
from booking.samples.people_in_bulk import People
from booking.samples.rows import Rows
from booking.states import OPEN, State
from booking.wishes import Window
from clinic_site.database.upkeep import tell_planner
from clinic_site.hours import OpenClock
from clinic_site.models import Clinic, Limits, StaffMember
from treatments.models import Benefit

AT_ONCE = 2000  # requests in one transaction: the site can write in between
MOST_OPEN, OPEN_OF_TEN = 300, 3
DAYS_AHEAD = 61
CAMPAIGNS = ["", "", "", "spring-mailing", "search-ads", "open-house"]
FREE_LOOKED_AT = 2000
WINDOWS = Window.values
FORMER = "Former Sample Clinician"
# How many of one do so.
SPEAKS_ARABIC, PHONED_IN, IS_SUSPECT, HALF = 0.1, 0.15, 0.12, 0.5


def fill_in_bulk(number: int):
    """Add that many invented requests, thousands a second; yields how many there are so far."""
    open_times(DAYS_AHEAD)
    now, times = timezone.now(), PastTimes()
    random = Random(now.isoformat())
    open_already = ConsultationRequest.objects.open().filter(is_sample=True).count()
    going_on = max(0, min(MOST_OPEN - open_already, number * OPEN_OF_TEN // 10))
    over = lives_that_are_over(number - going_on, now, random, times)
    lives = chain(over, lives_that_go_on(going_on, now, random, times))
    writer = Writer(now, random)
    written = 0
    while some := list(islice(lives, AT_ONCE)):
        writer.write(some)
        written += len(some)
        yield written
    count_all_anew()
    tell_planner()  # the tables are not what it knew of them


class Writer:
    """Writes lives as rows of all the tables that a request has rows in."""

    def __init__(self, now, random):
        self.now, self.random, self.people = now, random, People(random)
        self.staff = list(StaffMember.objects.filter(is_active=True).values_list("pk", flat=True)) or [None]
        self.benefits = [*Benefit.objects.live_at(now), None]
        self.clock = OpenClock((now - (YEARS + 1) * YEAR).date(), (now + A_FORTNIGHT).date())
        self.answer_within = timedelta(minutes=Clinic.profile().answer_within)
        self.kept = Limits.now().requests_kept
        self.free = list(OpenTime.objects.bookable().order_by("starts_at")[:FREE_LOOKED_AT])
        random.shuffle(self.free)
        self.clinicians: list[int] = []  # of times that are over
        self.requests, self.times = Rows(ConsultationRequest, numbered=True), Rows(OpenTime, numbered=True)
        self.events, self.keys, self.consultations = Rows(Event), Rows(SearchKey), Rows(Consultation)

    @transaction.atomic
    def write(self, lives: list[Life]):
        """Write these, all or none."""
        self._meet_clinicians(1 + max(life.clinician for life in lives))
        references = self._references(len(lives))
        times = iter(self.times.numbers(sum(life.time is not None for life in lives)))
        given = []
        for pk, reference, life in zip(self.requests.numbers(len(lives)), references, lives, strict=True):
            self._add_request(pk, reference, life)
            self._add_lines(pk, life)
            if life.time:
                self._add_consultation_over(pk, life, next(times))
            elif life.way.state in (State.BOOKED, State.OFFERED):
                given.append((pk, life))
        for rows in (self.requests, self.times, self.events, self.keys, self.consultations):
            rows.write()
        for pk, life in given:
            self._give_time(pk, life)

    def _add_request(self, pk, reference, life):
        """Add the request and what it is found by; without personal data where that is past its retention."""
        random, state = self.random, life.way.state
        reply_by = self.clock.after(life.received_at, self.answer_within)
        benefit = random.choice(self.benefits)
        values = {
            "id": pk,
            "is_sample": True,
            "form_key": f"sample in bulk {pk}",
            "reference": reference,
            "state": state,
            "state_since": life.state_since,
            "received_at": life.received_at,
            "consented_at": life.received_at,
            "reply_by": reply_by,
            "treatment_id": benefit.treatment_id if benefit else None,
            "benefit_id": benefit.pk if benefit else None,
            "campaign": random.choice(CAMPAIGNS),
            "language": "ar" if random.random() < SPEAKS_ARABIC else "en",
            "owner_id": random.choice([None, *self.staff]) if life.lines else None,
        }
        if state not in OPEN and life.state_since <= self.now - self.kept[state]:
            redacted_at = life.state_since + self.kept[state]
            self.requests.add(**values, contact_by="email", redacted_at=redacted_at)
            self._add_keys(pk, keys_of("", "", "", reference))
            self.events.add(request_id=pk, kind=Event.Kind.REDACTED, actor=Event.Actor.SYSTEM, at=redacted_at)
            return
        if state in OPEN:
            values |= self._what_is_owed(life, reply_by)
        person = self.people.somebody(pk)
        self.requests.add(
            **values,
            name=person.name,
            email=person.email,
            phone=person.phone,
            contact_by="email" if person.email else "phone",
            windows=[random.choice(WINDOWS)],
            interpreter=values["language"] == "ar" and random.random() < HALF,
            concern=random.choice(CONCERNS),
            safety={"blood-thinners": "yes"} if random.random() < SPEAKS_ARABIC else {},
            token_digest=links.digest_of(links.token_for(links.private_page(pk, 1), settings.SECRET_KEY)),
        )
        self._add_keys(pk, keys_of(person.name, person.email, person.phone, reference))

    def _add_keys(self, pk, keys):
        self.keys.add_whole(zip(repeat(pk), keys))

    def _what_is_owed(self, life, reply_by):
        """What is open, owed and asked of a request that goes on; one of so many is kept apart as a suspect."""
        random, state = self.random, life.way.state
        if not life.lines and random.random() < IS_SUSPECT:
            return {"quarantine": Quarantine.HELD, "suspicions": [Suspicion.TOO_FAST.value], "owed_by": reply_by}
        tries = sum(line.outcome == Outcome.NO_ANSWER for _at, line in life.lines)
        flagged_at = self.now if state == State.IN_CONVERSATION and random.random() < IS_SUSPECT else None
        owed_by = None
        if state == State.RECEIVED:
            owed_by = self.clock.after(self.now, self.answer_within) if tries else reply_by
        elif state in (State.IN_CONVERSATION, State.MISSED) and random.random() < HALF:
            owed_by = self.clock.after(life.state_since, self.answer_within)
        return {"tries": tries, "owed_by": owed_by, "flagged_at": flagged_at}

    def _add_lines(self, pk, life):
        """Add the timeline."""
        random, state = self.random, State.RECEIVED
        phoned_in = random.random() < PHONED_IN
        first = Event.Actor.STAFF if phoned_in else Event.Actor.PATIENT
        desk = random.choice(self.staff)
        self.events.add(
            request_id=pk,
            kind=Event.Kind.RECEIVED,
            at=life.received_at,
            actor=first,
            staff_id=desk if phoned_in else None,
        )
        for at, line in life.lines:
            values = {"before": state, "after": line.after} if line.after else {"outcome": line.outcome}
            actor = Event.Actor.SYSTEM if line.actor == Event.Actor.STAFF and desk is None else line.actor
            staff = desk if actor == Event.Actor.STAFF else None
            self.events.add(request_id=pk, kind=line.kind, at=at, actor=actor, staff_id=staff, **values)
            state = line.after or state

    def _add_consultation_over(self, pk, life, time):
        """Add a consultation that took place, or was missed, and its time."""
        ends_at = life.time + timedelta(minutes=MINUTES)
        self.times.add(
            id=time,
            clinician_id=self.clinicians[life.clinician],
            starts_at=life.time,
            ends_at=ends_at,
            state=OpenTime.State.BOOKED,
            request_id=pk,
            **on_the_clock(life.time, ends_at),
        )
        attended = life.way.state == State.ATTENDED
        booked_at = next(at for at, line in life.lines if line.after == State.BOOKED)
        self.consultations.add(
            request_id=pk,
            time_id=time,
            state=Consultation.State.ATTENDED if attended else Consultation.State.MISSED,
            booked_at=booked_at,
            changed_at=booked_at,
            uid=new_uid(),
        )

    def _give_time(self, pk, life):
        """Book or offer a free time; where none is left the request stands without one."""
        if not self.free:
            return
        time = self.free.pop()
        if life.way.state == State.BOOKED:
            OpenTime.objects.filter(pk=time.pk).update(state=OpenTime.State.BOOKED, request=pk)
            wants_earlier = self.now if self.random.random() < HALF / 2 else None
            Consultation.objects.create(
                request_id=pk,
                time=time,
                booked_at=life.state_since,
                changed_at=life.state_since,
                earlier_wanted_at=wants_earlier,
            )
        elif self.staff[0] is not None:
            OpenTime.objects.filter(pk=time.pk).update(state=OpenTime.State.HELD, request=pk)
            lapses_at = min(time.starts_at, self.now + timedelta(days=2))
            offer = Offer.objects.create(
                request_id=pk, made_by_id=self.staff[0], made_at=life.state_since, lapses_at=lapses_at
            )
            offer.times.add(time)

    def _meet_clinicians(self, number):
        """Have so many clinicians of long ago; each run has its own, whose times are in nobody's way."""
        while len(self.clinicians) < number:
            there = Clinician.objects.filter(name__startswith=FORMER).count()
            clinician = Clinician.objects.create(name=f"{FORMER} {there + 1}", sees_patients=False)
            self.clinicians.append(clinician.pk)

    def _references(self, number):
        """So many references that no request has."""
        references: set[str] = set()
        while len(references) < number:
            letters = "".join(self.random.choices(REFERENCE_LETTERS, k=6 * (number - len(references))))
            some = [f"{letters[at : at + 3]}-{letters[at + 3 : at + 6]}" for at in range(0, len(letters), 6)]
            taken = ConsultationRequest.objects.filter(reference__in=some).values_list("reference", flat=True)
            references |= set(some) - set(taken)
        return references
