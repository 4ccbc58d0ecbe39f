"""People as they write themselves: numbers, addresses, names, and the old address of a benefit."""

import smtplib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from booking.admin.lists.export import COLUMNS
from booking.mail.sending import deliver, message_for
from booking.models import ConsultationRequest, OpenTime
from booking.schedule.picking import pick
from booking.schedule.times import TimeTaken, book
from booking.validators import mail_address
from clinic_site.models import Clinic
from tests.factories import form_data, make_request, make_staff, make_time
from treatments.models import Benefit, OldAddress
from treatments.pictures import keep_picture, path_of

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


def send(client, **answers):
    return client.post("/consultation/", form_data(**answers))


@pytest.mark.parametrize(
    "written", ["586-555-0100 ext. 12", "586-555-0100 x12", "586-555-0100 #12", "586-555-0100;12", "5865550100 Ext 12"]
)
def test_an_extension_is_kept_shown_and_dialed(client, as_staff, written):
    assert send(client, phone=written).status_code == 303
    consultation_request = ConsultationRequest.objects.get()
    assert (str(consultation_request.phone), consultation_request.phone_extension) == ("+15865550100", "12")
    page = as_staff("frontdesk").get(f"{LIST}{consultation_request.pk}/change/").text
    assert "(586) 555-0100 ext. 12" in page and "tel:+1-586-555-0100;ext=12" in page


@pytest.mark.parametrize(
    "written", ["5865550100 (cell)", "(586) 555-0100 home", "586 555 0100 [work]", "cell: 586-555-0100"]
)
def test_a_word_on_what_telephone_it_is_does_no_harm(client, written):
    assert send(client, phone=written).status_code == 303
    assert str(ConsultationRequest.objects.get().phone) == "+15865550100"


def test_a_number_that_is_shown_to_be_changed_keeps_its_extension(client):
    consultation_request = make_request(phone="+15865550100", phone_extension="12")
    page = client.get(consultation_request.private_url).text
    assert 'value="(586) 555-0100 ext. 12"' in page


@pytest.mark.parametrize(
    ("written", "shown"),
    [("+961 3 123 456", "+961 3 123 456"), ("+44 20 7946 0958", "+44 20 7946 0958"), ("5865550100", "(586) 555-0100")],
)
def test_a_number_from_abroad_is_shown_with_its_country_on_the_desk_and_in_tables(client, as_staff, written, shown):
    send(client, phone=written, contact_by="phone", email=None)
    consultation_request = ConsultationRequest.objects.get()
    assert COLUMNS["telephone"](consultation_request) == shown
    assert shown in as_staff("frontdesk").get(f"{LIST}{consultation_request.pk}/change/").text


@pytest.mark.parametrize(
    "address", ["a..b@docomo.ne.jp", ".a@docomo.ne.jp", "ann+desk@example.com", "o'neill@example.com", "ann@例子.公司"]
)
def test_an_address_that_a_mail_server_takes_is_taken(client, address):
    assert send(client, email=address).status_code == 303


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ann@localhost", "after the @ comes a name with a dot"),
        ("用户@例子.公司", "letters like these before the @"),
        ("ann", "full email address, like name@example.com"),
        ("@example.com", "full email address, like name@example.com"),
        ("ann@exa mple.com", "full email address, like name@example.com"),
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused_with_what_to_do(client, address, said):
    response = send(client, email=address)
    assert (response.status_code, said in response.text) == (422, True)
    with pytest.raises(ValidationError):
        mail_address(address)


def test_an_address_with_dots_side_by_side_is_written_to(mail_server):
    mail_server.start()
    deliver(make_request(email="a..b@docomo.ne.jp").mails.get(kind="received").pk)
    assert [message["To"] for message in mail_server.box.messages] == ["a..b@docomo.ne.jp"]


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("Mei-Li Chen", "Mei-Li Chen"),
        ("Siobhan O'Brien", "obrien"),
        ("Siobhan O’Neill", "Oneill"),
        ("Anna Smith", "Smith 586-555-0177"),
        ("Elif Y\N{LATIN SMALL LETTER DOTLESS I}ld\N{LATIN SMALL LETTER DOTLESS I}z", "Yildiz"),
        ("Q Anderson", "Q"),
        ("李小龙", "李"),
        ("Ann-Jo Baker", "Ann-Jo"),
    ],
)
def test_a_person_is_found_as_they_are_written(name, question):
    make_request(name="Somebody Else", email="other@patient.example", phone="+12485550111", reference="222-222")
    person = make_request(name=name, email="person@patient.example", phone="+15865550177")
    assert list(ConsultationRequest.objects.found_by(question)) == [person]


def test_a_reference_is_found_with_a_blank_in_it():
    make_request(email="other@patient.example")
    person = make_request()
    assert list(ConsultationRequest.objects.found_by(person.reference.lower().replace("-", " "))) == [person]


def test_a_benefit_at_its_old_address_is_still_chosen(client):
    benefit = Benefit.objects.get(slug="scars")
    OldAddress.objects.create(treatment=benefit.treatment, kind=benefit.kind, slug="acne-scars", unit_id=benefit.pk)
    assert '<option value="scars" selected>' in client.get("/consultation/?benefit=acne-scars").text


@pytest.mark.parametrize(
    ("hours", "said"),
    [(-2, "it has begun already"), (3, "it is too soon"), (72, "has just been taken")],
)
def test_a_picked_time_that_cannot_be_had_says_why(hours, said):
    time = make_time(hours)
    if hours == 72:
        book(make_request(email="b@patient.example"), time, make_staff("frontdesk"))
    consultation_request = make_request()
    with pytest.raises(TimeTaken, match=said):
        pick(consultation_request, OpenTime.objects.get(pk=time.pk))


def test_a_picked_time_before_the_promised_answer_says_so():
    consultation_request = make_request()
    consultation_request.owed_by = timezone.now() + timedelta(hours=90)
    with pytest.raises(TimeTaken, match="before we could confirm it"):
        pick(consultation_request, make_time(72))


def test_a_clinic_with_a_quote_in_its_name_writes_from_a_whole_address():
    Clinic.objects.update(name='Skin 5" Clinic')
    message = message_for(make_request().mails.get(kind="received")).message()
    assert message["From"] == '"Skin 5\\" Clinic" <desk@clinic.example>'


def test_mail_is_written_in_seven_bits():
    Clinic.objects.update(name="Clínica")
    message = message_for(make_request().mails.get(kind="received")).message()
    assert message.as_bytes().isascii()


def test_mail_arrives_at_a_server_that_takes_seven_bits_alone(mail_server):
    mail_server.start()
    with smtplib.SMTP("127.0.0.1", mail_server.port) as server:
        server.ehlo()
    deliver(make_request().mails.get(kind="received").pk)
    [message] = mail_server.box.messages
    assert {part["Content-Transfer-Encoding"] for part in message.walk() if not part.is_multipart()} <= {
        "quoted-printable",
        "base64",
        "7bit",
    }


def test_a_grey_picture_of_sixteen_bits_keeps_its_greys():
    grey = Image.new("I;16", (40, 40), 20_000)
    written = BytesIO()
    grey.save(written, "PNG")
    name = keep_picture(SimpleUploadedFile("grey.png", written.getvalue()))
    with default_storage.open(path_of(name)) as kept, Image.open(kept) as picture:
        lightness = picture.convert("L").getpixel((20, 20))
    assert abs(lightness - 78) <= 2  # 20,000 of 65,535, as of 255
