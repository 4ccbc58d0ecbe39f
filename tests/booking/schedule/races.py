"""Rounds in which several hands want the same time at the same moment, on committed rows."""

import random
import time as clock
from concurrent.futures import ThreadPoolExecutor
from datetime import time as clock_time
from datetime import timedelta
from functools import partial
from itertools import count, pairwise
from threading import Barrier

from django.db import connections
from django.db.models import Q
from django.utils import timezone

from booking.models import Clinician, Consultation, ConsultationRequest, Offer, OpenTime
from booking.schedule.changes import (
    TouchedMeanwhile,
    carry_out,
    close_day,
    note_absence,
    set_hours,
    set_sees_patients,
    whom_it_touches,
)
from booking.schedule.consultations import move, move_by_patient
from booking.schedule.opening import open_time
from booking.schedule.picking import pick_later
from booking.schedule.publishing import Pattern, publish
from booking.schedule.settling import Choice
from booking.schedule.times import accept, book, lapse, offer_times
from booking.services import submit
from booking.states import IllegalStep
from clinic_site.dates import midnight
from clinic_site.models import ClosedDay
from tests.factories import make_request, make_staff, make_time, open_around_the_clock

WON = "won"


_numbers = count(1)


def at_once(*acts):
    """Do all of these at the same moment; returns for each 'won', or the sentence that refused it."""
    start = Barrier(len(acts))

    def play(act):
        start.wait()
        try:
            return WON if act() is not False else "It had been answered already."
        except IllegalStep as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(play, acts))


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def at_ten(days):
    """Ten in the morning at the clinic, so many days from now."""
    return midnight(timezone.localdate() + timedelta(days=days)) + timedelta(hours=10)


def a_time(days):
    """A free time of a clinician of its own, so that each round has times beside those of the rounds before."""
    return make_time(0, f"Dr. {next(_numbers)}", starts_at=at_ten(days))


def two_screens_accept_one_offer():
    offer = offer_times(make_request(), [a_time(2), a_time(3)], make_staff("frontdesk"))
    first, second = offer.times.all()
    return at_once(lambda: accept(fresh(offer), first), lambda: accept(fresh(offer), second))


def two_patients_are_offered_one_time():
    staff, wanted = make_staff("frontdesk"), a_time(2)
    others = [a_time(3), a_time(4)]
    return at_once(
        lambda: offer_times(make_request(email="a@patient.example"), [wanted, others[0]], staff),
        lambda: offer_times(make_request(email="b@patient.example"), [others[1], wanted], staff),
    )


def twenty_patients_take_one_time():
    """Twenty forms with the same open time: each that loses is kept out whole, and told of other times."""
    wanted, _beside_it = a_time(3), a_time(3)  # of a day's times, half are held before the desk confirms
    before = ConsultationRequest.objects.count()

    def ask(number):
        fields = {"name": "A", "contact_by": "email", "email": f"p{number}-{wanted.pk}@patient.example"}
        return submit(ConsultationRequest(form_key=f"{wanted.pk} {number}", **fields), wanted)

    outcomes = at_once(*(lambda number=number: ask(number) for number in range(20)))
    assert ConsultationRequest.objects.count() == before + outcomes.count(WON)
    return outcomes


def twenty_who_have_asked_pick_one_time_later():
    """On their private pages: each that loses keeps what they have, and is told."""
    wanted, _beside_it = a_time(3), a_time(3)  # as above
    patients = [make_request(email=f"later{number}-{wanted.pk}@patient.example") for number in range(20)]
    outcomes = at_once(*(lambda patient=patient: pick_later(fresh(patient), wanted) for patient in patients))
    assert [patient for patient in patients if fresh(patient).picked_time] == [fresh(wanted).request]
    return outcomes


def five_patients_move_to_one_time():
    """Each that loses keeps the time that they had."""
    staff, wanted = make_staff("frontdesk"), a_time(4)
    patients = [make_request(email=f"move{number}-{wanted.pk}@patient.example") for number in range(5)]
    for patient in patients:
        book(patient, a_time(2), staff)
    outcomes = at_once(*(lambda patient=patient: move_by_patient(fresh(patient), wanted) for patient in patients))
    assert all(patient.consultation for patient in patients)
    return outcomes


