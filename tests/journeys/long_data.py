"""A clinic's day with names, addresses and words as long as real ones: what screens are looked at with."""

from datetime import datetime, time, timedelta
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from booking.desk.clinicians import ask_clinician
from booking.models import (
    Absence,
    Clinician,
    Consultation,
    ConsultationRequest,
    OpenTime,
    OutboxMail,
    PreparedAnswer,
    Quarantine,
    SavedView,
)
from booking.schedule.consultations import end_consultation, wait_for_earlier
from booking.schedule.publishing import Pattern, publish
from booking.schedule.times import book, offer_times
from booking.services import submit
from booking.states import State
from clinic_site.dates import midnight
from clinic_site.models import Banner, Clinic, ClosedDay, Notice
from tests.factories import shift_time
from tests.moments import DETROIT
from treatments.models import Benefit

A_TUESDAY = datetime(2027, 6, 8, 10, 12, tzinfo=DETROIT)

NAMES = [
    "Maria-Guadalupe Fernández de la Vega Montenegro",
    "عبد الرحمن بن يوسف بن إبراهيم الخزاعي التميمي",
    "Bartholomew Featherstonehaugh-Wojciechowska III",
    "Ana Li",
    "Wolfeschlegelsteinhausenbergerdorffwelchevoral",
    "Konstantina Papadopoulos-Konstantinidis Ravens",
]
CLINICIANS = ["Dr. Maximiliana Featherstonehaugh-Oyelaran", "Dr. Lee", "د. عبد الكريم يوسف الجميلي"]
WORDS = "I have had scars on both cheeks since I was fifteen, and would like to know what is possible. "
REASON = "All-staff training in the large meeting room, bring the new tablets along"


def address(number):
    """An email address of more than 45 letters."""
    return f"konstantina.papadopoulos-ravens{number}@dermatology-patients.example"


def ask(number, **fields):
    """A request with a long name and all that can be long."""
    benefits = list(Benefit.objects.select_related("treatment"))
    benefit = benefits[number % len(benefits)]
    by_phone = number % 4 == 1
    known = {
        "name": NAMES[number % len(NAMES)],
        "contact_by": "phone" if by_phone else "email",
        "email": "" if by_phone else address(number),
        "phone": f"+1586555{100 + number:04}",
        "phone_extension": "204" if number % 3 == 0 else "",
        "treatment": benefit.treatment,
        "benefit": benefit,
        "concern": WORDS * 3,
        "windows": ["mon-am", "wed-am", "fri-pm", "weekday-am"],
        "needs": ["wheelchair", "hearing", "sight"],
        "language": "ar" if number % 6 == 1 else "en",
        "interpreter": number % 3 == 1,
        "campaign": "spring-letter-to-all-who-asked-for-a-consultation-in-2026",
        "safety": {"blood-thinners": "yes", "pregnant": "not-sure"},
        "form_key": f"long {number}",
    }
    return submit(ConsultationRequest(**known | fields))


def fill(staff):
    """A busy week around today: every panel of the first page has rows, and every kind of cell is in the calendar."""
    clinicians = [Clinician.objects.create(name=name) for name in CLINICIANS]
    _open_times(clinicians)
    numbers = iter(range(1000))
    with transaction.atomic():
        _consultations(staff, clinicians, numbers)
        _requests(staff, numbers)
        _what_goes_wrong(staff, clinicians, numbers)
    _words(staff)


def _open_times(clinicians):
    today = timezone.localdate()
    publish(
        Pattern(
            clinicians=tuple(clinicians),
            first_day=today,
            last_day=today + timedelta(days=8),
            weekdays=frozenset(range(5)),
            begins=time(7),
            ends=time(18),
            minutes=Clinic.profile().consultation_minutes,
        )
    )


def _free(clinician=None):
    free = OpenTime.objects.bookable().order_by("starts_at", "pk")
    return free.filter(clinician=clinician) if clinician else free


def _consultations(staff, clinicians, numbers):
    for number in range(14):
        request = ask(next(numbers))
        book(request, _free(clinicians[number % 3])[0], staff)
    for number in range(4):  # who was here already, at hours that are over
        request = ask(next(numbers))
        book(request, _free(clinicians[1]).last(), staff)
        shift_time(request.consultation.time, timezone.now() - timedelta(minutes=25 * (number + 1)))
        if number:
            end_consultation(request, State.MISSED if number == 1 else State.ATTENDED, staff)
    Consultation.objects.filter(pk=Consultation.objects.booked().order_by("time__starts_at")[1].pk).update(
        arrived_at=timezone.now()
    )
    for _number in range(6):  # tomorrow and later
        request = ask(next(numbers))
        book(request, _free().filter(starts_at__gt=midnight(timezone.localdate() + timedelta(days=1)))[5], staff)
    for _number in range(2):
        request = ask(next(numbers))
        book(request, _free().last(), staff)
        wait_for_earlier(request)
    _free(clinicians[0]).last().set_state_unless_given("blocked", REASON)
    _free(clinicians[0])[2].set_state_unless_given("blocked", REASON)


def _requests(staff, numbers):
    now = timezone.now()
    owed = cycle([-300, -35, 23, 108, 200, 300, 60 * 30])
    for minutes in [next(owed) for _number in range(14)]:
        request = ask(next(numbers))
        due = now + timedelta(minutes=minutes)
        ConsultationRequest.objects.filter(pk=request.pk).update(reply_by=due, owed_by=due, owner=None)
    for _number in range(3):
        offer_times(ask(next(numbers)), list(_free()[:3]), staff)
    for _number in range(2):
        ask_clinician(ask(next(numbers)), staff, WORDS)
    for _number in range(2):
        request = ask(next(numbers))
        request.move_to(State.IN_CONVERSATION, "staff", staff=staff)
        ConsultationRequest.objects.filter(pk=request.pk).update(owner=staff, tries=2)


def _what_goes_wrong(staff, clinicians, numbers):
    tomorrow = midnight(timezone.localdate() + timedelta(days=1))
    Absence.objects.create(
        clinician=clinicians[2], begins_at=timezone.now(), ends_at=tomorrow + timedelta(hours=9), reason=REASON
    )
    Absence.objects.create(
        clinician=clinicians[0],
        begins_at=tomorrow + timedelta(hours=13),
        ends_at=tomorrow + timedelta(days=3),
        reason="Ill",
    )
    ClosedDay.objects.create(
        date=timezone.localdate() + timedelta(days=2), name="Day after the clinic's fiftieth birthday"
    )
    for _number in range(3):
        ask(next(numbers), quarantine=Quarantine.HELD, suspicions=["links"])
    failed = OutboxMail.objects.filter(request__email__gt="")[:4]
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in failed]).update(
        given_up_at=timezone.now(), trouble="sign-in", attempts=10
    )


def _words(staff):
    PreparedAnswer.objects.create(title="How long before a wedding one should come, and why", text=WORDS * 2)
    SavedView.objects.create(staff=staff, name="Mine, in Arabic, with an interpreter", query="view=mine")
    until = timezone.now() + timedelta(days=2)
    Banner.objects.create(text="We are closed on the day after our fiftieth birthday; call us.", shown_until=until)
    Notice.objects.create(slug="long", title="What has changed in how we answer requests that come at night")
