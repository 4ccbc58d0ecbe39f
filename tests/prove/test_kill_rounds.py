"""The whole site killed with -9 at random moments while requests come in, again and again."""

import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.site import ROOT, RunningSite

pytestmark = pytest.mark.prove

ROUNDS = 20
SENDERS = 4
TABLE = ROOT / "docs" / "proofs" / "kill-rounds.md"


def send_requests(site, stop, acknowledged, sender):
    """Send requests as fast as they are answered; note each that was answered."""
    number = 0
    while not stop.is_set():
        number += 1
        email = f"s{sender}n{number}t{time.monotonic_ns()}@patient.example"
        body = urllib.parse.urlencode({"name": "Amira", "email": email, "contact_by": "email", "consent": "on"})
        request = urllib.request.Request(f"{site.url}/consultation/", body.encode())
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                if "/consultation/received/" in response.url:
                    acknowledged.append(email)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)


def kill_under_load(site, seconds):
    """Send from several threads, kill everything after that many seconds; returns the acknowledged addresses."""
    acknowledged, stop = [], threading.Event()
    senders = [
        threading.Thread(target=send_requests, args=(site, stop, acknowledged, number)) for number in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    time.sleep(seconds)
    site.kill()
    stop.set()
    for sender in senders:
        sender.join()
    return acknowledged


def recipients(site):
    return [
        line.removeprefix("To: ").strip()
        for mail in site.mails
        for line in mail.splitlines()
        if line.startswith("To: ")
    ]


def kept_and_waiting(site):
    """The addresses of all kept requests, and how many mails still wait."""
    code = (
        "from booking.models import ConsultationRequest as R, OutboxMail as M;"
        "print(M.objects.waiting().count(), *R.objects.values_list('email', flat=True))"
    )
    waiting, *kept = site.manage("shell", "-v0", "-c", code).split()
    return kept, int(waiting)


def test_every_acknowledged_request_is_there_and_its_mail_arrives(tmp_path):
    chance = random.Random(20261122)
    rows, acknowledged = [], []
    with RunningSite(tmp_path / "site") as site:
        for number in range(1, ROUNDS + 1):
            fresh = kill_under_load(site, seconds=chance.uniform(0.2, 2.5))
            acknowledged += fresh
            site.start()
            kept, waiting = kept_and_waiting(site)
            lost = set(acknowledged) - set(kept)
            rows.append((number, len(fresh), len(lost), waiting))
            assert not lost
        give_up = time.monotonic() + 600
        while kept_and_waiting(site)[1]:
            assert time.monotonic() < give_up
            time.sleep(2)
        kept, _none = kept_and_waiting(site)
        arrived = recipients(site)
    assert len(kept) == len(set(kept))
    assert set(acknowledged) <= set(arrived)
    write_table(rows, len(acknowledged), len(kept), len(arrived))


def write_table(rows, acknowledged, kept, arrived):
    lines = [
        "# Killed with -9 under load",
        "",
        f"Written by `make prove`. {ROUNDS} times, {SENDERS} senders posted requests while web server and worker were",
        "killed with -9 at a random moment and started again. Lost are acknowledged requests that were not in the",
        "database after the restart.",
        "",
        "| round | acknowledged | lost | mails waiting after the restart |",
        "|---:|---:|---:|---:|",
        *(f"| {number} | {fresh} | {lost} | {waiting} |" for number, fresh, lost, waiting in rows),
        "",
        f"In the end: {acknowledged} acknowledged, {kept} kept (some were killed between keeping and answering),",
        f"{arrived} mails arrived.",
        "",
    ]
    TABLE.parent.mkdir(exist_ok=True)
    Path(TABLE).write_text("\n".join(lines))
