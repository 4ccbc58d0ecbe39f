"""What one place, and everybody together, can have the site keep, send and read; and who says how much that is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from booking.models import ConsultationRequest, LinkLookup, OutboxMail
from booking.models.search_keys import MOST_KEYS, keys_of
from booking.services import answer_lookup
from clinic_site.models import Limits
from clinic_site.security.uploads import MOST_BYTES, MOST_FIELDS
from tests.factories import form_data, make_request

pytestmark = pytest.mark.django_db

ADDRESS = "/consultation/"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


def set_limits(**numbers):
    Limits(**numbers).save()


def send(client, number, **extra):
    return client.post(ADDRESS, form_data(email=f"p{number}@patient.example", concern=f"Scars {number}."), **extra)


def test_past_the_limit_of_its_place_a_valid_request_is_kept_as_a_suspect(client):
    set_limits(from_source=2)
    assert [send(client, number).status_code for number in range(3)] == [303] * 3
    assert [one.suspicions for one in ConsultationRequest.objects.order_by("pk")] == [[], [], ["too-many"]]


def test_past_the_hard_limit_of_its_place_nothing_is_kept_and_the_page_holds_the_answers(client):
    set_limits(from_source_a_day=2)
    assert [send(client, number).status_code for number in range(2)] == [303] * 2
    page = send(client, 3)
    assert (page.status_code, ConsultationRequest.objects.count()) == (429, 2)
    assert "Scars 3." in page.text and "p3@patient.example" in page.text
    assert "More requests are coming in than we can take" in page.text and 'href="tel:' in page.text
    assert "no-store" in page["Cache-Control"] and page["Retry-After"]
    assert send(client, 4, **ELSEWHERE).status_code == 303


def test_past_the_hard_limit_of_all_nobody_is_kept_from_anywhere(client):
    set_limits(in_all_an_hour=2)
    assert [send(client, number).status_code for number in range(2)] == [303] * 2
    assert send(client, 3, **ELSEWHERE).status_code == 429


@pytest.mark.parametrize(
    ("limit", "length"),
    [
        ("from_source", timedelta(minutes=10)),
        ("in_all_an_hour", timedelta(hours=1)),
        ("from_source_a_day", timedelta(days=1)),
    ],
)
def test_each_limit_holds_for_its_stretch_and_begins_anew_after_it(client, time_machine, limit, length):
    set_limits(**{limit: 1})
    begins = datetime(2028, 1, 5, tzinfo=UTC)
    for number, moment in enumerate((begins, begins + length - timedelta(seconds=1), begins + length)):
        time_machine.move_to(moment, tick=False)
        send(client, number)
    trusted = ConsultationRequest.objects.trusted().order_by("pk")
    assert [one.concern for one in trusted] == ["Scars 0.", "Scars 2."]


def test_a_form_that_is_corrected_uses_up_nothing(client):
    set_limits(in_all_an_hour=1)
    assert [client.post(ADDRESS, form_data(name="")).status_code for _time in range(3)] == [422] * 3
    assert send(client, 1).status_code == 303


def test_an_address_gets_its_link_three_times_a_day_however_often_it_is_asked_for(time_machine):
    time_machine.move_to("2026-06-10T15:00:00Z")
    make_request(email="stranger@patient.example")
    for _time in range(5):
        answer_lookup(LinkLookup.objects.create(email="stranger@patient.example"))
    mails = OutboxMail.objects.filter(kind=OutboxMail.Kind.LINK_AGAIN)
    assert (mails.count(), LinkLookup.objects.count()) == (3, 0)
    time_machine.move_to("2026-06-11T15:00:01Z")
    answer_lookup(LinkLookup.objects.create(email="stranger@patient.example"))
    assert mails.count() == 4


@pytest.mark.parametrize("address", [ADDRESS, "/consultation/find/"])
def test_a_public_page_takes_no_file(client, address):
    file = SimpleUploadedFile("large.bin", b"x" * 1000)
    assert client.post(address, form_data() | {"concern": file}).status_code == 400
    assert not ConsultationRequest.objects.exists()


def test_staff_still_send_files(as_staff):
    client = as_staff("marketing")
    assert client.post("/admin/keys/", {"file": SimpleUploadedFile("a.bin", b"x")}).status_code == 302


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 422), (MOST_BYTES + 1, 413)])
def test_a_body_larger_than_any_form_is_refused_before_it_is_read(client, size, status):
    body = b"concern=" + b"x" * (size - len("concern="))
    answer = client.post(ADDRESS, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status


@pytest.mark.parametrize(("number", "status"), [(MOST_FIELDS, 422), (MOST_FIELDS + 1, 400)])
def test_more_fields_than_any_form_has_are_refused(client, number, status):
    assert client.post(ADDRESS, {f"field-{n}": "x" for n in range(number)}).status_code == status


def test_a_hostile_name_makes_no_more_keys_than_fit_and_an_honest_one_has_all_of_them():
    hostile = keys_of(
        " ".join(f"{n}abcdefghij" for n in range(50)), f"{'a.b.c.d.' * 20}@x.example", "+15865550142", "ABC-DEF"
    )
    assert len(hostile) == MOST_KEYS
    honest = keys_of(
        "María del Carmen Featherstonehaugh-Wojciechowska",
        "maria.featherstonehaugh@patient.example",
        "+15865550142",
        "ABC-DEF",
    )
    assert len(honest) < MOST_KEYS and {"maria", "wojciechowska", "patient", "5865550142", "<2410555685"} <= honest


def test_the_manager_changes_limits_and_nobody_else_does(as_staff):
    page = "/admin/clinic_site/limits/add/"
    fields = {field.name: getattr(Limits(), field.name) for field in Limits._meta.fields if field.name != "id"}
    assert as_staff("frontdesk").post(page, fields).status_code == 403
    assert as_staff("manager").post(page, fields | {"kept_missed": 100, "from_source": 5}).status_code == 302
    assert (Limits.now().kept_missed, Limits.now().from_source) == (100, 5)


def test_the_audit_cannot_be_kept_for_less_than_six_years(as_staff):
    fields = {field.name: getattr(Limits(), field.name) for field in Limits._meta.fields if field.name != "id"}
    answer = as_staff("manager").post("/admin/clinic_site/limits/add/", fields | {"kept_audit": 365})
    assert answer.status_code == 200 and not Limits.objects.exists()


def test_an_empty_site_has_the_limits_of_its_settings(settings):
    settings.REQUESTS_FROM_ONE_SOURCE = 7
    assert (Limits.now().from_source, Limits.objects.exists()) == (7, False)
