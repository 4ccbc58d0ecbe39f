"""The desk corrects what is known about a patient: each detail a line, and what did not reach them is sent again."""

import pytest

from booking.models import Clinician, ConsultationRequest, OutboxMail
from booking.models.outbox import Trouble
from booking.schedule.times import book
from clinic_site.models import UnsavedWords
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in
from treatments.models import Benefit

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"
KEY = "0b0e7a1c-5c9a-4b8e-9a55-0c6f1f7f3f10"
PERSON = {
    "name": "Amira Haddad",
    "contact_by": "email",
    "email": "amira@patient.example",
    "phone": "",
    "language": "en",
}


@pytest.fixture
def desk(client):
    sign_in(client, make_staff("frontdesk", username="dana"))
    return client


def correct(desk, asked, **changed):
    return desk.post(f"{LIST}{asked.pk}/correct/", PERSON | changed, follow=True)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def lines(asked):
    return [line.note for line in asked.timeline.filter(kind="contact").order_by("pk")]


def came_back(asked, kind):
    """The mail of that kind came back from the address that they gave: it is to be told by voice now."""
    mail = asked.mails.filter(kind=kind).last() or OutboxMail.objects.create(
        kind=kind, request=asked, message_id=f"<{kind}@x>"
    )
    mail.record_trouble(Trouble.NO_SUCH_ADDRESS)
    ConsultationRequest.objects.filter(pk=asked.pk).update(refused_email=asked.email)
    return mail


def test_each_detail_is_corrected_with_what_it_was_before(desk):
    asked, who, benefit = make_request(), Clinician.objects.create(name="Dr. Ahn"), Benefit.objects.get(slug="scars")
    correct(
        desk,
        asked,
        **{"name": "Amira Hadad", "phone": "586 555 0142", "may_leave_message": "on", "language": "ar"},
        **{"interpreter": "on", "needs": ["wheelchair"], "windows": ["mon-am"], "clinician": who.pk},
        **{"benefit": benefit.pk, "for_someone_else": "on"},
    )
    assert lines(asked)[0].splitlines() == [
        "Name: Amira Hadad (before: Amira Haddad)",
        "Phone: (586) 555-0142 (before: none)",
        "May leave a message: yes (before: none)",
        "Language: العربية (before: English)",
        "Interpreter: yes (before: none)",
        "Make ready for: wheelchair (before: none)",
        "Can come: Monday mornings (before: none)",
        f"Wants: {benefit.treatment}, {benefit} (before: none)",
        "Wishes to see: Dr. Ahn (before: none)",
        "For someone else: yes (before: none)",
    ]
    line = asked.timeline.get(kind="contact")
    assert (line.actor, line.staff.username) == ("staff", "dana")
    assert ConsultationRequest.objects.found_by("Hadad").get() == asked


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_changed(desk):
    asked = make_request()
    page = correct(desk, asked, email="amira@patient", name="")
    assert page.status_code == 422 and page.context["form"].errors.keys() == {"name", "email"}
    assert fresh(asked).email == "amira@patient.example" and lines(asked) == []


def test_a_correction_that_somebody_else_made_meanwhile_is_not_written_over(desk):
    asked = make_request()
    correct(desk, asked, name="Amira H.", seen=0)
    page = correct(desk, asked, name="Amira Hadad", seen=0)
    assert (page.status_code, fresh(asked).name) == (409, "Amira H.")
    correct(desk, asked, name="Amira Hadad", seen=page.context["form"]["seen"].value())
    assert fresh(asked).name == "Amira Hadad"


def test_what_came_back_is_sent_to_the_right_address_and_no_longer_to_be_called_about(desk):
    asked = make_request(email="amira@patient.exmaple", phone="+15865550142")
    book(asked, make_time(72), make_staff("frontdesk"))
    mail = came_back(asked, "booked")
    asked.to_calls.owe(fresh(asked), "booked", "no-such-address", mail=mail)
    assert fresh(asked).call_by
    page = correct(desk, asked, phone="586 555 0142")
    assert "1 message that did not reach them goes to the new address" in page.text
    assert fresh(mail) in asked.mails.waiting() and fresh(mail).address == "amira@patient.example"
    assert fresh(asked).call_by is None and not asked.to_calls.open().exists()


def test_what_was_to_be_told_by_voice_for_want_of_an_address_goes_by_mail_once_there_is_one(desk):
    asked = make_request(contact_by="phone", email="", phone="+15865550142")
    book(asked, make_time(72), make_staff("frontdesk"))
    assert fresh(asked).call_by
    correct(desk, asked, phone="586 555 0142")
    assert set(asked.mails.waiting().values_list("kind", flat=True)) >= {"booked", "new-address"}
    assert fresh(asked).call_by is None


def test_what_was_told_by_voice_or_is_no_longer_so_is_not_sent_again(desk):
    asked = make_request(email="amira@patient.exmaple", phone="+15865550142")
    told, overtaken = came_back(asked, "received"), came_back(asked, "offered")
    asked.to_calls.owe(fresh(asked), "received", "no-such-address", mail=told).tick()
    correct(desk, asked, phone="586 555 0142")
    assert not asked.mails.waiting().filter(pk__in=[told.pk, overtaken.pk]).exists()


def test_a_wrong_number_asks_for_the_right_one_or_for_an_email_that_asks(desk):
    asked = make_request(phone="+15865550142")
    page = desk.post(f"{LIST}{asked.pk}/do/call/", {"outcome": "wrong-number"}, follow=True)
    assert page.redirect_chain[-1][0] == f"{LIST}{asked.pk}/correct/?ask=number"
    assert "(586) 555-0142 is noted as wrong" in page.text
    begun = desk.get(f"{LIST}{asked.pk}/change/?way=answer&ask=number").text
    assert "Please tell us the right one" in begun
    without = make_request(contact_by="phone", email="", phone="+15865550143")
    page = desk.post(f"{LIST}{without.pk}/do/call/", {"outcome": "wrong-number"}, follow=True)
    assert "Ask the patient by email" not in page.text


def test_what_was_typed_and_not_saved_comes_back_with_its_lists(desk):
    asked, page = make_request(), LIST + "{}/correct/"
    typed = {"name": "Amira H.", "windows": ["mon-am", "tue-pm"]}
    sent = {"kept-key": KEY, "kept-page": page.format(asked.pk), "kept-form": "correct"}
    owner = desk.get("/admin/unsaved-words/").json()["owner"]
    assert desk.post("/admin/unsaved-words/", sent | typed | {"kept-owner": owner}).status_code == 204
    form = desk.get(f"{page.format(asked.pk)}?put_back={KEY}").context["form"]
    assert (form["name"].value(), form["windows"].value()) == ("Amira H.", ["mon-am", "tue-pm"])
    correct(desk, asked, unsaved=KEY, name="Amira H.")
    assert not UnsavedWords.objects.exists()


def test_of_a_request_that_has_ended_nothing_is_changed(desk):
    asked = make_request()
    asked.move_to("closed", "staff")
    assert "has come to an end" in correct(desk, asked, name="Somebody").text
    assert fresh(asked).name == "Amira Haddad"


def test_who_only_reads_corrects_nothing(client):
    sign_in(client, make_staff("clinician"))
    asked = make_request()
    assert client.get(f"{LIST}{asked.pk}/correct/").status_code == 403
    assert "/correct/" not in client.get(f"{LIST}{asked.pk}/change/").text
