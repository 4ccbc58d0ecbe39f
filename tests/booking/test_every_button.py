"""
Every button of every state, as every role, pressed twice from one page: nothing breaks, and nothing untrue is said.

The buttons are those that the pages show: of a request's page on each of its ways, and of the private page.
"""

import re
from copy import copy
from functools import partial
from html.parser import HTMLParser
from itertools import product

import pytest
from django.db import transaction
from django.db.models import Min
from django.test import Client
from django.utils import timezone

from booking.models import ConsultationRequest, OpenTime
from booking.samples import steps_to
from booking.schedule.consultations import end_consultation
from booking.schedule.times import book, offer_times
from booking.states import State
from tests.booking.schedule.races import a_time, at_once
from tests.factories import make_request, make_staff, shift_time

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"
WAYS = ["", "?way=offer&part=any", "?way=answer", "?way=clinician", "?way=end", "?way=visit"]
REACH = {
    "email": {},
    "no email": {"contact_by": "phone", "email": "", "phone": "+15865550142", "may_leave_message": True},
}
ROLES = ["frontdesk", "manager", "clinician", "marketing"]
OF_THE_PAGE = ["csrfmiddlewaretoken", "back", "unsaved", "other"]  # where it stands, not what it asks for
MOST_BUTTONS = 50
HAVE_BUTTONS = ["frontdesk", "manager"]
IN_EACH_RUN = [
    ("frontdesk", State.RECEIVED, "no email"),
    ("frontdesk", State.OFFERED, "email"),
    ("frontdesk", State.BOOKED, "no email"),
]


