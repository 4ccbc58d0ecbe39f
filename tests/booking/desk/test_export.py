"""The worklist taken along as a table, for those who may, with a line in the log."""

import csv
from io import BytesIO, StringIO

import pytest
from django.contrib.admin.models import LogEntry
from openpyxl import load_workbook

from tests.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_what_is_filtered_is_exported_and_the_log_says_how_many(desk):
    make_request(name="Waits Person", phone="+15865550142", concern="canary of concern")
    make_request(name="Other", email="o@patient.example").move_to("closed", "system")
    rows = exported(desk.post(f"{LIST}export/csv/?view=answer"))
    assert [row[rows[0].index("name")] for row in rows[1:]] == ["Waits Person"]
    assert rows[1][rows[0].index("telephone")] == "(586) 555-0142"
    assert "canary" not in str(rows)
    assert LogEntry.objects.get().change_message == "1 requests exported."


@pytest.mark.parametrize("name", ["=1+1 A", "+1 A", "-1 A", "@SUM A", "\t=1+1 A", "\r=1+1 A"])
@pytest.mark.timeless
def test_no_cell_is_worked_out_by_a_spreadsheet(desk, name):
    make_request(name=name)
    rows = exported(desk.post(f"{LIST}export/csv/"))
    assert rows[1][rows[0].index("name")] == f"'{name}"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("role", ["marketing", "clinician"])
@pytest.mark.timeless
def test_who_may_not_change_requests_exports_none(as_staff, role, form):
    make_request()
    response = as_staff(role).post(f"{LIST}export/{form}/")
    assert response.status_code == 403 and "Haddad" not in response.text
    assert not LogEntry.objects.exists()


def test_a_workbook_holds_the_same_cells_all_of_them_text(desk):
    make_request(name="=1+1 A", phone="+15865550142")
    plain = exported(desk.post(f"{LIST}export/csv/"))
    book = load_workbook(BytesIO(b"".join(desk.post(f"{LIST}export/xlsx/").streaming_content)))
    rows = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert rows[0] == plain[0] and rows[1] == [cell.removeprefix("'") for cell in plain[1]]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value} == {"s"}
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["1 requests exported."] * 2


def test_a_workbook_that_would_be_too_large_says_what_to_do(desk, monkeypatch):
    monkeypatch.setattr("booking.admin.lists.export.MOST_IN_A_WORKBOOK", 1)
    make_request(), make_request(email="o@patient.example")
    page = desk.post(f"{LIST}export/xlsx/?view=answer", follow=True)
    assert "Filter the list, or take the CSV." in page.text and not LogEntry.objects.exists()
    assert page.redirect_chain[-1][0].endswith("?view=answer")


def test_a_form_of_table_that_there_is_not_is_not_found(desk):
    assert desk.post(f"{LIST}export/pdf/").status_code == 404


def test_no_link_exports(desk):
    assert desk.get(f"{LIST}export/csv/").status_code == 405
