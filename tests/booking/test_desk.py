"""What the buttons of a request's page do, through the admin's own addresses."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from booking.admin.wishes import WISHES
from booking.models import ConsultationRequest, OutboxMail
from booking.sending import deliver
from booking.services import add_words
from booking.states import STEPS_BY_HAND, IllegalStep, State
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def press(as_staff):
    """Press a button of a request's page as the front desk; returns the page that follows."""
    client = as_staff("frontdesk")
    return lambda asked, wish, **sent: client.post(f"{LIST}{asked.pk}/do/{wish}/", sent, follow=True)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.mark.parametrize("state", STEPS_BY_HAND)
def test_a_step_tells_the_patient_after_a_minute(press, state):
    asked = make_request()
    press(asked, "step", state=state)
    mail = asked.mails.get(kind=state)
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=1)


def test_a_step_is_undone_within_a_minute_and_its_mail_is_dropped(press, time_machine):
    asked = make_request()
    press(asked, "step", state="declined")
    page = press(asked, "undo")
    assert (fresh(asked).state, "Undone" in page.text) == ("received", True)
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    mail = asked.mails.get(kind="declined")
    deliver(mail.pk)
    assert (fresh(mail).sent_at, fresh(mail).fate) == (None, "not sent: overtaken")


def test_a_patient_is_told_once_of_a_step_that_was_taken_twice(press, time_machine):
    asked = make_request()
    press(asked, "step", state="declined"), press(asked, "undo"), press(asked, "step", state="declined")
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert asked.mails.due().filter(kind="declined").count() == 1


def test_an_undone_step_leaves_the_word_owed_that_was_owed_before_it(press):
    asked = make_request()
    asked.move_to(State.IN_CONVERSATION, "staff")
    add_words(asked, "Is Friday possible?")
    press(asked, "step", state="closed"), press(asked, "undo")
    assert (fresh(asked).state, fresh(asked).is_awaiting_answer) == ("in-conversation", True)


def test_a_step_is_not_undone_after_its_minute(press, time_machine):
    asked = make_request()
    press(asked, "step", state="declined")
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    page = press(asked, "undo")
    assert (fresh(asked).state, "too late to undo" in page.text) == ("declined", True)


def test_a_step_is_undone_only_by_the_hand_that_took_it(press):
    asked, colleague = make_request(), make_staff("frontdesk")
    asked.move_to(State.DECLINED, "staff", staff=colleague)
    press(asked, "undo")
    assert fresh(asked).state == "declined"


def test_a_step_that_came_with_an_answer_is_not_undone(press):
    asked = make_request()
    press(asked, "answer", note="Friday works.")
    press(asked, "undo")
    assert fresh(asked).state == "in-conversation"


def test_an_answer_is_on_the_private_page_and_its_mail_says_only_that_it_is_there(press, client, mail_server):
    mail_server.start()
    asked = make_request()
    press(asked, "answer", note="Friday at nine works.")
    mail = asked.mails.get(kind=OutboxMail.Kind.ANSWERED)
    deliver(mail.pk)
    sent = mail_server.box.messages[-1].as_string()
    assert "Friday" not in sent and "answered" in sent
    assert "Friday at nine works." in client.get(asked.private_url).text
    assert (fresh(asked).state, asked.mails.filter(kind="in-conversation").exists()) == ("in-conversation", False)


def test_an_answer_is_encrypted_in_the_database(press):
    asked = make_request()
    press(asked, "answer", note="Friday at nine works.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM booking_event WHERE kind = 'answer'")
        [(stored,)] = cursor.fetchall()
    assert "Friday" not in stored


def test_an_answer_is_in_no_log_even_where_its_mail_fails(press, mail_server, caplog):
    caplog.set_level("DEBUG")
    mail_server.box.refusal = "550 not taken"
    mail_server.start()
    asked = make_request()
    press(asked, "answer", note="Friday at nine works.")
    deliver(asked.mails.get(kind=OutboxMail.Kind.ANSWERED).pk)
    assert "not sent" in caplog.text and "Friday" not in caplog.text


