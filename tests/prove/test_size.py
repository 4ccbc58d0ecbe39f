"""The worklist among 100,000 requests costs what it costs for one (about 3 minutes)."""

import time

import pytest
from django.db import connection

from tests.booking.crowd import add_requests, plans_of_the_worklist, queries_of
from tests.factories import make_request, make_staff
from tests.site import ROOT

pytestmark = [pytest.mark.prove, pytest.mark.django_db]

LIST = "/admin/booking/consultationrequest/"
MANY = 100_000
SCREENS = {
    "the worklist, first page": f"{LIST}?view=answer",
    "everything, first page": LIST,
    "everything, last page": f"{LIST}?p={MANY // 50}",
    "a search by name": f"{LIST}?q=person77",
    "a search by telephone": f"{LIST}?q=0077",
    "figures of a year": f"{LIST}figures/?weeks=52&against=year",
    "the home": "/admin/",
}


def test_among_100000_requests_each_screen_takes_the_queries_of_one(as_staff):
    desk = as_staff("frontdesk")
    make_request()
    few = {name: queries_of(desk, address.partition("?p=")[0]) for name, address in SCREENS.items()}
    add_requests(MANY)
    rows = []
    for name, address in SCREENS.items():
        began = time.monotonic()
        many = queries_of(desk, address)
        rows.append(f"| {name} | {few[name]} | {many} | {time.monotonic() - began:.2f} |")
        assert many <= few[name], name
    assert plans_of_the_worklist(make_staff("frontdesk")) == {}
    write(rows)


def write(rows):
    head = [
        f"# The desk's screens among 100,000 requests ({connection.vendor})",
        "",
        "Written by `make prove`. Every question, search and the last page were answered by an index.",
        "",
        "| screen | queries for 1 | queries for 100,000 | seconds |",
        "|---|---:|---:|---:|",
    ]
    path = ROOT / "docs" / "proofs" / f"size-{connection.vendor}.md"
    path.write_text("\n".join([*head, *rows, ""]))
