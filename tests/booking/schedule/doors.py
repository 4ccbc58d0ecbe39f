"""
Every door through which a time is opened, shown or given, and every rule that can close them.

A door is a generator: up to its first yield it prepares what stands before a rule changes; then it acts, and yields
whether the time was given, and the page or the sentence that says so.
"""

from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.desk.steps import undo_step
from booking.models import Absence, Clinician, Consultation, ConsultationRequest, OpenTime
from booking.samples import fill, open_times
from booking.schedule.consultations import move, wait_for_earlier
from booking.schedule.publishing import Pattern, publish
from booking.schedule.times import book, offer_times
from booking.schedule.waiting_list import waiting_matches
from booking.services import undo_by_patient, withdraw
from booking.states import IllegalStep
from clinic_site.models import Clinic, ClosedDay, OpeningHours, SelfPick
from tests.factories import form_data, make_request, make_staff

DETROIT = ZoneInfo("America/Detroit")
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=DETROIT)  # a Monday
WEDNESDAY_AT_TEN = datetime(2026, 6, 3, 10, 0, tzinfo=DETROIT)
REQUESTS, CALENDAR = "/admin/booking/consultationrequest/", "/admin/booking/opentime/calendar/"


def set_hours(opens, closes, weekdays=range(7)):
    OpeningHours.objects.all().delete()
    opens, closes = time.fromisoformat(opens), time.fromisoformat(closes)
    OpeningHours.objects.bulk_create(OpeningHours(weekday=day, opens=opens, closes=closes) for day in weekdays)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


class World:
    """One time on a Wednesday at ten, the desk, and whoever comes through a door."""

    def __init__(self, client, as_staff, time_machine):
        self.client, self.as_staff, self.time_machine = client, as_staff, time_machine
        self.time = self.make(WEDNESDAY_AT_TEN)
        self.clinician, self.staff = self.time.clinician, make_staff("frontdesk")
        set_hours("08:00", "17:00")

    def make(self, moment):
        """A time that begins then, on a day that is not closed; the clinic keeps its hours."""
        ClosedDay.objects.all().delete()
        clinician, _made = Clinician.objects.get_or_create(name="Dr. Example")
        made = OpenTime.objects.create(clinician=clinician, starts_at=moment, ends_at=moment + timedelta(minutes=20))
        return fresh(made)

    def make_booked(self, moment):
        """A request whose consultation is booked then."""
        consultation_request = make_request(email=f"p{moment:%j%H%M}@patient.example")
        book(consultation_request, self.make(moment), self.staff)
        return consultation_request

    def is_given_to(self, consultation_request, state="booked"):
        return OpenTime.objects.filter(pk=self.time.pk, state=state, request=consultation_request).exists()

    def is_open(self):
        return OpenTime.objects.filter(clinician=self.clinician, starts_at=WEDNESDAY_AT_TEN, state="open").exists()

    def press(self, action, consultation_request, **sent):
        """A button of the request's page."""
        address = f"{REQUESTS}{consultation_request.pk}/do/{action}/"
        return self.as_staff("frontdesk").post(address, {"time": self.time.pk} | sent, follow=True).text

    def click(self, action, **sent):
        """A button of the calendar."""
        return self.as_staff("frontdesk").post(f"{CALENDAR}do/{action}/", sent, follow=True).text


def shown_in_the_form(world):
    yield
    yield f'value="{world.time.pk}"' in world.client.get("/consultation/").text, ""


def picked(world):
    yield
    page = world.client.post("/consultation/", form_data(open_time=str(world.time.pk)))
    yield world.is_given_to(ConsultationRequest.objects.last(), "held"), page.text


def picked_and_booked_at_once(world):
    clinic = Clinic.profile()
    clinic.self_pick = SelfPick.BOOKED
    clinic.save()
    yield
    page = world.client.post("/consultation/", form_data(open_time=str(world.time.pk)))
    yield world.is_given_to(ConsultationRequest.objects.last()), page.text


def confirmed_after_it_was_picked(world):
    world.client.post("/consultation/", form_data(open_time=str(world.time.pk)))
    consultation_request = ConsultationRequest.objects.get()
    yield
    page = world.press("book", consultation_request)
    yield world.is_given_to(consultation_request), page


def offered(world):
    consultation_request = make_request()
    yield
    page = world.press("offer", consultation_request)
    yield world.is_given_to(consultation_request, "held"), page


def offered_earlier(world):
    consultation_request = world.make_booked(WEDNESDAY_AT_TEN + timedelta(days=1))
    yield
    page = world.press("earlier", consultation_request)
    yield world.is_given_to(consultation_request, "held"), page


def accepted(world):
    consultation_request = make_request()
    offer_times(consultation_request, [world.time], world.staff)
    yield
    private = f"/consultation/r/{consultation_request.token}/"
    page = world.client.post(private, {"accept": "", "time": world.time.pk})
    yield world.is_given_to(consultation_request), page.text


