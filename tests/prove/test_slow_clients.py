"""Slow headers, slow bodies and 200 connections against the shipped nginx and Caddy: readers are served meanwhile."""

import json
from collections import Counter
from typing import NamedTuple

import pytest

from tests.prove.bare import ROOT
from tests.prove.bare.following import install
from tests.prove.bare.machine import PYTHON, BareMachine, is_possible
from tests.prove.bare.pictures import check_picture_from_disk

pytestmark = [pytest.mark.prove, pytest.mark.skipif(bool(is_possible()), reason=is_possible() or "-")]

TABLE = ROOT / "docs" / "proofs" / "slow-clients.md"
LASTS = 15  # seconds
AT_ONCE, MOST_SECONDS, MOST_TIMES = 0.5, 2.0, 3.0
CASES = [("headers", 50), ("headers", 200), ("bodies", 50), ("bodies", 200), ("nothing", 200)]
OWN_CERTIFICATE = "tls /etc/clinic/tls/fullchain.pem /etc/clinic/tls/privkey.pem"


class Waited(NamedTuple):
    """How long readers waited, in seconds: half of them at most, nineteen of twenty at most, and the longest."""

    half: float
    most: float
    longest: float


def read(machine):
    """The answers that readers had, and how long they waited."""
    said = machine.run(f"cd {ROOT} && exec {PYTHON} -m tests.prove.bare.slow read {LASTS}")
    answers = json.loads(said.splitlines()[-1])
    seconds = sorted(taken for _status, taken in answers)
    places = [seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.95, 1)]
    return Counter(status for status, _taken in answers), Waited(*places)


def read_beside(machine, kind, number):
    """The same while so many send slowly."""
    sending = machine.play(f"tests.prove.bare.slow send {kind} {number}")
    assert sending.stdout.readline() == "there\n"
    found = read(machine)
    assert sending.poll() is None  # they were there to the end
    sending.stdin.write("\n")
    sending.stdin.flush()
    sending.wait(60)
    return found


def row_of(proxy, kind, number, alone, beside):
    case = f"{number} open connections that say nothing" if kind == "nothing" else f"{number} that send {kind} slowly"
    told = ", ".join(f"{times} × {status}" for status, times in sorted(beside[0].items()))
    cells = [f"{seconds:.2f}" for waited in (alone[1], beside[1]) for seconds in waited]
    return f"| {proxy} | {case} | {told} | {' | '.join(cells)} |"


def to_caddy(machine):
    """As shipped, with a certificate of one's own, as there is nobody outside to ask for one."""
    machine.run(
        "systemctl stop nginx; sleep 1; mkdir -p /etc/caddy; cd /srv/clinic/current; "
        f"sed 's#^www.clinic.example {{#&\\n\\t{OWN_CERTIFICATE}#' deploy/caddy/Caddyfile > /etc/caddy/Caddyfile; "
        "caddy validate --config /etc/caddy/Caddyfile; systemctl start caddy > /dev/null 2>&1"
    )


def test_readers_are_served_while_others_are_slow():
    with BareMachine() as machine:
        install(machine)
        hold(machine)


def hold(machine):
    """Each proxy against each case; then write the table."""
    rows = []
    for proxy in ("nginx", "Caddy"):
        if proxy == "Caddy":
            to_caddy(machine)
        check_picture_from_disk(machine)
        for kind, number in CASES:
            alone, beside = read(machine), read_beside(machine, kind, number)
            rows.append(row_of(proxy, kind, number, alone, beside))
            print(rows[-1])
            assert set(beside[0]) == {"200"}, rows[-1]
            assert beside[1].most < max(AT_ONCE, MOST_TIMES * alone[1].most), rows[-1]
            assert beside[1].longest < max(MOST_SECONDS, MOST_TIMES * alone[1].longest), rows[-1]
    TABLE.write_text("\n".join([BEGINNING, *rows, ""]))


BEGINNING = f"""# Who sends slowly, and who reads meanwhile

Written by `make prove ARGS=slow-clients`: an installation made by the letter of [operations](../operations.md) with the
shipped nginx, then the shipped Caddy. For {LASTS} seconds six readers asked, each up to four times a second and over a
new connection, for a page, the form, and `/readyz`. Then they did so again, while so many connections, from another
address, sent a byte a second of a header or of a body, or nothing; whoever was cut off came again at once. Each has to
be answered with 200; nineteen of twenty within {AT_ONCE} s, all within {MOST_SECONDS:.0f} s, or within {MOST_TIMES:.0f}
times what the same readers had just waited alone. Seconds are those that half of the answers took at most, nineteen of
twenty, and all.

| proxy | beside them | readers' answers | alone: half | of twenty, 19 | all | beside: half | of twenty, 19 | all |
|---|---|---|---:|---:|---:|---:|---:|---:|"""