def test_an_answer_that_fits_its_field_is_kept_whole_however_many_lines_it_has(press):
    asked, lines = make_request(), "\r\n".join(["Bring your list."] * 117)  # 1,988 letters as its field counts them
    press(asked, "answer", note=lines)
    assert asked.timeline.last().note.splitlines() == ["Bring your list."] * 117


def test_an_answer_gives_the_promised_word_and_no_more_is_owed(press):
    asked = make_request()
    press(asked, "answer", note="Yes.")
    assert not fresh(asked).is_awaiting_answer


@pytest.mark.parametrize("wish", ["answer", "note"])
def test_an_empty_word_is_not_kept_and_said_so(press, wish):
    asked = make_request()
    page = press(asked, wish, note="  ")
    assert ("Write something first" in page.text, asked.timeline.count()) == (True, 1)


def test_offered_times_are_held_and_an_undo_frees_them(press):
    asked, times = make_request(), [make_time(48), make_time(72)]
    page = press(asked, "offer", time=[time.pk for time in times], note="Both are with Dr. Example.")
    assert (fresh(asked).state, {fresh(time).state for time in times}) == ("offered", {"held"})
    assert "Held until" in page.text
    press(asked, "undo")
    assert (fresh(asked).state, {fresh(time).state for time in times}) == ("received", {"open"})


def test_a_time_that_was_agreed_on_the_telephone_is_booked(press):
    asked, time = make_request(), make_time(48)
    page = press(asked, "book", time=time.pk)
    assert (fresh(asked).state, fresh(time).request, "Booked:" in page.text) == ("booked", asked, True)


@pytest.mark.parametrize(
    ("wish", "chosen", "said"),
    [
        ("offer", [], "Offer one to three times"),
        ("offer", ["soon"], "Offer one to three times"),
        ("offer", ["9" * 30], "Offer one to three times"),
        ("book", [], "Choose the one time"),
        ("book", ["1", "2"], "Choose the one time"),
    ],
)
def test_a_choice_of_times_that_cannot_be_meant_is_refused(press, wish, chosen, said):
    asked = make_request()
    page = press(asked, wish, time=chosen)
    assert (said in page.text, fresh(asked).state, asked.timeline.count()) == (True, "received", 1)


def test_a_time_that_somebody_else_took_is_neither_offered_nor_booked(press):
    time, asked = make_time(48), make_request()
    press(make_request(), "book", time=time.pk)
    for wish in ("offer", "book"):
        assert "has just been taken" in press(asked, wish, time=time.pk).text
    assert (fresh(asked).state, asked.timeline.count()) == ("received", 1)


def test_a_new_link_ends_the_old_one_and_is_sent(press, client):
    asked = make_request()
    old = asked.private_url
    press(asked, "new-link")
    assert [client.get(url).status_code for url in (old, fresh(asked).private_url)] == [404, 200]
    assert asked.mails.filter(kind="link-again").count() == 1


def test_a_patient_without_an_email_is_owed_no_mail(press):
    asked = make_request(contact_by="phone", phone="+15865550199", email="")
    press(asked, "answer", note="Yes.")
    press(asked, "step", state="closed")
    assert set(asked.mails.values_list("kind", flat=True)) == {"tell-the-desk"}


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("role", ["marketing", "clinician"])
def test_who_may_not_act_changes_nothing(as_staff, role, wish):
    asked = make_request(concern="canary")
    before = ConsultationRequest.objects.values().get()
    response = as_staff(role).post(
        f"{LIST}{asked.pk}/do/{wish}/", {"state": "declined", "note": "x", "time": make_time(48).pk}
    )
    assert (response.status_code, "canary" in response.text) == (403, False)
    assert (ConsultationRequest.objects.values().get(), asked.timeline.count()) == (before, 1)


@pytest.mark.parametrize("wish", WISHES)
def test_a_link_presses_no_button(as_staff, wish):
    asked = make_request()
    response = as_staff("frontdesk").get(f"{LIST}{asked.pk}/do/{wish}/?state=declined&note=x")
    assert (response.status_code, fresh(asked).state) == (405, "received")


def test_a_button_that_is_not_there_is_not_pressed(press):
    assert press(make_request(), "delete").status_code == 404


def test_undoing_nothing_is_refused():
    with pytest.raises(IllegalStep, match="too late"):
        make_request().undo_step("staff", staff=make_staff("frontdesk"))
