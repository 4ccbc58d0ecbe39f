"""What the buttons of a request's page do, through the admin's own addresses."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from booking.admin.one_request.actions import ACTIONS
from booking.desk.steps import undo_step
from booking.mail.sending import deliver
from booking.models import ConsultationRequest, OutboxMail, PreparedAnswer
from booking.services import add_words
from booking.states import STEPS_BY_HAND, IllegalStep, State
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def press(as_staff):
    """Press a button of a request's page as the front desk; returns the page that follows."""
    client = as_staff("frontdesk")
    return lambda consultation_request, action, **sent: client.post(
        f"{LIST}{consultation_request.pk}/do/{action}/", sent, follow=True
    )


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.mark.parametrize("state", STEPS_BY_HAND)
def test_a_step_tells_the_patient_after_a_minute(press, state):
    consultation_request = make_request()
    press(consultation_request, "step", state=state)
    mail = consultation_request.mails.get(kind=state)
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=1)


def test_a_step_is_undone_within_a_minute_and_its_mail_is_dropped(press, time_machine):
    consultation_request = make_request()
    press(consultation_request, "step", state="declined")
    page = press(consultation_request, "undo")
    assert (fresh(consultation_request).state, "Undone" in page.text) == ("received", True)
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    mail = consultation_request.mails.get(kind="declined")
    deliver(mail.pk)
    assert (fresh(mail).sent_at, fresh(mail).fate) == (None, "not sent: overtaken")


def test_a_patient_is_told_once_of_a_step_that_was_taken_twice(press, time_machine):
    consultation_request = make_request()
    (
        press(consultation_request, "step", state="declined"),
        press(consultation_request, "undo"),
        press(consultation_request, "step", state="declined"),
    )
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert consultation_request.mails.due().filter(kind="declined").count() == 1


def test_an_undone_step_leaves_the_word_owed_that_was_owed_before_it(press):
    consultation_request = make_request()
    consultation_request.move_to(State.IN_CONVERSATION, "staff")
    add_words(consultation_request, "Is Friday possible?")
    press(consultation_request, "step", state="closed"), press(consultation_request, "undo")
    assert (fresh(consultation_request).state, fresh(consultation_request).is_awaiting_answer) == (
        "in-conversation",
        True,
    )


def test_a_step_is_not_undone_after_its_minute(press, time_machine):
    consultation_request = make_request()
    press(consultation_request, "step", state="declined")
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    page = press(consultation_request, "undo")
    assert (fresh(consultation_request).state, "too late to undo" in page.text) == ("declined", True)


def test_a_step_is_undone_only_by_the_hand_that_took_it(press):
    consultation_request, colleague = make_request(), make_staff("frontdesk")
    consultation_request.move_to(State.DECLINED, "staff", staff=colleague)
    press(consultation_request, "undo")
    assert fresh(consultation_request).state == "declined"


def test_a_step_that_came_with_an_answer_is_not_undone(press):
    consultation_request = make_request()
    press(consultation_request, "answer", note="Friday works.")
    press(consultation_request, "undo")
    assert fresh(consultation_request).state == "in-conversation"


def test_an_answer_is_on_the_private_page_and_its_mail_says_only_that_it_is_there(press, client, mail_server):
    mail_server.start()
    consultation_request = make_request()
    press(consultation_request, "answer", note="Friday at nine works.")
    mail = consultation_request.mails.get(kind=OutboxMail.Kind.ANSWERED)
    deliver(mail.pk)
    sent = mail_server.box.messages[-1].as_string()
    assert "Friday" not in sent and "answered" in sent
    assert "Friday at nine works." in client.get(consultation_request.private_url).text
    assert (fresh(consultation_request).state, consultation_request.mails.filter(kind="in-conversation").exists()) == (
        "in-conversation",
        False,
    )


def test_an_answer_is_encrypted_in_the_database(press):
    consultation_request = make_request()
    press(consultation_request, "answer", note="Friday at nine works.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM booking_event WHERE kind = 'answer'")
        [(stored,)] = cursor.fetchall()
    assert "Friday" not in stored


def test_an_answer_is_in_no_log_even_where_its_mail_fails(press, mail_server, caplog):
    caplog.set_level("DEBUG")
    mail_server.box.refusal = "550 not taken"
    mail_server.start()
    consultation_request = make_request()
    press(consultation_request, "answer", note="Friday at nine works.")
    deliver(consultation_request.mails.get(kind=OutboxMail.Kind.ANSWERED).pk)
    assert "not sent" in caplog.text and "Friday" not in caplog.text


def test_an_answer_that_fits_its_field_is_kept_whole_however_many_lines_it_has(press):
    consultation_request, lines = (
        make_request(),
        "\r\n".join(["Bring your list."] * 117),
    )  # 1,988 letters as its field counts them
    press(consultation_request, "answer", note=lines)
    assert consultation_request.timeline.last().note.splitlines() == ["Bring your list."] * 117


def test_an_answer_gives_the_promised_word_and_no_more_is_owed(press):
    consultation_request = make_request()
    press(consultation_request, "answer", note="Yes.")
    assert not fresh(consultation_request).is_awaiting_answer


