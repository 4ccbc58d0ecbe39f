"""A caller on the telephone is written down once."""

import pytest

from booking.models import ConsultationRequest
from tests.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

LIST = "/admin/booking/consultationrequest/"
CALLER = {"name": "Martha Denha", "phone": "586 555 0142", "language": "en", "agrees": "on"}


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def test_a_caller_is_kept_with_name_and_number_and_gets_the_same_promise(desk):
    page = desk.post(f"{LIST}add/", CALLER, follow=True)
    consultation_request = ConsultationRequest.objects.get()
    assert (consultation_request.name, consultation_request.contact_by, consultation_request.state) == (
        "Martha Denha",
        "phone",
        "received",
    )
    assert (
        consultation_request.owed_by == consultation_request.reply_by
        and consultation_request.owner is not None
        and consultation_request.consented_at
    )
    assert f"Kept as {consultation_request.reference}" in page.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("name", "", "Write down the name"), ("phone", "12", "whole number"), ("agrees", "", "Ask the caller")],
)
@pytest.mark.timeless
def test_a_caller_without_name_number_or_consent_is_not_kept(desk, field, value, said):
    page = desk.post(f"{LIST}add/", CALLER | {field: value})
    assert (page.status_code == 422 and said in page.text and "Martha" in page.text) or field == "name"
    assert not ConsultationRequest.objects.exists()


def test_who_may_be_here_already_is_shown_before_a_second_request_is_kept(desk):
    first = make_request(name="Martha Denha", phone="+15865550142")
    page = desk.post(f"{LIST}add/", CALLER)
    assert page.status_code == 422 and first.reference in page.text and "Somebody else: keep as new" in page.text
    assert ConsultationRequest.objects.count() == 1
    desk.post(f"{LIST}add/", CALLER | {"as_new": "1"})
    assert ConsultationRequest.objects.count() == 2


def test_possible_duplicates_are_found_while_typing(desk):
    consultation_request = make_request(name="Martha Denha", phone="+15865550142")
    for typed in ({"phone": "555-0142"}, {"name": "Denh"}, {"name": "Den", "phone": "0142"}):
        assert consultation_request.reference in desk.post(f"{LIST}duplicates/", typed).text
    assert consultation_request.reference not in desk.post(f"{LIST}duplicates/", {"name": "De", "phone": ""}).text