class Buttons(HTMLParser):
    """The buttons of a page: where each sends its form, and what it sends."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.found, self.select = None, {}, [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.action, self.fields = given.get("action", ""), {}
        elif tag == "input" and given.get("name") and given.get("type") not in ("checkbox", "radio", "submit"):
            self.fields.setdefault(given["name"], given.get("value", ""))
        elif tag == "input" and given.get("type") in ("checkbox", "radio") and given.get("name"):
            self.fields.setdefault(given["name"], given.get("value", "on"))
        elif tag == "textarea" and given.get("name"):
            self.fields.setdefault(given["name"], "Some words")
        elif tag == "button" or (tag == "input" and given.get("type") == "submit"):
            to = given.get("formaction") or self.action
            if to is not None and given.get("type", "submit") == "submit":
                own = {given["name"]: given.get("value", "")} if given.get("name") else {}
                self.found.append((to, dict(self.fields) | own))

    def handle_endtag(self, tag):
        if tag == "form":
            self.action = None


def in_state(state, reach):
    consultation_request, staff = make_request(**REACH[reach]), make_staff("frontdesk")
    a_time(8), a_time(9)
    for step in steps_to(state):
        if step == State.OFFERED:
            offer_times(consultation_request, [a_time(3)], staff)
        elif step == State.BOOKED:
            book(consultation_request, a_time(4), staff)
        elif step in (State.ATTENDED, State.MISSED):
            shift_time(consultation_request.consultation.time, timezone.now())
            end_consultation(consultation_request, step, staff)
        else:
            consultation_request.move_to(step, "staff", staff=staff)
    return consultation_request


def says_what_is_so(page, asked_at, consultation_request):
    """Whether what a page that was asked for at that moment says of telling, and what the records hold, agree."""
    request = ConsultationRequest.objects.get(pk=consultation_request.pk)
    waiting = request.mails.to_patients().waiting()
    if "told by email in a minute" in page:
        assert waiting.filter(due_at__gt=asked_at).exists() and request.can_be_mailed
    if re.search("To call by|to be called by", page):
        assert request.to_calls.open().exists()
    assert request.call_by == request.to_calls.open().aggregate(due=Min("due_at"))["due"]
    assert request.due_by == min(filter(None, [request.owed_by, request.call_by]), default=None)
    booked = request.consultations.booked().count()
    assert booked == (request.state == State.BOOKED)
    assert OpenTime.objects.filter(request=request, state="held").exists() <= (
        request.offers.waiting().exists() or request.state in (State.RECEIVED, State.IN_CONVERSATION)
    )
    if not request.email:
        assert not waiting.exists()


def buttons_on(client, pages):
    """Where each button of these pages sends what; one that stands on several of them is there once."""
    found = {}
    for address in pages:
        page = client.get(address)
        assert page.status_code in (200, 403, 404)
        for to, sent in Buttons(page.text).found if page.status_code == 200 else []:
            to = to or address.partition("?")[0]
            if "/do/" in to or "/r/" in to or "/advise/" in to:  # not the search, nor the sign-out
                found.setdefault(_which(to, sent), (to, sent))
    return found


def _which(to, sent):
    """What tells a button from others, on whichever page and of whichever request: what it asks for, not of whom."""
    about = [(name, "" if value.isdecimal() else value) for name, value in sent.items() if name not in OF_THE_PAGE]
    return re.sub(r"/(\d+|r/[^/]+)/", "/", to), tuple(sorted(about))


def press(client, to, sent, consultation_request):
    """Press a button, and look whether the page that follows is so."""
    asked_at = timezone.now()
    answer = client.post(to, sent)
    if "Location" in answer:
        answer = client.get(answer["Location"], follow=True)
    assert answer.status_code < 500, (to, sent)
    says_what_is_so(answer.text, asked_at, consultation_request)


def press_each(client, pages, consultation_request):
    """Press each button of these pages twice, each from where the request stood; returns how many there were."""
    buttons = buttons_on(client, pages)
    for to, sent in buttons.values():
        point = transaction.savepoint()
        press(client, to, sent, consultation_request)
        press(client, to, sent, consultation_request)
        transaction.savepoint_rollback(point)
    return len(buttons)


def press_each_at_once(clients, state, reach, pages_of):
    """Press each button from two screens at one moment, each on a request of its own; returns how many there were."""
    number_of_pages, pressed = len(pages_of(in_state(state, reach))), set()
    for number in range(number_of_pages):
        while True:
            consultation_request = in_state(state, reach)
            page = pages_of(consultation_request)[number]
            left = {which: button for which, button in buttons_on(clients[0], [page]).items() if which not in pressed}
            if not left:
                break
            which, (to, sent) = next(iter(left.items()))
            answers = []
            at_once(*(partial(_post, client, to, sent, answers) for client in clients))
            assert [answer.status_code for answer in answers if answer.status_code >= 500] == [], (to, sent)
            says_what_is_so(clients[0].get(page).text, timezone.now(), consultation_request)
            pressed.add(which)
            assert len(pressed) < MOST_BUTTONS, which
    return len(pressed)


def _post(client, to, sent, answers):
    answers.append(client.post(to, sent))


def two_screens_of(client):
    other = Client()
    other.cookies = copy(client.cookies)
    return [client, other]


def desk_pages(consultation_request):
    return [f"{LIST}{consultation_request.pk}/change/{way}" for way in WAYS]


def private_pages(consultation_request):
    return [f"/consultation/r/{consultation_request.token}/{way}" for way in ("", "?choose=1")]


def cases_of_the_desk():
    """Each role, state and way to reach the patient; most of those with many buttons are in `make prove`."""
    for role, state, reach in product(ROLES, State, REACH):
        is_long = role in HAVE_BUTTONS and (role, state, reach) not in IN_EACH_RUN
        yield pytest.param(role, state, reach, marks=pytest.mark.prove if is_long else ())


@pytest.mark.parametrize(("role", "state", "reach"), list(cases_of_the_desk()))
def test_every_button_of_the_desk_can_be_pressed_twice(as_staff, role, state, reach):
    consultation_request = in_state(state, reach)
    pressed = press_each(as_staff(role), desk_pages(consultation_request), consultation_request)
    assert (pressed > 0) is (role in HAVE_BUTTONS)


@pytest.mark.parametrize("reach", REACH)
@pytest.mark.parametrize("state", State)
def test_every_button_of_the_patient_can_be_pressed_twice(state, reach):
    consultation_request = in_state(state, reach)
    press_each(Client(), private_pages(consultation_request), consultation_request)


@pytest.mark.parametrize(
    ("state", "reach"),
    [
        pytest.param(state, reach, marks=() if (state, reach) == (State.OFFERED, "email") else pytest.mark.prove)
        for state, reach in product(State, REACH)
    ],
)
def test_every_button_of_the_patient_can_be_pressed_on_two_screens_at_once(committed, state, reach):
    press_each_at_once([Client(), Client()], state, reach, private_pages)


@pytest.mark.prove
@pytest.mark.parametrize("role", HAVE_BUTTONS)
@pytest.mark.parametrize(("state", "reach"), list(product(State, REACH)))
def test_every_button_of_the_desk_can_be_pressed_by_two_at_once(committed, as_staff, role, state, reach):
    assert press_each_at_once(two_screens_of(as_staff(role)), state, reach, desk_pages)
