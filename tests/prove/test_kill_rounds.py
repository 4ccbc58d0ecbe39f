"""Web server and worker killed with -9 at random moments while requests come in, a hundred times (about 30 minutes)."""

import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import form_data
from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove

ROUNDS = 100
ROUNDS_IN_A_ROW = 10  # of the table
SENDERS = 4
TYPED = "Words that a patient typed"
TABLE = ROOT / "docs" / "proofs" / "kill-rounds.md"
HEADER = {name: re.compile(rf"^{name}: (.+)$", re.MULTILINE) for name in ("To", "Message-ID")}


def send_requests(site, stop, acknowledged, sender):
    """Send requests as fast as they are answered; note each that was answered."""
    number = 0
    while not stop.is_set():
        number += 1
        email = f"s{sender}n{number}t{time.monotonic_ns()}@patient.example"
        answers = form_data(
            email=email, concern=TYPED
        )  # a form that was opened a minute ago, signed with the site's own key
        headers = {"X-Forwarded-For": f"10.{sender}.{number // 250 % 250}.{number % 250}"}  # no source meets its limit
        request = urllib.request.Request(f"{site.url}/consultation/", urllib.parse.urlencode(answers).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                if "/consultation/received/" in response.url:
                    acknowledged.append(email)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)


def kill_under_load(site, seconds, only):
    """Send from several threads, kill after that many seconds; returns the acknowledged addresses."""
    acknowledged, stop = [], threading.Event()
    senders = [
        threading.Thread(target=send_requests, args=(site, stop, acknowledged, number)) for number in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    time.sleep(seconds)
    site.kill(only)
    stop.set()
    for sender in senders:
        sender.join()
    return acknowledged


def mails_of(site):
    """(recipient, Message-ID) of every mail that arrived."""
    return [(HEADER["To"].search(mail)[1], HEADER["Message-ID"].search(mail)[1]) for mail in site.mails]


def kept_and_waiting(site):
    """The addresses of all kept requests, and how many mails still wait."""
    code = (
        "from booking.models import ConsultationRequest as R, OutboxMail as M;"
        "print(M.objects.waiting().count(), *R.objects.values_list('email', flat=True))"
    )
    waiting, *kept = site.manage("shell", "-v0", "-c", code).split()
    return kept, int(waiting)


def empty_the_outbox(site):
    give_up = time.monotonic() + 900
    while kept_and_waiting(site)[1]:
        assert time.monotonic() < give_up
        time.sleep(2)


def test_every_acknowledged_request_is_there_and_its_mail_arrives(tmp_path):
    chance = random.Random(20261122)
    rounds, acknowledged = [], []
    with RunningSite(tmp_path / "site", SECRET_KEY=settings.SECRET_KEY, TRUSTED_PROXIES="1", **AS_SHIPPED) as site:
        for _round in range(ROUNDS):
            only = chance.choice(["run_worker", "gunicorn", ""])
            fresh = kill_under_load(site, chance.uniform(0.2, 1.5), only)
            acknowledged += fresh
            site.kill()
            site.start()
            kept, waiting = kept_and_waiting(site)
            rounds.append((len(fresh), len(set(acknowledged) - set(kept)), waiting))
            assert rounds[-1][1] == 0
        empty_the_outbox(site)
        kept, _none = kept_and_waiting(site)
        arrived = mails_of(site)
        calm = kill_under_load(site, 5, only="nothing")
        empty_the_outbox(site)
        in_calm = [mail for mail in mails_of(site) if mail not in arrived]
    doubles = len(arrived) - len({number for _to, number in arrived})
    doubles_in_calm = len(in_calm) - len({number for _to, number in in_calm})
    write_table(rounds, len(acknowledged), len(kept), len(arrived), doubles, len(calm), doubles_in_calm)
    assert len(kept) == len(set(kept))
    assert set(acknowledged) <= {to for to, _number in arrived} and set(calm) <= {to for to, _number in in_calm}
    assert doubles <= ROUNDS  # at most one for each kill, and never under another number:
    assert len({number for _to, number in arrived}) == 2 * len(kept)
    assert doubles_in_calm == 0


def write_table(rounds, acknowledged, kept, arrived, doubles, calm, doubles_in_calm):
    lines = [
        "# Killed with -9 under load",
        "",
        f"Written by `make prove`. {ROUNDS} times, {SENDERS} senders posted requests while the web server, the worker",
        "or both were killed with -9 at a random moment; then all was started again. Lost are acknowledged requests",
        "that were not in the database after the restart.",
        "",
        "| rounds | acknowledged | lost | mails waiting after the last restart |",
        "|---|---:|---:|---:|",
    ]
    for first in range(0, len(rounds), ROUNDS_IN_A_ROW):
        some = rounds[first : first + ROUNDS_IN_A_ROW]
        fresh, lost = sum(row[0] for row in some), sum(row[1] for row in some)
        lines.append(f"| {first + 1}–{first + len(some)} | {fresh} | {lost} | {some[-1][2]} |")
    lines += [
        "",
        f"In the end: {acknowledged} acknowledged, {kept} kept (some were killed between keeping and answering),",
        f"{arrived} mails arrived, {doubles} of them doubles with the same Message-ID. Then {calm} more requests",
        f"without a kill: {doubles_in_calm} doubles.",
        "",
    ]
    TABLE.parent.mkdir(exist_ok=True)
    Path(TABLE).write_text("\n".join(lines))