@pytest.mark.parametrize("action", ["answer", "note"])
def test_an_empty_word_is_not_kept_and_said_so(press, action):
    consultation_request = make_request()
    page = press(consultation_request, action, note="  ")
    assert ("Write something first" in page.text, consultation_request.timeline.count()) == (True, 1)


def test_offered_times_are_held_and_an_undo_frees_them(press):
    consultation_request, times = make_request(), [make_time(48), make_time(72)]
    page = press(consultation_request, "offer", time=[time.pk for time in times], note="Both are with Dr. Example.")
    assert (fresh(consultation_request).state, {fresh(time).state for time in times}) == ("offered", {"held"})
    assert "Held until" in page.text
    press(consultation_request, "undo")
    assert (fresh(consultation_request).state, {fresh(time).state for time in times}) == ("received", {"open"})


def test_a_time_that_was_agreed_on_the_telephone_is_booked(press):
    consultation_request, time = make_request(), make_time(48)
    page = press(consultation_request, "book", time=time.pk)
    assert (fresh(consultation_request).state, fresh(time).request, "Booked:" in page.text) == (
        "booked",
        consultation_request,
        True,
    )


@pytest.mark.parametrize(
    ("action", "chosen", "said"),
    [
        ("offer", [], "Offer one to three times"),
        ("offer", ["soon"], "Offer one to three times"),
        ("offer", ["9" * 30], "Offer one to three times"),
        ("book", [], "Choose the one time"),
        ("book", ["1", "2"], "Choose the one time"),
    ],
)
def test_a_choice_of_times_that_cannot_be_meant_is_refused(press, action, chosen, said):
    consultation_request = make_request()
    page = press(consultation_request, action, time=chosen)
    assert (said in page.text, fresh(consultation_request).state, consultation_request.timeline.count()) == (
        True,
        "received",
        1,
    )


def test_a_time_that_somebody_else_took_is_neither_offered_nor_booked(press):
    time, consultation_request = make_time(48), make_request()
    press(make_request(), "book", time=time.pk)
    for action in ("offer", "book"):
        assert "has just been taken" in press(consultation_request, action, time=time.pk).text
    assert (fresh(consultation_request).state, consultation_request.timeline.count()) == ("received", 1)


def test_a_new_link_ends_the_old_one_and_is_sent(press, client):
    consultation_request = make_request()
    old = consultation_request.private_url
    press(consultation_request, "new-link")
    assert [client.get(url).status_code for url in (old, fresh(consultation_request).private_url)] == [404, 200]
    assert consultation_request.mails.filter(kind="link-again").count() == 1


def test_a_patient_without_an_email_is_owed_no_mail(press):
    consultation_request = make_request(contact_by="phone", phone="+15865550199", email="")
    press(consultation_request, "answer", note="Yes.")
    press(consultation_request, "step", state="closed")
    assert set(consultation_request.mails.values_list("kind", flat=True)) == {"tell-the-desk"}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ["marketing", "clinician"])
def test_who_may_not_act_changes_nothing(as_staff, role, action):
    consultation_request = make_request(concern="canary")
    before = ConsultationRequest.objects.values().get()
    response = as_staff(role).post(
        f"{LIST}{consultation_request.pk}/do/{action}/", {"state": "declined", "note": "x", "time": make_time(48).pk}
    )
    assert (response.status_code, "canary" in response.text) == (403, False)
    assert (ConsultationRequest.objects.values().get(), consultation_request.timeline.count()) == (before, 1)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_link_presses_no_button(as_staff, action):
    consultation_request = make_request()
    response = as_staff("frontdesk").get(f"{LIST}{consultation_request.pk}/do/{action}/?state=declined&note=x")
    assert (response.status_code, fresh(consultation_request).state) == (405, "received")


def test_a_button_that_is_not_there_is_not_pressed(press):
    assert press(make_request(), "delete").status_code == 404


def test_undoing_nothing_is_refused():
    with pytest.raises(IllegalStep, match="too late"):
        undo_step(make_request(), make_staff("frontdesk"))


def test_a_request_is_declined_with_a_prepared_answer_in_one_step_and_undone_as_a_whole(press, client):
    consultation_request = make_request()
    prepared = PreparedAnswer.objects.create(title="Not ours", text="We do not treat this here.")
    press(consultation_request, "step", state="declined", prepared=prepared.pk, said="Dr. Who may help.", note="Mole")
    private = client.get(consultation_request.private_url).text
    assert fresh(consultation_request).state == "declined" and "Mole" not in private
    assert "We do not treat this here." in private and "Dr. Who may help." in private
    assert consultation_request.mails.waiting().filter(kind="declined").count() == 1
    press(consultation_request, "undo")
    private = client.get(consultation_request.private_url).text
    assert fresh(consultation_request).state == "received" and "We do not treat this here." not in private


def test_a_request_that_cannot_be_declined_gets_no_words(press):
    consultation_request = make_request()
    consultation_request.move_to("closed", "staff")
    press(consultation_request, "step", state="declined", said="Sorry.")
    assert not consultation_request.timeline.filter(kind="answer").exists()
