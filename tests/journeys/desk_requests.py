"""What lies at the desk when a scripted day begins, kept by the same functions as what patients send."""

# Both days: requests by name, and times of a week far ahead, of which the mornings have an interpreter.
BOTH = """
import json
from datetime import datetime, time, timedelta
from django.utils import timezone
from booking.models import Clinician, ConsultationRequest, OpenTime, PreparedAnswer
from booking.models.outbox import Trouble
from booking.schedule.consultations import cancel, end_consultation, wait_for_earlier
from booking.schedule.publishing import Pattern, publish
from booking.schedule.times import book
from booking.services import submit
from clinic_site.models import StaffMember

staff, who = StaffMember.objects.get(username="frontdesk"), Clinician.objects.first()
colleague = StaffMember.objects.get(username="manager")

def ask(name, **more):
    given = {"name": f"{name} Person", "contact_by": "email", "email": f"{name.lower()}@patient.example"}
    return submit(ConsultationRequest(**(given | {"form_key": f"day {name}"} | more)))

def ask_by_phone(name, phone, **more):
    return ask(name, **({"contact_by": "phone", "email": "", "phone": phone} | more))

def open_week(first, *clinicians, days=6):
    publish(Pattern(clinicians=clinicians, first_day=first, last_day=first + timedelta(days=days),
                    weekdays=frozenset(range(7)), begins=time.min, ends=time.max, minutes=20))
    OpenTime.objects.filter(day__gte=first, begins_by_clock__lt=time(12)).update(with_interpreter=True)

def book_on(name, day, clinician=who, **more):
    free = OpenTime.objects.bookable().filter(day=day, clinician=clinician).order_by("starts_at")
    asked = ask(name, **more)
    book(asked, free.first(), staff)
    return asked

def book_today(*names):
    "One after the other today, the first an hour ago or at midnight: booked for later, and then set to these times."
    visited = Clinician.objects.create(name="Dr. Visited")
    publish(Pattern(clinicians=(visited,), first_day=timezone.localdate() + timedelta(days=1),
                    last_day=timezone.localdate() + timedelta(days=7), weekdays=frozenset(range(7)),
                    begins=time.min, ends=time.max, minutes=20))
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    begins = max(midnight, timezone.localtime() - timedelta(hours=1)).replace(second=0, microsecond=0)
    for name in names:
        asked, free = ask(name), OpenTime.objects.bookable().filter(clinician=visited).order_by("starts_at")
        book(asked, free.first(), staff)
        given = OpenTime.objects.filter(request=asked)
        given.update(starts_at=begins, ends_at=begins + timedelta(minutes=20))
        begins += timedelta(minutes=20)
    OpenTime.objects.filter(clinician=visited, state="open").update(state="withdrawn")

def came_back(asked, mail):
    "An email to them came back: there is no such address."
    mail.record_trouble(Trouble.NO_SUCH_ADDRESS)
    ConsultationRequest.objects.filter(pk=asked.pk).update(refused_email=asked.email)
    asked.refresh_from_db()
    asked.to_calls.owe(asked, mail.kind, "no-such-address", mail=mail)
"""

# What is done all day, each with nobody else waiting: a request is asked for when the one before is done.
OFTEN = {
    "Visits": 'book_today("Late", "Comes", "Came")',
    "Offer": 'ask("Offer")',
    "Telephone": 'ask_by_phone("Telephone", "+15865550121")',
    "Silent": 'ask_by_phone("Silent", "+15865550122")',
    "Move": """
open_week(timezone.localdate() + timedelta(days=20), who, days=3)
asked = ask("Move")
book(asked, OpenTime.objects.bookable().filter(day__gt=timezone.localdate() + timedelta(days=19)).first(), staff)
print(OpenTime.objects.get(request=asked).day)
""",
}

FIRST_DAY = """
if not ConsultationRequest.objects.filter(name="Came Person").exists():
    book_today("Late", "Came")
day = timezone.localdate() + timedelta(days=40)
open_week(day, who)
PreparedAnswer.objects.create(title="Not with us", text="We do not treat this here.")
PreparedAnswer.objects.create(title="Parking", text="There is a lot behind the house.")
for name in ("Away", "Abroad", "Fever", "Question", "Decline", "Shift", "Hour", "Answer", "Undone"):
    ask(name)
for number, name in enumerate(("Number", "Later", "Voice", "Quiet", "Gone")):
    ask_by_phone(name, f"+1586555013{number}", may_leave_message=name != "Quiet")
ask("Interpreter", interpreter=True, language="ar", needs=["wheelchair"])
ask_by_phone("Mother", "+15865550140")
ask("Spam", suspicions=["trap"])
ask("Robot", suspicions=["links"])
last = OpenTime.objects.bookable().filter(clinician=who).order_by("-starts_at")
for name in ("Typo", "Moved", "Earlier", "Cancelled"):
    asked = ask(name, email=f"{name.lower()}@patient.exmaple" if name == "Typo" else f"{name.lower()}@patient.example")
    book(asked, last.first(), staff)
    if name == "Typo":
        came_back(asked, asked.mails.get(kind="booked"))
    if name == "Earlier":
        wait_for_earlier(asked)
"""

# A second week far ahead, of two clinicians, for those whom an illness, a closed day or a freed time touches.
SECOND_DAY = """
if not ConsultationRequest.objects.filter(name="Late Person").exists():
    book_today("Late")
monday = timezone.localdate() + timedelta(days=70)
monday -= timedelta(days=monday.weekday())
ill = Clinician.objects.create(name="Dr. Ill")
open_week(monday, who, ill)
on = {name: monday + timedelta(days=number) for number, name in enumerate(("mon", "tue", "wed", "thu", "fri"))}
for number, name in enumerate(("Mother", "Father", "Girl", "Boy")):
    ask_by_phone(f"Four{name}", "+15865550150", for_someone_else=number > 1)
twins = [ask("Twin", form_key=f"day twin {number}", email=f"twin{number}@patient.example") for number in range(2)]
for name in ("Minor", "Cancels", "Withdrawn", "Both", "Kindly", "Undo", "Photo", "Curious", "Forget"):
    ask(name)
ask("Twisted", phone="+15865550151")
ask("Spammy", suspicions=["trap"], phone="+15865550152", concern="My mother says you are good with scars.")
ask("Missing", interpreter=True, language="ar")
for name, day in (("IllOne", "mon"), ("IllTwo", "tue")):
    book_on(name, on[day], ill)
for name, day in (("ClosedOne", "thu"), ("ClosedTwo", "thu"), ("Freed", "fri"), ("Twice", "wed"), ("Dead", "wed")):
    book_on(name, on[day])
waits = ask("Waits")
book(waits, OpenTime.objects.bookable().filter(clinician=who).order_by("-starts_at").first(), staff)
wait_for_earlier(waits)
quiet = book_on("Hush", on["tue"], contact_by="phone", email="", phone="+15865550153")
cancel(quiet, staff)
dead = ConsultationRequest.objects.get(name="Dead Person")
came_back(dead, dead.mails.get(kind="booked"))
after = book_on("After", on["wed"], phone="+15865550154")
OpenTime.objects.filter(request=after).update(
    starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=2, minutes=-20))
end_consultation(after, "attended", staff)
links = {"Cancels": ConsultationRequest.objects.get(name="Cancels Person").private_url}
print(json.dumps({"links": links, "monday": monday.isoformat()}))
"""
