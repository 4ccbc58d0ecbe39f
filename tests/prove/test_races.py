"""Fifty rounds (or ROUNDS) of each race for the same time, and of changes while patients accept (about 5 minutes)."""

import os
import time

import pytest
from django.db import connection

from tests.booking.schedule.races import CHANGES_AMID_MANY, RACES, WON, left_behind, many_accept_while_it_is_changed
from tests.site import ROOT

pytestmark = [pytest.mark.prove, pytest.mark.usefixtures("committed")]

ROUNDS = int(os.environ.get("ROUNDS", "50"))


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_exactly_one_wins_each_of_many_rounds(race, table):
    began = time.monotonic()
    for _round in range(ROUNDS):
        outcomes = race()
        assert outcomes.count(WON) == 1
        assert left_behind() == []
    words = race.__name__.replace("_", " ")
    table.append(f"| {words} | {len(outcomes)} | {ROUNDS} | {ROUNDS} | 0 | {time.monotonic() - began:.1f} |")


@pytest.mark.parametrize("making", CHANGES_AMID_MANY, ids=lambda making: making.__name__)
def test_nobody_is_booked_where_nobody_can_be_after_many_changes(making, table):
    began, accepted = time.monotonic(), 0
    for _round in range(ROUNDS):
        *patients, changed = many_accept_while_it_is_changed(making)
        assert changed == WON
        assert left_behind() == []
        accepted += patients.count(WON)
    words = f"ten patients accept while the clinic says: {making.__name__.replace('_', ' ').strip()}"
    row = f"| {words} | 11 | {ROUNDS} | {accepted} accepted first | 0 | {time.monotonic() - began:.1f} |"
    table.append(row)


@pytest.fixture(scope="module")
def table():
    rows = []
    yield rows
    head = [
        f"# Races for the same time, on {'PostgreSQL' if connection.vendor == 'postgresql' else 'SQLite'}",
        "",
        f"Written by `ROUNDS={ROUNDS} make prove ARGS=races`. In each round that many hands act at the same moment;",
        "exactly one may win, and afterwards no time may be held or booked without its offer or consultation, or where",
        "nobody can come. In the last four a manager makes a change amid ten who accept, and looks again as often as",
        "somebody was faster: it is made in each round, and whoever accepted before it is cancelled and told.",
        "",
        "| race | hands | rounds | with one winner | left behind | seconds |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    path = ROOT / "docs" / "proofs" / f"races-{connection.vendor}.md"
    path.write_text("\n".join([*head, *rows, ""]))
