"""What patients may ask about their own data is done by a manager on the request's page, without a shell."""

import json

import pytest

from booking.models import ConsultationRequest, OpenTime
from booking.schedule.times import book
from clinic_site.models import AuditEntry
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

ROLES = ["frontdesk", "marketing", "clinician"]


@pytest.fixture
def asked():
    return make_request(name="Amira Haddad", concern="Scars on both cheeks.", phone="+15865550140")


def page_of(consultation_request, more=""):
    return f"/admin/booking/consultationrequest/{consultation_request.pk}/personal-data/{more}"


def test_the_managers_page_of_a_request_leads_to_it_and_the_desks_does_not(as_staff, asked):
    assert page_of(asked) in as_staff("manager").get(asked.desk_path).text
    assert page_of(asked) not in as_staff("frontdesk").get(asked.desk_path).text


def test_the_page_leads_to_who_looked_and_to_what_else_may_be_theirs(as_staff, asked):
    other = make_request(name="A. Haddad", email="second@patient.example", phone="+15865550140")
    page = as_staff("manager").get(page_of(asked)).text
    assert f"/admin/audit/?request={asked.reference}" in page
    assert other.reference in page


def test_all_that_is_kept_is_a_file_and_the_audit_keeps_that_it_was_taken(as_staff, asked):
    taken = as_staff("manager").post(page_of(asked, "file/"))
    assert taken.headers["Content-Disposition"] == f'attachment; filename="{asked.reference}.json"'
    assert "no-store" in taken.headers["Cache-Control"]
    assert json.loads(taken.content)["concern"] == "Scars on both cheeks."
    row = AuditEntry.objects.last()
    assert (row.action, row.requests) == (AuditEntry.Action.EXPORTED, [asked.pk])


def test_their_data_is_taken_out_in_the_name_of_whoever_did_it(as_staff, asked):
    time = make_time(48)
    book(asked, time, make_staff("frontdesk"))
    client = as_staff("manager")
    assert "No mail goes: tell them now." in client.get(page_of(asked)).text
    page = client.post(page_of(asked), {"asked": "on"}, follow=True)
    assert "is taken out" in page.text
    kept = ConsultationRequest.objects.get(pk=asked.pk)
    line = kept.timeline.last()
    assert (kept.name, kept.concern, line.kind, line.actor, line.staff.username[:7]) == (
        *("", "", "redacted", "staff", "manager"),
    )
    assert OpenTime.objects.get(pk=time.pk).state == "open"


def test_a_slip_of_the_hand_takes_nothing_out(as_staff, asked):
    page = as_staff("manager").post(page_of(asked))
    assert (page.status_code, "Nothing was changed." in page.text) == (422, True)
    assert ConsultationRequest.objects.get(pk=asked.pk).name == "Amira Haddad"


def test_what_is_taken_out_already_has_no_such_page(as_staff, asked):
    client = as_staff("manager")
    client.post(page_of(asked), {"asked": "on"})
    assert client.get(page_of(asked)).status_code == 404
    assert client.post(page_of(asked, "file/")).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_nobody_but_a_manager_gives_data_out_or_takes_it_out(as_staff, asked, role):
    client = as_staff(role)
    answers = [client.get(page_of(asked)), client.post(page_of(asked), {"asked": "on"})]
    answers.append(client.post(page_of(asked, "file/")))
    assert [answer.status_code for answer in answers] == [403] * 3
    assert ConsultationRequest.objects.get(pk=asked.pk).name == "Amira Haddad"