def a_patient_accepts_in_one_window_and_picks_another_time_in_the_other():
    other, _beside_it = a_time(3), a_time(3)  # as above
    patient = make_request(email=f"windows{other.pk}@patient.example")
    offer = offer_times(patient, [a_time(2)], make_staff("frontdesk"))
    return at_once(
        lambda: accept(fresh(offer), offer.times.get()),
        lambda: pick_later(fresh(patient), other),
    )


def twenty_are_booked_by_telephone_for_one_time():
    staff, wanted = make_staff("frontdesk"), a_time(2)
    patients = [make_request(email=f"p{number}@patient.example") for number in range(20)]
    return at_once(*(lambda patient=patient: book(patient, wanted, staff) for patient in patients))


def two_consultations_are_moved_to_one_time():
    staff, wanted = make_staff("frontdesk"), a_time(2)
    requests = [make_request(email=f"p{number}@patient.example") for number in range(2)]
    for days, consultation_request in zip((3, 4), requests, strict=True):
        book(consultation_request, a_time(days), staff)
    return at_once(
        *(
            lambda consultation_request=consultation_request: move(consultation_request, wanted, staff)
            for consultation_request in requests
        )
    )


def staff_book_while_the_patient_accepts():
    staff = make_staff("frontdesk")
    offer, other = offer_times(make_request(), [a_time(2)], staff), a_time(3)
    return at_once(
        lambda: accept(fresh(offer), offer.times.get()),
        lambda: book(ConsultationRequest.objects.get(pk=offer.request_id), other, staff),
    )


def an_offer_lapses_while_the_patient_accepts():
    offer = offer_times(make_request(), [a_time(2)], make_staff("frontdesk"))
    Offer.objects.filter(pk=offer.pk).update(lapses_at=timezone.now() + timedelta(milliseconds=60))

    def accept_about_then():
        clock.sleep(random.uniform(0, 0.12))
        return accept(fresh(offer), offer.times.get())

    def lapse_when_due():
        give_up = clock.monotonic() + 60
        while clock.monotonic() < give_up and fresh(offer).state == Offer.State.WAITING:
            if lapse(fresh(offer)):
                return True
        return False

    return at_once(accept_about_then, lapse_when_due)


def times_of_different_length_are_opened_that_overlap():
    """Three of the desk click at ten, at ten past and at twenty past, where the first would take half an hour."""
    open_around_the_clock()
    clinician = Clinician.objects.create(name=f"Dr. {next(_numbers)}")
    begins = at_ten(2)
    return at_once(
        lambda: open_time(clinician, begins, 45),
        lambda: open_time(clinician, begins + timedelta(minutes=10), 15),
        lambda: open_time(clinician, begins + timedelta(minutes=20), 60),
    )


def a_day_is_published_while_a_longer_time_is_opened_in_it():
    """Who publishes leaves out what is in the way, and so wins always; what counts is that nothing overlaps."""
    open_around_the_clock()
    clinician, day = Clinician.objects.create(name=f"Dr. {next(_numbers)}"), timezone.localdate() + timedelta(days=2)
    begins = at_ten(2) + timedelta(minutes=10)
    pattern = Pattern((clinician,), day, day, frozenset(range(7)), clock_time(9), clock_time(12), 20)
    outcomes = at_once(lambda: publish(pattern), lambda: open_time(clinician, begins, 45))
    times = list(OpenTime.objects.filter(clinician=clinician).order_by("starts_at"))
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(times))
    return outcomes[:1]


def _close_its_day(time):
    return partial(close_day, timezone.localdate(time.starts_at), "Snow")


def _begin_after_it(time):
    later = (timezone.localtime(time.starts_at) + timedelta(minutes=1)).time()
    return partial(set_hours, [(day, later, clock_time.max) for day in range(7)])


def _be_away_then(time):
    return partial(note_absence, time.clinician, time.starts_at - timedelta(hours=1), time.ends_at)


def _see_nobody(time):
    return partial(set_sees_patients, time.clinician, False)


