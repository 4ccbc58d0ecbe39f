"""Slow headers, slow bodies and 200 connections against the shipped nginx and Caddy: readers are served meanwhile."""

import json

import pytest

from tests.prove.bare import ROOT
from tests.prove.bare.following import install
from tests.prove.bare.machine import PYTHON, BareMachine, is_possible

pytestmark = [pytest.mark.prove, pytest.mark.skipif(bool(is_possible()), reason=is_possible() or "-")]

TABLE = ROOT / "docs" / "proofs" / "slow-clients.md"
LASTS = 20  # seconds
MOST_SECONDS = 5  # that a reader waits
CASES = [("nothing", 0), ("headers", 50), ("headers", 200), ("bodies", 50), ("bodies", 200), ("nothing", 200)]
OWN_CERTIFICATE = "tls /etc/clinic/tls/fullchain.pem /etc/clinic/tls/privkey.pem"


def ask(machine, kind, number):
    said = machine.run(f"cd {ROOT} && exec {PYTHON} -m tests.prove.bare.slow {kind} {number} {LASTS}")
    return json.loads(said.splitlines()[-1])


def row_of(proxy, kind, number, found):
    told = ", ".join(f"{times} × {status}" for status, times in sorted(found["statuses"].items()))
    sent = {"nothing": "open connections that say nothing"}.get(kind, f"that send {kind} slowly")
    case = f"{number} {sent}" if number else "nobody else"
    return f"| {proxy} | {case} | {told} | {found['slowest']:.2f} |"


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
        for kind, number in CASES:
            found = ask(machine, kind, number)
            rows.append(row_of(proxy, kind, number, found))
            print(rows[-1])
            assert set(found["statuses"]) == {"200"}, rows[-1]
            assert found["slowest"] < MOST_SECONDS, rows[-1]
    TABLE.write_text("\n".join([BEGINNING, *rows, ""]))


BEGINNING = f"""# Who sends slowly, and who reads meanwhile

Written by `make prove ARGS=slow-clients`: an installation made by the letter of [operations](../operations.md) with the
shipped nginx, then the shipped Caddy. For {LASTS} seconds so many connections, from another address, sent a byte a
second of a header or of a body, or nothing. Meanwhile six readers asked, each four times a second and over a new
connection, for a page, the form, and `/readyz`. Each has to be answered with 200, within {MOST_SECONDS} s.

| proxy | beside them | readers' answers | slowest, s |
|---|---|---|---:|"""
