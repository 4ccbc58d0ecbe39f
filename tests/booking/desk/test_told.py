"""
Told means told: each button of the desk that has something to say to a patient, for each way in which they can be told.

What the button says, what is owed, and what a real mail server took, say the same.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from booking.desk.telling import how_told
from booking.mail.owing import owe
from booking.mail.sending import deliver
from booking.models import Consultation, ConsultationRequest, Offer, OutboxMail, ToCall
from booking.schedule.times import book, offer_earlier
from clinic_site.hours import reply_by
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = pytest.mark.django_db

LIST, CLOSE = "/admin/booking/consultationrequest/", "/admin/booking/opentime/close/"
PHONE, EMAIL = "+15865550142", "amira@patient.example"
REACHED_BY = {
    "email": {"email": EMAIL, "phone": PHONE},
    "no email": {"contact_by": "phone", "email": "", "phone": PHONE},
    "dead address": {"email": EMAIL, "phone": PHONE},
    "dead address, no telephone": {"email": EMAIL},
    "no mail server": {"email": EMAIL, "phone": PHONE},
}


class Desk:
    """The front desk, one patient, and the consultation that they have."""

    def __init__(self, client, reach):
        self.client, self.staff = client, make_staff("frontdesk")
        self.consultation_request = make_request(**REACHED_BY[reach])
        self.time = None
        self.forget()

    def book(self, hours=72):
        self.time = make_time(hours)
        book(self.consultation_request, self.time, self.staff)
        self.forget()

    def forget(self):
        """What was to be told before the button is pressed has been told."""
        self.consultation_request.mails.update(sent_at=timezone.now())
        self.consultation_request.to_calls.update(done_at=timezone.now())
        ConsultationRequest.objects.update(call_by=None)

    def press(self, action, **sent):
        address = f"{LIST}{self.consultation_request.pk}/do/{action}/"
        return self.client.post(address, sent, follow=True).text


def offer(desk):
    return desk.press("offer", time=[make_time(72).pk, make_time(96).pk])


def book_now(desk):
    return desk.press("book", time=make_time(72).pk)


def move(desk):
    desk.book()
    return desk.press("move", time=make_time(96).pk)


def cancel(desk):
    desk.book()
    return desk.press("cancel")


def offer_an_earlier_time(desk):
    desk.book(96)
    return desk.press("earlier", time=make_time(48).pk)


def take_an_earlier_time_back(desk):
    desk.book(96)
    offer_earlier(desk.consultation_request, make_time(48), desk.staff)
    desk.forget()
    return desk.press("take-back")


def close_the_day(desk):
    desk.book()
    day = timezone.localdate(desk.time.starts_at).isoformat()
    answers = {"day": day, "name": "Snow", f"do-booked-{desk.consultation_request.pk}": "cancel"}
    seen = desk.client.post(CLOSE, answers).context["seen"]
    return desk.client.post(CLOSE, answers | {"seen": seen, "do": "1"}, follow=True).text


def miss(desk):
    desk.book()
    shift_time(desk.time, timezone.now() - timedelta(minutes=30))
    return desk.press("missed")


def answer(desk):
    return desk.press("answer", note="Friday works.")


def mark(state):
    def press(desk):
        return desk.press("step", state=state)

    press.__name__ = f"mark as {state}"
    return press


BUTTONS = [
    offer,
    book_now,
    move,
    cancel,
    offer_an_earlier_time,
    take_an_earlier_time_back,
    close_the_day,
    miss,
    answer,
    mark("in-conversation"),
    mark("declined"),
    mark("closed"),
]


def send_all(time_machine):
    """The worker, until nothing is left to try."""
    for _try in range(12):
        time_machine.move_to(timezone.now() + timedelta(minutes=91))
        for pk in OutboxMail.objects.due().values_list("pk", flat=True):
            deliver(pk)


@pytest.mark.parametrize("reach", REACHED_BY)
@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.__name__)
def test_what_a_button_says_of_telling_is_so(as_staff, mail_server, time_machine, button, reach):
    time_machine.move_to("2026-06-01T13:00Z")
    if reach != "no mail server":
        mail_server.start()
    if reach.startswith("dead"):
        mail_server.box.dead = {EMAIL}
    desk = Desk(as_staff("frontdesk"), reach)
    page = button(desk)
    by_email, to_call = "told by email" in page or "An email to the patient" in page, "to be called by" in page
    to_call |= "To call by" in page
    assert (by_email, to_call) == (reach != "no email", reach == "no email")
    owed = ToCall.objects.open().first()
    if reach == "no email":
        assert owed.request == desk.consultation_request
        assert owed.due_at <= reply_by(timezone.now()) and (owed.before is None or owed.due_at < owed.before)
        assert not OutboxMail.objects.to_patients().exists()
    send_all(time_machine)
    arrived = [message for message in mail_server.box.messages if message["To"] == EMAIL]
    told_by_voice = ToCall.objects.open().filter(request=desk.consultation_request).count()
    assert (len(arrived), told_by_voice) == ((1, 0) if reach == "email" else (0, 1))


@pytest.mark.parametrize("reach", REACHED_BY)
def test_who_cannot_be_reached_by_telephone_is_not_called_about_that(as_staff, reach):
    desk = Desk(as_staff("frontdesk"), reach)
    page = mark("unreachable")(desk)
    assert ("told by email" in page, "Nobody is told" in page) == (reach != "no email", reach == "no email")
    assert not ToCall.objects.exists()


def test_a_booking_that_was_agreed_on_the_telephone_is_told(as_staff):
    desk = Desk(as_staff("frontdesk"), "no email")
    page = desk.press("book", time=make_time(72).pk, told="1")
    assert "You told them on the telephone." in page
    assert (Consultation.objects.booked().count(), ToCall.objects.open().count()) == (1, 0)


def test_a_sample_says_that_nobody_is_told(as_staff):
    desk = Desk(as_staff("frontdesk"), "email")
    ConsultationRequest.objects.update(is_sample=True)
    page = book_now(desk)
    assert "This request is a sample: no email leaves." in page and "told by email" not in page


def test_an_email_that_a_colleague_owes_at_the_same_moment_cannot_be_undone():
    asked, colleague = make_request(email=EMAIL), iter([True])

    def send_the_link_first(execute, *call):
        if next(colleague, False):
            owe(OutboxMail.Kind.LINK_AGAIN, asked)
        return execute(*call)

    with connection.execute_wrapper(send_the_link_first):
        assert how_told(asked) == "An email to the patient is on its way."


def test_the_page_of_who_has_no_email_offers_to_call_and_nothing_offers_to_send(as_staff):
    desk = Desk(as_staff("frontdesk"), "no email")
    make_time(72)
    page = desk.client.get(f"{LIST}{desk.consultation_request.pk}/change/?way=offer").text
    assert "On the telephone: book now" in page and "a call goes on Today" in page
    assert "The email leaves" not in page and "Hold and offer" not in page


def test_an_offer_that_is_owed_by_voice_is_told_before_it_lapses(as_staff):
    desk = Desk(as_staff("frontdesk"), "no email")
    offer(desk)
    assert ToCall.objects.get().due_at < Offer.objects.get().lapses_at == ToCall.objects.get().before
