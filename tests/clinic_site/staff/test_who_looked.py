"""The manager's screen of the audit: by request, by person, by day; what it says, and who may read it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic_site.audit.sealing import seal_entries
from clinic_site.audit.verifying import verify_and_note
from clinic_site.models import AuditEntry
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

AUDIT = "/admin/audit/"
OPENED = "Opened the request, with concern and safety answers"
Action = AuditEntry.Action


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def manager(as_staff):
    return as_staff("manager")


@pytest.fixture
def dana():
    return make_staff("frontdesk", username="dana", first_name="Dana")


def look(member, *requests, action=Action.LOOKED, page="booking_consultationrequest_change", **fields):
    numbers = [one.pk for one in requests]
    details = {"of": numbers[0]} if numbers else {}
    return AuditEntry.write(action, member.pk, numbers, role="Front desk", page=page, **({"details": details} | fields))


def lines(page):
    return [(line.who, line.did) for _day, of_day in page.context["days"] for line in of_day]


@pytest.mark.parametrize("role", ["frontdesk", "marketing", "clinician"])
def test_only_managers_read_it_and_the_bar_leads_nobody_else_there(as_staff, role):
    client = as_staff(role)
    assert [client.get(AUDIT).status_code, client.post(f"{AUDIT}verify/").status_code] == [403, 403]
    assert f'href="{AUDIT}"' not in client.get("/admin/keys/").text


def test_the_bar_leads_managers_there(manager):
    assert f'href="{AUDIT}"' in manager.get("/admin/keys/").text


def test_it_says_who_looked_with_role_and_reference_and_names_no_patient(manager, dana):
    asked = make_request(name="Ann Featherstonehaugh")
    look(dana, asked)
    page = manager.get(AUDIT)
    assert lines(page) == [("Dana", OPENED)]
    assert asked.reference in page.text and "Featherstonehaugh" not in page.text


@pytest.mark.parametrize("written", [str.lower, lambda text: text.replace("-", " ")], ids=["small", "with a blank"])
def test_one_request_is_asked_for_by_its_reference_however_it_is_written(manager, dana, written):
    asked, other = make_request(), make_request(email="b@patient.example")
    look(dana, asked), look(dana, other)
    page = manager.get(AUDIT, {"request": written(asked.reference)})
    assert lines(page) == [("Dana", OPENED)]
    assert asked.name in page.text and page.context["looks"] == (1, 1)


def test_who_saw_it_beside_another_request_did_not_open_it(manager, dana):
    asked, other = make_request(), make_request()
    look(dana, other, asked)
    page = manager.get(AUDIT, {"request": asked.reference})
    assert lines(page) == [("Dana", "Saw its name beside another request")]


def test_a_number_that_begins_like_another_is_not_taken_for_it(manager, dana):
    asked = make_request()
    AuditEntry.write(Action.LOOKED, dana.pk, [int(f"{asked.pk}1"), int(f"1{asked.pk}")], page="index")
    assert lines(manager.get(AUDIT, {"request": asked.reference})) == []


def test_reading_the_audit_of_a_request_is_a_look_at_it(manager):
    asked = make_request()
    manager.get(AUDIT, {"request": asked.reference})
    [row] = AuditEntry.objects.all()
    assert (row.page, row.requests) == ("who_looked", [asked.pk])


def test_a_reference_that_nobody_has_is_said(manager):
    page = manager.get(AUDIT, {"request": "AAA-AAA"})
    assert (page.status_code, "No request has this reference." in page.text) == (422, True)


def test_one_person_one_kind_and_some_days_are_asked_for(manager, dana):
    other = make_staff("clinician", first_name="Omar")
    look(dana), look(other), look(dana, action=Action.SIGNED_IN, page="account_login")
    look(dana, at=timezone.now() - timedelta(days=40))
    assert lines(manager.get(AUDIT, {"by": dana.pk, "what": "signed"})) == [("Dana", "Signed in")]
    shown = lines(manager.get(AUDIT, {"by": dana.pk, "what": "looked"}))
    assert shown == [("Dana", OPENED)]
    first = timezone.localdate() - timedelta(days=50)
    assert len(lines(manager.get(AUDIT, {"by": dana.pk, "what": "looked", "first": first}))) == 2


def test_a_hundred_stand_on_a_page_and_the_older_ones_on_the_next(manager, dana):
    for _number in range(103):
        look(dana)
    first, second = manager.get(AUDIT, {"by": dana.pk}), manager.get(AUDIT, {"by": dana.pk, "page": 2})
    assert (len(lines(first)), len(lines(second))) == (100, 3)
    assert "Older entries" in first.text and "Older entries" not in second.text and "Newer entries" in second.text


def test_the_screen_costs_the_same_for_one_entry_and_for_many(manager, dana, django_assert_num_queries):
    look(dana, make_request())
    manager.get(AUDIT)
    with django_assert_num_queries(16) as one:
        manager.get(AUDIT)
    for number in range(20):
        look(make_staff("frontdesk"), make_request(email=f"{number}@patient.example"))
    with django_assert_num_queries(len(one)):
        manager.get(AUDIT)


def test_who_looks_twice_as_much_as_usual_is_marked(manager, dana, time_machine):
    time_machine.move_to("2026-06-10T17:00:00Z")
    now = timezone.now()
    for day in (1, 2):
        for _number in range(6):
            look(dana, at=now - timedelta(days=day))
    for _number in range(11):
        look(dana, at=now)
    assert "twice the usual" not in manager.get(AUDIT).text
    look(dana, at=now)
    page = manager.get(AUDIT)
    assert "twice the usual" in page.text and "A usual day of theirs has 6 looks." in page.text


def test_what_the_last_check_found_stands_on_top(manager, dana):
    assert "Not verified yet." in manager.get(AUDIT).text
    look(dana)
    seal_entries()
    verify_and_note()
    assert "nothing was changed, and none is missing" in manager.get(AUDIT).text
    AuditEntry.objects.bulk_create([AuditEntry(action="looked", mac="forged", details={})])
    verify_and_note()
    page = manager.get(AUDIT).text
    assert "The record is not whole" in page and "was changed, or added by somebody without the key." in page


def test_the_patients_copy_names_roles_and_says_that_the_record_is_whole(manager, dana):
    asked = make_request()
    look(dana, asked)
    seal_entries()
    verify_and_note()
    page = manager.get(AUDIT, {"request": asked.reference}).text
    assert "data-print" in page and f"Who has looked at your request {asked.reference}" in page
    assert "nothing in it was changed or is missing" in page


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=0", "?page=99999999999999999999", "?by=x", "?first=2026-99-01", "?what=x"]
)
def test_an_address_that_makes_no_sense_breaks_nothing(manager, query):
    assert manager.get(f"{AUDIT}{query}").status_code in (200, 422)
