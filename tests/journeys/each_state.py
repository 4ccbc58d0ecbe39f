"""A request in each state in which its private page looks different, on a running site: made in the site's process."""

import json
from datetime import timedelta

from django.db import transaction

from booking.models import ConsultationRequest, Event, OpenTime
from booking.schedule.consultations import cancel, cannot_come, end_consultation, move_by_patient, wait_for_earlier
from booking.schedule.times import accept, book, offer_earlier, offer_times
from booking.services import submit, withdraw
from booking.states import State
from clinic_site.models import StaffMember

LONG_NAME = "Maria-Guadalupe Fernández de la Vega y Montenegro"
LONG_ADDRESS = "maria.guadalupe.fernandez.de.la.vega@dermatology-patients.example"
LONG_WORDS = "I have had scars on both cheeks since I was fifteen, and would like to know what is possible. " * 3


def ask(number, **fields):
    known = {
        "name": LONG_NAME,
        "contact_by": "email",
        "email": LONG_ADDRESS,
        "phone": "+15865550142",
        "concern": LONG_WORDS,
        "for_you": {"skin": ["brown"], "matters": ["result", "marks"]},
        "windows": ["wed-am", "fri-am"],
        "needs": ["hearing"],
        "form_key": f"each state {number}",
    }
    return submit(ConsultationRequest(**known | fields))


def free(number=1):
    """The last times that can be booked: journeys take the first."""
    return list(OpenTime.objects.bookable().order_by("-starts_at")[:number])


def staff():
    return StaffMember.objects.get(username="frontdesk")


def received(request):
    pass


def held(request):
    known = OpenTime.objects.bookable().order_by("-starts_at").first()
    assert OpenTime.objects.assign(known.pk, request, OpenTime.State.HELD)
    request.record(Event.Kind.PICKED, Event.Actor.PATIENT, times=[known.starts_at])


def in_conversation(request):
    request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff())


def offered(request):
    offer_times(request, free(3), staff(), note="Dr. Sample is back that week.")


def booked(request):
    book(request, free()[0], staff())


def chosen(request):
    offer = offer_times(request, free(2), staff())
    accept(offer, offer.times.first())


def earlier(request):
    first, later = OpenTime.objects.bookable().order_by("-starts_at")[20], free()[0]
    book(request, later, staff())
    wait_for_earlier(request)
    offer_earlier(request, first, staff())


def moved(request):
    booked(request)
    move_by_patient(request, free()[0])


def canceled_by_patient(request):
    booked(request)
    cannot_come(request)


def canceled_by_staff(request):
    booked(request)
    cancel(request, staff())


def _past(request):
    time = OpenTime.objects.bookable().order_by("-starts_at")[40]  # none that another of these had
    book(request, time, staff())
    back = timedelta(days=60)
    OpenTime.objects.filter(pk=time.pk).update(starts_at=time.starts_at - back, ends_at=time.ends_at - back)


def attended(request):
    _past(request)
    end_consultation(request, State.ATTENDED, staff())


def missed(request):
    _past(request)
    end_consultation(request, State.MISSED, staff())


def begun(request):
    _past(request)


def withdrawn(request):
    withdraw(request)


def declined(request):
    request.move_to(State.DECLINED, Event.Actor.STAFF, staff=staff())


def unreachable(request):
    request.move_to(State.UNREACHABLE, Event.Actor.STAFF, staff=staff())


def closed(request):
    request.move_to(State.CLOSED, Event.Actor.SYSTEM)


WAYS = [
    *(received, held, in_conversation, offered, booked, chosen, earlier, moved),
    *(canceled_by_patient, canceled_by_staff, begun, attended, missed, withdrawn, declined, unreachable, closed),
]
STATES = [way.__name__ for way in WAYS]


def make_each():
    """Print the token of a request in each of the states."""
    tokens = {}
    for number, way in enumerate(WAYS):
        request = ask(number)
        with transaction.atomic():  # as views have it; a lock needs one
            way(request)
        tokens[way.__name__] = request.token
    print(json.dumps(tokens))


def tokens_of_each(site):
    """As a running site makes them."""
    code = "from tests.journeys.each_state import make_each; make_each()"
    return json.loads(site.manage("shell", "-v0", "-c", code).splitlines()[-1])
