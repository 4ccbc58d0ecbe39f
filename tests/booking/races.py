"""Rounds in which several hands want the same time at the same moment, on committed rows."""

import random
import time as clock
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connections
from django.db.models import Q
from django.utils import timezone

from booking.consultations import move
from booking.models import Consultation, ConsultationRequest, Offer, OpenTime
from booking.services import submit
from booking.states import IllegalStep
from booking.times import accept, book, lapse, offer_times
from tests.factories import make_request, make_staff, make_time

WON = "won"


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


def two_screens_accept_one_offer():
    offer = offer_times(make_request(), [make_time(48), make_time(72)], make_staff("frontdesk"))
    first, second = offer.times.all()
    return at_once(lambda: accept(fresh(offer), first), lambda: accept(fresh(offer), second))


def two_patients_are_offered_one_time():
    staff, wanted = make_staff("frontdesk"), make_time(48)
    others = [make_time(72), make_time(96)]
    return at_once(
        lambda: offer_times(make_request(email="a@patient.example"), [wanted, others[0]], staff),
        lambda: offer_times(make_request(email="b@patient.example"), [others[1], wanted], staff),
    )


def twenty_patients_take_one_time():
    """Twenty forms with the same open time: each that loses is kept out whole, and told of other times."""
    wanted = make_time(72)
    before = ConsultationRequest.objects.count()

    def ask(number):
        fields = {"name": "A", "contact_by": "email", "email": f"p{number}@patient.example"}
        return submit(ConsultationRequest(form_key=f"{wanted.pk} {number}", **fields), wanted)

    outcomes = at_once(*(lambda number=number: ask(number) for number in range(20)))
    assert ConsultationRequest.objects.count() == before + outcomes.count(WON)
    return outcomes


def twenty_are_booked_by_telephone_for_one_time():
    staff, wanted = make_staff("frontdesk"), make_time(48)
    patients = [make_request(email=f"p{number}@patient.example") for number in range(20)]
    return at_once(*(lambda patient=patient: book(patient, wanted, staff) for patient in patients))


def two_consultations_are_moved_to_one_time():
    staff, wanted = make_staff("frontdesk"), make_time(48)
    requests = [make_request(email=f"p{number}@patient.example") for number in range(2)]
    for hours, request in zip((72, 96), requests, strict=True):
        book(request, make_time(hours), staff)
    return at_once(*(lambda request=request: move(request, wanted, staff) for request in requests))


def staff_book_while_the_patient_accepts():
    staff = make_staff("frontdesk")
    offer, other = offer_times(make_request(), [make_time(48)], staff), make_time(72)
    return at_once(
        lambda: accept(fresh(offer), offer.times.get()),
        lambda: book(ConsultationRequest.objects.get(pk=offer.request_id), other, staff),
    )


def an_offer_lapses_while_the_patient_accepts():
    offer = offer_times(make_request(), [make_time(48)], make_staff("frontdesk"))
    Offer.objects.filter(pk=offer.pk).update(lapses_at=timezone.now() + timedelta(milliseconds=60))

    def accept_about_then():
        clock.sleep(random.uniform(0, 0.12))
        return accept(fresh(offer), offer.times.get())

    def lapse_when_due():
        give_up = clock.monotonic() + 1
        while clock.monotonic() < give_up and fresh(offer).state == Offer.State.WAITING:
            if lapse(fresh(offer)):
                return True
        return False

    return at_once(accept_about_then, lapse_when_due)


RACES = [
    two_screens_accept_one_offer,
    two_patients_are_offered_one_time,
    twenty_patients_take_one_time,
    twenty_are_booked_by_telephone_for_one_time,
    two_consultations_are_moved_to_one_time,
    staff_book_while_the_patient_accepts,
    an_offer_lapses_while_the_patient_accepts,
]


def left_behind():
    """Times that are held without a waiting offer or booked without a consultation, and the other way round."""
    picked = Q(request__state="received", request__offers=None)
    held = OpenTime.objects.filter(state="held").exclude(offers__state="waiting").exclude(picked)
    booked = OpenTime.objects.filter(state="booked").exclude(consultations__state="booked")
    homeless = Consultation.objects.filter(state="booked").exclude(time__state="booked")
    waiting = Offer.objects.waiting().exclude(times__state="held")
    return [*held, *booked, *homeless, *waiting]