def _look_and_cancel(make, staff):
    """As the page does it: whom it touches is looked at; the change is made later."""
    looked = whom_it_touches(make)
    choices = {each.key: Choice("cancel") for each in looked.touched}
    return lambda: carry_out(make, looked, choices, staff)


def _changed_while_the_patient_accepts(making):
    ClosedDay.objects.all().delete()
    staff = make_staff("manager")
    offer = offer_times(make_request(), [a_time(2)], staff)
    time = offer.times.get()
    change = _look_and_cancel(making(time), staff)
    clocks = [random.uniform(0, 0.02) for _hand in range(2)]
    return at_once(
        lambda: (clock.sleep(clocks[0]), accept(fresh(offer), time)),
        lambda: (clock.sleep(clocks[1]), change()),
    )


def its_day_is_closed_while_the_patient_accepts():
    return _changed_while_the_patient_accepts(_close_its_day)


def hours_are_shortened_while_the_patient_accepts():
    return _changed_while_the_patient_accepts(_begin_after_it)


def an_absence_is_entered_while_the_patient_accepts():
    return _changed_while_the_patient_accepts(_be_away_then)


def the_clinician_stops_seeing_patients_while_one_accepts():
    return _changed_while_the_patient_accepts(_see_nobody)


def many_accept_while_it_is_changed(making):
    """
    Ten patients accept their times of one clinician while a manager makes a change, and looks again as often as needed.

    Returns the outcomes, the manager's last.
    """
    ClosedDay.objects.all().delete()
    staff, first = make_staff("manager"), a_time(2)
    later = [first.starts_at + number * TWENTY for number in range(1, 10)]
    times = [first, *(make_time(0, first.clinician.name, starts_at=starts_at) for starts_at in later)]
    offers = [offer_times(make_request(email=f"p{time.pk}@patient.example"), [time], staff) for time in times]

    def accept_one(offer, time):
        clock.sleep(random.uniform(0, 0.2))
        return accept(fresh(offer), time)

    def change_until_done():
        clock.sleep(random.uniform(0, 0.1))
        give_up = clock.monotonic() + 60
        while clock.monotonic() < give_up:
            try:
                return _look_and_cancel(making(times[-1]), staff)()
            except TouchedMeanwhile:
                continue
        return False

    acts = [partial(accept_one, offer, time) for offer, time in zip(offers, times, strict=True)]
    return at_once(*acts, change_until_done)


TWENTY = timedelta(minutes=20)
CHANGES_AMID_MANY = [_close_its_day, _begin_after_it, _be_away_then, _see_nobody]
RACES = [
    two_screens_accept_one_offer,
    two_patients_are_offered_one_time,
    twenty_patients_take_one_time,
    twenty_who_have_asked_pick_one_time_later,
    five_patients_move_to_one_time,
    a_patient_accepts_in_one_window_and_picks_another_time_in_the_other,
    twenty_are_booked_by_telephone_for_one_time,
    two_consultations_are_moved_to_one_time,
    staff_book_while_the_patient_accepts,
    an_offer_lapses_while_the_patient_accepts,
    times_of_different_length_are_opened_that_overlap,
    a_day_is_published_while_a_longer_time_is_opened_in_it,
    its_day_is_closed_while_the_patient_accepts,
    hours_are_shortened_while_the_patient_accepts,
    an_absence_is_entered_while_the_patient_accepts,
    the_clinician_stops_seeing_patients_while_one_accepts,
]


def left_behind():
    """
    Times that are held without a waiting offer or booked without a consultation, and the other way round; and those
    that somebody has although nobody can come then.
    """
    picked = Q(request__state="received", request__offers=None)
    picked |= Q(request__state__in=OpenTime.UNDECIDED, request__timeline__kind="picked")
    held = OpenTime.objects.filter(state="held").exclude(offers__state="waiting").exclude(picked)
    booked = OpenTime.objects.filter(state="booked").exclude(consultations__state="booked")
    homeless = Consultation.objects.filter(state="booked").exclude(time__state="booked")
    waiting = Offer.objects.waiting().exclude(times__state="held")
    return [*held, *booked, *homeless, *waiting, *OpenTime.objects.cannot_stand()]
