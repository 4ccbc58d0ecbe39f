"""Fifty rounds of each race for the same time."""

import time

import pytest
from django.db import connection

from tests.booking.races import RACES, WON, left_behind
from tests.site import ROOT

pytestmark = [pytest.mark.prove, pytest.mark.usefixtures("committed")]

ROUNDS = 50


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_exactly_one_wins_each_of_many_rounds(race, table):
    began = time.monotonic()
    for _round in range(ROUNDS):
        outcomes = race()
        assert outcomes.count(WON) == 1
        assert left_behind() == []
    words = race.__name__.replace("_", " ")
    table.append(f"| {words} | {len(outcomes)} | {ROUNDS} | {ROUNDS} | 0 | {time.monotonic() - began:.1f} |")


@pytest.fixture(scope="module")
def table():
    rows = []
    yield rows
    head = [
        f"# Races for the same time, on {'PostgreSQL' if connection.vendor == 'postgresql' else 'SQLite'}",
        "",
        "Written by `make prove`. In each round that many hands act at the same moment; exactly one may win, and",
        "afterwards no time may be held or booked without its offer or consultation.",
        "",
        "| race | hands | rounds | with one winner | left behind | seconds |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    path = ROOT / "docs" / "proofs" / f"races-{connection.vendor}.md"
    path.write_text("\n".join([*head, *rows, ""]))
