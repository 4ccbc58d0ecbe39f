"""The worklist as a table for other programs: what is filtered, without what patients wrote in their own words."""

import csv
from io import BytesIO

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from booking.models import ConsultationRequest
from booking.states import State

ROWS_AT_ONCE = 500
MOST_IN_A_WORKBOOK = 20_000  # rows; it is put together in memory, so that no copy stays on a disk
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would work out instead of show (CWE-1236)
WIDE, NARROW = 24, 16  # letters

COLUMNS = {
    "reference": lambda consultation_request: consultation_request.reference,
    "state": lambda consultation_request: str(State(consultation_request.state).label),
    "received": lambda consultation_request: _clock(consultation_request.received_at),
    "reply by": lambda consultation_request: _clock(consultation_request.reply_by),
    "word owed by": lambda consultation_request: _clock(consultation_request.owed_by),
    "name": lambda consultation_request: consultation_request.name,
    "answer by": lambda consultation_request: str(ConsultationRequest.ContactBy(consultation_request.contact_by).label),
    "email": lambda consultation_request: consultation_request.email,
    "telephone": lambda consultation_request: consultation_request.phone_words,
    "treatment": lambda consultation_request: str(consultation_request.treatment or ""),
    "benefit": lambda consultation_request: str(consultation_request.benefit or ""),
    "language": lambda consultation_request: consultation_request.language,
    "interpreter": lambda consultation_request: _("yes") if consultation_request.interpreter else "",
    "owner": lambda consultation_request: str(consultation_request.owner or ""),
    "campaign": lambda consultation_request: consultation_request.campaign,
}
READ = [
    "reference",
    "state",
    "received_at",
    "reply_by",
    "owed_by",
    "name",
    "contact_by",
    "email",
    "phone",
    "phone_extension",
    "treatment",
    "benefit",
    "language",
    "interpreter",
    "owner",
    "campaign",
]


class TooLarge(Exception):
    """More rows than a workbook is made for. Nothing was exported; the message says what to do."""


class _Echo:
    """What a csv.writer writes to, for streaming: gives each line back."""

    def write(self, line):
        return line


def as_csv(requests, staff):
    """
    These requests as a CSV file, row by row; the log keeps who took it, when, and how many rows.

    Nothing in it is worked out by a spreadsheet: cells that would be a formula begin with an apostrophe.
    """
    _log(requests.count(), staff)
    return _attached(StreamingHttpResponse(_lines(requests), content_type="text/csv; charset=utf-8"), "csv")


def as_xlsx(requests, staff):
    """
    These requests as a workbook, logged as the CSV is. Every cell is text, so nothing is worked out.

    Raises TooLarge above 20,000 rows.
    """
    number = requests.count()
    if number > MOST_IN_A_WORKBOOK:
        raise TooLarge(
            _("A workbook takes up to %(most)s requests, and these are %(number)s. Filter the list, or take the CSV.")
            % {"most": f"{MOST_IN_A_WORKBOOK:,}", "number": f"{number:,}"}
        )
    _log(number, staff)
    return _attached(FileResponse(_workbook(requests)), "xlsx")


FORMATS = {"csv": as_csv, "xlsx": as_xlsx}


def _log(number, staff):
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(ConsultationRequest),
        object_repr=_("export"),
        action_flag=CHANGE,
        change_message=_("%(number)s requests exported.") % {"number": number},
    )


def _attached(response, suffix):
    response["Content-Disposition"] = f'attachment; filename="requests-{timezone.localdate()}.{suffix}"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(requests):
    writer = csv.writer(_Echo())
    yield "\N{BYTE ORDER MARK}" + writer.writerow(COLUMNS)  # without it, spreadsheets misread names
    for consultation_request in _each(requests):
        yield writer.writerow(defused(cell(consultation_request)) for cell in COLUMNS.values())


def _each(requests):
    """
    These requests in their order, some at a time: the database sorts their numbers alone, and is not held for as long
    as somebody takes to load a file. One that was deleted meanwhile is left out.
    """
    numbers = list(requests.values_list("pk", flat=True))
    whole = ConsultationRequest.objects.select_related("treatment", "benefit", "owner").only(*READ)
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        some = numbers[start : start + ROWS_AT_ONCE]
        there = whole.in_bulk(some)
        yield from (there[number] for number in some if number in there)


def defused(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text


def _workbook(requests):
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_("Requests"))
        bold = book.add_format({"bold": True})
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name, bold)
        for row, consultation_request in enumerate(_each(requests), start=1):
            for column, cell in enumerate(COLUMNS.values()):
                sheet.write_string(row, column, str(cell(consultation_request)))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, requests.count()), len(COLUMNS) - 1)
        sheet.set_column(0, len(COLUMNS) - 1, NARROW)
        for column, name in enumerate(COLUMNS):
            if name in ("name", "email"):
                sheet.set_column(column, column, WIDE)
    file.seek(0)
    return file


def _clock(moment):
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
