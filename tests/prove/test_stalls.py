"""The database locked, Redis hung, PostgreSQL gone: what readers and senders see, and what is there afterwards."""

import http.client
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import psycopg
import pytest
import redis

from booking.patient.spam import FASTEST
from tests.site import ROOT, RunningSite, free_port, wait_for

pytestmark = pytest.mark.prove

PAGE, FORM, SEARCH = "/treatments/microneedling/benefits/scars/", "/consultation/", "/search/?q=scar"
READERS = [("page", PAGE, 0.05)] * 4 + [("form", FORM, 1), ("search", SEARCH, 1)]  # what, where, seconds between
SENDERS = 10
LOCKED = 25  # seconds
MOST_SECONDS = 5  # of any answer
TABLE = ROOT / "docs" / "proofs" / "stalls.md"
PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"))), Path("/nowhere"))


class Crowd:
    """Reads pages again and again, and sends requests, while something is wrong; notes status and seconds of each."""

    def __init__(self, site):
        self.site, self.done = site, Event()
        self.seen: dict[str, list[tuple[int, float]]] = {"page": [], "form": [], "search": [], "sender": []}
        self.acknowledged, self.refused, self.whole = [], [], 0

    @contextmanager
    def reading(self):
        with ThreadPoolExecutor(len(READERS)) as pool:
            reads = [pool.submit(self._read, *reader) for reader in READERS]
            try:
                yield
            finally:
                self.done.set()
            for read in reads:
                read.result()

    def _read(self, kind, path, pause):
        while not self.done.wait(pause):
            status, _headers, _text, taken = self.ask("GET", path)
            self.seen[kind].append((status, taken))

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=120)
        began = time.monotonic()
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        taken = time.monotonic() - began
        connection.close()
        return answer.status, answer.headers, text, taken

    def opened_forms(self, number):
        """Their tokens, while all is well."""
        texts = [self.ask("GET", FORM)[2] for _form in range(number)]
        time.sleep(FASTEST.total_seconds() + 1)  # as people, who are not kept apart
        return [re.search(r'name="form_token"[^>]*value="([^"]+)"', text)[1] for text in texts]

    def send_all(self, tokens, name):
        with ThreadPoolExecutor(len(tokens)) as pool:
            list(pool.map(self._send, [(token, f"{name} {number}") for number, token in enumerate(tokens)]))

    def _send(self, token_and_name, noted="sender"):
        token, name = token_and_name
        answers = {
            "name": name,
            "contact_by": "email",
            "email": "stall@patient.example",
            "concern": f"Words of {name}",
            "consent": "on",
            "form_token": token,
        }
        status, headers, text, taken = self.ask("POST", FORM, urlencode(answers))
        self.seen.setdefault(noted, []).append((status, taken))
        if status == 303:
            self.acknowledged.append(headers["Location"])
        else:
            self.refused.append((token, name))
            kept = all(answer in text for answer in (name, answers["email"], answers["concern"], token))
            self.whole += kept and status == 503 and "Retry-After" in headers and "tel:+1-586-555-0142" in text

    def there(self):
        """How many of the acknowledged requests can be looked at."""
        return sum(self.ask("GET", address)[0] == 200 for address in self.acknowledged)

    def row(self, case):
        def told(kind):
            answers = self.seen[kind]
            statuses = ", ".join(f"{number} × {status}" for status, number in sorted(statuses_of(answers).items()))
            return f"{statuses}; {max(taken for _status, taken in answers):.1f} s"

        refused = f"{self.whole} of {len(self.refused)}" if self.refused else "–"
        there = f"{self.there()} of {len(self.acknowledged)}"
        return (
            f"| {case} | {told('page')} | {told('form')} | {told('search')} | {told('sender')} | {refused} | {there} |"
        )

    def slowest(self):
        return max(taken for answers in self.seen.values() for _status, taken in answers)


def statuses_of(answers):
    return Counter(status for status, _taken in answers)


def check(crowd, case):
    """A crowd's row, after what must hold of it."""
    row = crowd.row(case)
    assert {status for status, _taken in crowd.seen["page"]} == {200}, row
    assert crowd.slowest() <= MOST_SECONDS, row
    assert crowd.whole == len(crowd.refused), row
    assert crowd.there() == len(crowd.acknowledged), row
    return row


def send_again(crowd):
    """What was refused is sent once more by those who were told so, and is there."""
    for sent in list(crowd.refused):
        crowd._send(sent, noted="again")
    assert crowd.there() == len(crowd.acknowledged) == SENDERS


