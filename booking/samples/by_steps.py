"""Invented requests, marked as samples, with which the staff screens can be tried."""

from datetime import time, timedelta
from itertools import cycle

from django.utils import timezone

from booking.desk.clinicians import alert_clinicians, ask_clinician
from booking.models import Clinician, ConsultationRequest, Event, Offer, OpenTime
from booking.samples.people_on_screens import FAMILY_OF_FOUR, sample_person
from booking.schedule.consultations import end_consultation, wait_for_earlier
from booking.schedule.publishing import Pattern, publish
from booking.schedule.times import book, offer_times
from booking.services import submit
from booking.states import STEPS, State
from booking.wishes import Window
from clinic_site.hours import reply_by
from clinic_site.models import Clinic, StaffMember
from treatments.models import Benefit

DAYS_OPENED = 14
# Of each forty by their number: new ones that look like spam, and in conversation those that a clinician looks at.
OF_FORTY, SPAM, ASKED, URGENT = 40, [21, 31], [2, 32], 12
CONCERNS = [
    "",
    "Old acne marks on both cheeks.",
    "I have a wedding in June. How long before should I come?",
    "",
    "هل يمكنني التحدث بالعربية؟",
]


def fill(number):
    """Add that many invented requests, in every state and of every age, by the same steps that real ones take."""
    benefits = cycle([*Benefit.objects.live_at(timezone.now()).select_related("treatment"), None])
    already = ConsultationRequest.objects.filter(is_sample=True).count()
    for count, state, benefit, concern in zip(
        range(already + 1, already + number + 1), cycle(State), benefits, cycle(CONCERNS), strict=False
    ):
        consultation_request = submit(_invented(count, benefit, concern))
        if consultation_request.is_quarantined:
            yield consultation_request
            continue
        for step in steps_to(state):
            if not (_offer_or_book(consultation_request, step) or _end_in_the_past(consultation_request, step)):
                consultation_request.move_to(step, Event.Actor.SYSTEM)
        if consultation_request.consultation and count % 3:
            wait_for_earlier(consultation_request)
        _flag(consultation_request, count)
        _make_older(consultation_request, timedelta(hours=3 * (count % 17)))
        yield consultation_request


def open_times(days=DAYS_OPENED):
    """Open times of an invented clinician over that many days; where there is a clinician, of those there are."""
    if not Clinician.objects.exists():
        Clinician.objects.create(name="Sample Clinician")
    today = timezone.localdate()
    pattern = Pattern(
        clinicians=tuple(Clinician.objects.filter(sees_patients=True)),
        first_day=today,
        last_day=today + timedelta(days=days - 1),
        weekdays=frozenset(range(7)),
        begins=time.min,
        ends=time.max,
        minutes=Clinic.profile().consultation_minutes,
    )
    return len(publish(pattern).times)


def _offer_or_book(consultation_request, step):
    """Offer or book a free time, as the desk would, for a step that means one; False where there is none to give."""
    if step not in (State.OFFERED, State.BOOKED):
        return False
    free = list(OpenTime.objects.bookable()[: Offer.MOST_TIMES])
    staff = StaffMember.objects.filter(is_active=True).first()
    if not free or staff is None:
        return False
    if step == State.OFFERED:
        offer_times(consultation_request, free, staff)
    else:
        book(consultation_request, free[0], staff)
    return True


def _end_in_the_past(consultation_request, step):
    """Attend or miss a consultation, which is set back to before today; False for other steps, or where none is."""
    consultation = consultation_request.consultation
    if step not in (State.ATTENDED, State.MISSED) or consultation is None:
        return False
    time, weeks = consultation.time, DAYS_OPENED // 7
    while OpenTime.objects.in_the_way_of(time.clinician_id, *_weeks_before(time, weeks)).exists():
        weeks += 1
    starts_at, ends_at = _weeks_before(time, weeks)
    OpenTime.objects.filter(pk=time.pk).update(starts_at=starts_at, ends_at=ends_at)
    end_consultation(consultation_request, step, StaffMember.objects.filter(is_active=True).first())
    return True


def _weeks_before(time, weeks):
    """Beginning and end of a time at the same time of day, so many weeks before."""
    return [timezone.localtime(moment) - timedelta(weeks=weeks) for moment in (time.starts_at, time.ends_at)]


def _flag(consultation_request, count):
    """Of some a clinician is asked, and one of forty has trouble after a treatment."""
    staff = StaffMember.objects.filter(is_active=True).first()
    if staff and count % OF_FORTY == URGENT:
        alert_clinicians(consultation_request, staff, "Called: the skin is still hot on the third day.")
    elif staff and count % OF_FORTY in ASKED:
        ask_clinician(consultation_request, staff, "Takes a blood thinner. Is a visit all right?")


def _invented(count, benefit, concern):
    person, by_phone, looks_like_spam = sample_person(count), count % 3 == 0, count % OF_FORTY in SPAM
    return ConsultationRequest(
        is_sample=True,
        name=person.name,
        contact_by="phone" if by_phone else "email",
        phone=person.phone if by_phone or count % 4 == 0 else "",
        may_leave_message=count % 2 == 0,
        email="" if by_phone else person.email,
        suspicions=["links"] if looks_like_spam else [],
        for_someone_else=count % 20 in FAMILY_OF_FOUR[1:],
        needs=["wheelchair"] if count % 20 == 0 else [],
        treatment=benefit.treatment if benefit else None,
        benefit=benefit,
        windows=[Window.values[count % len(Window.values)]],
        language=person.language,
        interpreter=person.language == "ar" and count % 20 == 0,
        concern="We rank clinics first: https://rank.example/now" if looks_like_spam else concern,
        safety={"blood-thinners": "yes"} if count % 7 == 0 else {},
        form_key=f"sample {count}",
    )


def steps_to(goal):
    """The shortest way through the state table from a new request to that state."""
    ways = [[State.RECEIVED]]
    for way in ways:
        if way[-1] == goal:
            return way[1:]
        ways.extend([*way, step] for step in sorted(STEPS[way[-1]]) if step not in way)
    raise LookupError(f"no way leads to {goal}")


def _make_older(consultation_request, by):
    """Make a sample look as old as it should; real requests keep the moment at which they came."""
    received = consultation_request.received_at - by
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(
        received_at=received, reply_by=reply_by(received)
    )
    waiting = ConsultationRequest.objects.filter(pk=consultation_request.pk, owed_by__isnull=False, urgent_at=None)
    waiting.update(owed_by=reply_by(received))