def booked_by_telephone(world):
    consultation_request = make_request()
    yield
    page = world.press("book", consultation_request)
    yield world.is_given_to(consultation_request), page


def moved_to(world):
    consultation_request = world.make_booked(WEDNESDAY_AT_TEN + timedelta(days=1))
    yield
    page = world.press("move", consultation_request)
    yield world.is_given_to(consultation_request), page


def moved_back_to(world):
    consultation_request, other = make_request(), world.make(WEDNESDAY_AT_TEN + timedelta(days=1))
    book(consultation_request, world.time, world.staff)
    move(consultation_request, other, world.staff)
    yield
    try:
        undo_step(consultation_request, world.staff)
        words = ""
    except IllegalStep as refusal:
        words = str(refusal)
    yield world.is_given_to(consultation_request), words


def booked_again_after_an_undone_withdrawal(world):
    consultation_request = make_request()
    book(consultation_request, world.time, world.staff)
    withdraw(consultation_request)
    yield
    with suppress(IllegalStep):
        undo_by_patient(fresh(consultation_request))
    yield world.is_given_to(consultation_request), "Nothing was booked."


def suggested_by_the_waiting_list(world):
    consultation_request = world.make_booked(WEDNESDAY_AT_TEN + timedelta(days=1))
    wait_for_earlier(consultation_request)
    yield
    yield world.time in [time for time, _waiting in waiting_matches()], ""


def opened_by_a_click(world):
    world.time.delete()
    yield
    page = world.click("open", at=WEDNESDAY_AT_TEN.isoformat(), clinician=world.clinician.pk)
    yield world.is_open(), page


def opened_again_by_a_click(world):
    world.time.set_state_unless_given("blocked")
    yield
    page = world.click("open-again", time=world.time.pk)
    yield world.is_open(), page


def opened_again_in_the_list(world):
    world.time.set_state_unless_given("withdrawn")
    yield
    sent = {"action": "open_again", "_selected_action": [world.time.pk]}
    page = world.as_staff("frontdesk").post("/admin/booking/opentime/", sent, follow=True)
    yield world.is_open(), page.text


def published(world):
    world.time.delete()
    yield
    publish(pattern_of(WEDNESDAY_AT_TEN.date(), world.clinician))
    yield world.is_open(), ""


def opened_by_the_command(world):
    world.time.delete()
    yield
    open_times()
    yield world.is_open(), ""


def given_to_a_sample(world):
    yield
    list(fill(10))
    yield Consultation.objects.filter(time=world.time).exists() or fresh(world.time).state != "open", ""


SILENT = [
    shown_in_the_form,
    booked_again_after_an_undone_withdrawal,
    suggested_by_the_waiting_list,
    published,
    opened_by_the_command,
    given_to_a_sample,
]
WITH_WORDS = [
    picked,
    picked_and_booked_at_once,
    confirmed_after_it_was_picked,
    offered,
    offered_earlier,
    accepted,
    booked_by_telephone,
    moved_to,
    moved_back_to,
    opened_by_a_click,
    opened_again_by_a_click,
    opened_again_in_the_list,
]


def pattern_of(day, *clinicians, last_day=None):
    return Pattern(
        clinicians=clinicians,
        first_day=day,
        last_day=last_day or day,
        weekdays=frozenset(range(7)),
        begins=time.min,
        ends=time.max,
        minutes=20,
    )


def close_the_day(world):
    ClosedDay.objects.create(date=WEDNESDAY_AT_TEN.date(), name="Founders Day")


def open_later(world):
    set_hours("10:01", "17:00")


def close_earlier(world):
    set_hours("08:00", "10:19")


def close_all_wednesdays(world):
    set_hours("08:00", "17:00", weekdays=[0, 1, 3, 4, 5, 6])


def see_no_patients(world):
    Clinician.objects.update(sees_patients=False)


def be_away_for_days(world):
    Absence.objects.create(
        clinician=world.clinician,
        begins_at=WEDNESDAY_AT_TEN - timedelta(days=1),
        ends_at=WEDNESDAY_AT_TEN + timedelta(days=2),
    )


def leave_a_minute_before_it_ends(world):
    ends = WEDNESDAY_AT_TEN + timedelta(minutes=20)
    Absence.objects.create(clinician=world.clinician, begins_at=ends - timedelta(minutes=1), ends_at=ends)


def let_it_begin(world):
    world.time_machine.move_to(WEDNESDAY_AT_TEN, tick=False)


RULES = [
    close_the_day,
    open_later,
    close_earlier,
    close_all_wednesdays,
    see_no_patients,
    be_away_for_days,
    leave_a_minute_before_it_ends,
    let_it_begin,
]