def assert_connections_stay_open(site):
    """A worker has one connection for each thread, and no more for more requests."""
    for pid in site.pids():
        if "gunicorn" in Path(f"/proc/{pid}/cmdline").read_text():
            opened = [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
            threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
            assert sum(name.endswith("db.sqlite3") for name in opened) <= threads


def sqlite_locked(folder):
    with RunningSite(folder) as site:
        crowd = Crowd(site)
        tokens = crowd.opened_forms(SENDERS)
        lock = sqlite3.connect(folder / "db.sqlite3", isolation_level=None)
        with crowd.reading():
            lock.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + LOCKED
            crowd.send_all(tokens, "Stalled")
            assert len(crowd.refused) == SENDERS
            time.sleep(max(0, until - time.monotonic()))
            lock.execute("ROLLBACK")
        lock.close()
        check(crowd, case := f"SQLite locked for {LOCKED} s by another process")
        send_again(crowd)
        assert_connections_stay_open(site)
        return crowd.row(case)


@contextmanager
def own_redis(folder):
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis("127.0.0.1", port)
    try:
        wait_until(client.ping, redis.RedisError)
        yield process, f"redis://127.0.0.1:{port}/0"
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait()


def redis_hung(folder):
    folder.mkdir()
    with own_redis(folder) as (server, url), RunningSite(folder / "site", REDIS_URL=url) as site:
        crowd = Crowd(site)
        tokens = crowd.opened_forms(SENDERS)
        with crowd.reading():
            server.send_signal(signal.SIGSTOP)
            crowd.send_all(tokens, "Hung")
            time.sleep(10)
            server.send_signal(signal.SIGCONT)
        row = check(crowd, "Redis hung (SIGSTOP)")
        assert len(crowd.acknowledged) == SENDERS
        wait_for(lambda: len(site.mails) == 2 * SENDERS)  # by the sweep
        return row


@contextmanager
def own_postgres(folder):
    """A throwaway cluster; `start` and `stop` it."""
    port, data = free_port(), folder / "cluster"
    as_server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
    if as_server:  # which PostgreSQL refuses to be run by root
        shutil.chown(folder, "postgres")
    initdb = [f"{PROGRAMS}/initdb", f"--pgdata={data}", "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    subprocess.run([*as_server, *initdb, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    url = f"postgres://postgres@127.0.0.1:{port}"
    running = []

    def start():
        command = [*as_server, f"{PROGRAMS}/postgres", "-D", str(data), "-p", str(port), *options]
        running.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        wait_until(lambda: psycopg.connect(f"{url}/postgres", connect_timeout=2).close() or True, psycopg.Error)

    def stop():
        process = running.pop()
        process.send_signal(signal.SIGINT)  # at once: sessions are ended
        process.wait(timeout=60)

    start()
    try:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE clinic")
        yield start, stop, f"{url}/clinic"
    finally:
        if running:
            stop()


def postgres_gone(folder):
    with (
        tempfile.TemporaryDirectory() as scratch,
        own_postgres(Path(scratch)) as (start, stop, url),
        RunningSite(folder, DATABASE_URL=url) as site,
    ):
        crowd = Crowd(site)
        tokens = crowd.opened_forms(SENDERS)
        with crowd.reading():
            stop()
            crowd.send_all(tokens, "Gone")
            time.sleep(10)
            start()
        check(crowd, case := "PostgreSQL stopped for 10 s")
        send_again(crowd)
        return crowd.row(case)


def wait_until(holds, errors, seconds=60):
    give_up = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except errors:
            pass
        assert time.monotonic() < give_up
        time.sleep(0.2)


def test_a_stall_ends_with_its_cause(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    cases = {"sqlite": sqlite_locked, "redis": redis_hung, "postgres": postgres_gone}
    wanted = os.environ.get("STALLS", "sqlite redis postgres").split()
    rows = []
    for name in wanted:
        rows.append(cases[name](tmp_path / name))
        print(rows[-1])
    if len(rows) == len(cases):
        TABLE.write_text("\n".join([*BEGINNING, *rows, ""]))


BEGINNING = f"""# What a stall does to readers and senders

Written by `make prove ARGS=stalls`: a site of two web workers with four threads each, readers who ask all the time
(four a published page, twenty times a second; one the form and one the search, once a second), and {SENDERS} people
who send their request at the same moment, just after it began. Each cell: how many answers of which status, and the
slowest of them. None may take longer than {MOST_SECONDS} s. A refused request is whole if its page is a 503 with
`Retry-After`, the clinic's number and every answer. Afterwards those who were refused sent the same page again: by
then each of the {SENDERS} was acknowledged, and is there.

| what happened | readers of a page | of the form | of the search | senders | refused whole | acknowledged, there |
|---|---|---|---|---|---:|---:|""".split("\n")
