"""Pages from memory under 32 readers: what changes them shows at the next request, in each worker, whole."""

import http.client
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone

from clinic_site.dates import midnight
from tests.site import ROOT, RunningSite

pytestmark = pytest.mark.prove

PAGE = "/treatments/microneedling/benefits/scars/"
READERS = 32
MOST_SECONDS_BEHIND = 1.0  # of what a killed process did not tell
KILLED = 9

BEGIN = """
import os, time
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from clinic_site.models import *
from treatments.models import *
from treatments.publishing.ordering import change_address
live = Version.objects.live_at(timezone.now()).get(unit__slug="scars")
"""
BANNER_TO_COME = """
begins = timezone.now() + timedelta(seconds=4)
Banner.objects.create(text="Mark five", shown_from=begins, shown_until=begins + timedelta(days=9))
"""
EDIT_AND_DIE = """
with transaction.atomic():
    Version.objects.filter(pk=live.pk).update(heading='Mark six')
    transaction.on_commit(lambda: os._exit(9))  # before the counter is raised
"""
PICTURE = """
image = "0" * 32 + "-60x40.webp"
Picture.objects.create(version=live, image=image, text="Mark of consent", consent_until=timezone.localdate())
"""


class Readers:
    """32 connections that stay open, each asking again and again; notes when each read began and what it showed."""

    def __init__(self, site):
        self.site, self.done, self.reads = site, Event(), []

    def __enter__(self):
        self.pool = ThreadPoolExecutor(READERS)
        self.reading = [self.pool.submit(self._read) for _reader in range(READERS)]
        self.wait_for(500)
        return self

    def __exit__(self, error, *_more):
        if not error:
            self.wait_for(1500)
        self.done.set()
        for each in self.reading:
            each.result()
        self.pool.shutdown()

    def _read(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        while not self.done.is_set():
            began = time.time()
            try:
                connection.request("GET", PAGE)
                answer = connection.getresponse()
            except ConnectionError:  # the server may end a connection between two requests: opened anew
                connection.close()
                continue
            self.reads.append((began, answer.status, answer.read().decode()))
        connection.close()

    def wait_for(self, number):
        """Until that many reads more were made."""
        wanted = len(self.reads) + number
        while len(self.reads) < wanted:
            time.sleep(0.05)


def run(site, code, ends_with=0):
    """Run this in a process of its own; returns the moment right after it."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", f"{BEGIN}{code}\nprint(time.time())"]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)
    assert done.returncode == ends_with, done.stderr
    return time.time() if ends_with else float(done.stdout)


def change(code):
    """What somebody does; it shows from the moment of the commit."""
    return lambda site: run(site, code)


def come_by_the_clock(site):
    """A banner that begins four seconds later."""
    return sleep_until(run(site, BANNER_TO_COME) + 4)


def be_killed(site):
    return sleep_until(run(site, EDIT_AND_DIE, ends_with=KILLED) + MOST_SECONDS_BEHIND)


def end_a_consent(site):
    """The last day of a consent, six seconds before it ends; the picture is there until then."""
    run(site, PICTURE)
    site.move_clock_to(midnight(timezone.localdate() + timedelta(days=1)) - timedelta(seconds=6))
    ends = time.time() + 6
    return sleep_until(ends)


def sleep_until(moment):
    while time.time() < moment:
        time.sleep(0.05)
    return moment


def says(mark):
    return lambda status, text: status == 200 and mark in text


# What is done, from when a reader sees it, and what a reader sees from then on.
CHANGES = {
    "an edit": (change("Version.objects.filter(pk=live.pk).update(heading='Mark one')"), says("Mark one")),
    "another edit": (change("Version.objects.filter(pk=live.pk).update(heading='Mark two')"), says("Mark two")),
    "the clinic's name": (change("Clinic.objects.update(name='Mark three')"), says("Mark three")),
    "a banner": (
        change("Banner.objects.create(text='Mark four', shown_until=timezone.now() + timedelta(days=9))"),
        says("Mark four"),
    ),
    "hours": (change("OpeningHours.objects.filter(opens__lt='10:00').update(opens='06:41')"), says("6:41")),
    "the clock": (come_by_the_clock, says("Mark five")),
    "an edit by a process that was killed": (be_killed, says("Mark six")),
    "the end of a picture's consent": (
        end_a_consent,
        lambda status, text: status == 200 and "Mark of consent" not in text,
    ),
    "another address (301 from then on)": (
        change("change_address(live.unit, 'marks-of-acne')"),
        lambda status, _text: status == 301,
    ),
}


def test_what_changes_a_page_shows_at_the_next_request(tmp_path):
    rows = []
    with RunningSite(tmp_path / "fresh") as site:
        for what, (do, shows_it) in CHANGES.items():
            with Readers(site) as readers:
                moment = do(site)
            rows.append((what, *told(readers.reads, moment, shows_it)))
    write(rows)
    assert sum(reads for _what, reads, *_rest in rows) >= 10_000
    for what, _reads, before, _after, stale, broken in rows:
        assert before and (stale, broken) == (0, 0), what


def told(reads, moment, shows_it):
    """
    All reads; those before that moment that did not show it yet; those after it; those of them that did not show it;
    and reads that were neither a page nor led to one.
    """
    after = [shows_it(status, text) for began, status, text in reads if began > moment]
    early = sum(not shows_it(status, text) for began, status, text in reads if began <= moment)
    statuses = Counter(status for _began, status, _text in reads)
    return len(reads), early, len(after), after.count(False), statuses.total() - statuses[200] - statuses[301]


def write(rows):
    total = sum(reads for _what, reads, *_rest in rows)
    lines = [
        f"# What changes a page shows at the next request ({connection.vendor})",
        "",
        f"Written by `make prove ARGS=fresh-pages`: {READERS} readers over connections that stay open, two web",
        f"workers, {total:,} reads. A read is stale if it began after the commit and shows the page as it was; of the",
        f"killed process, if it began more than {MOST_SECONDS_BEHIND:.0f} second after its end.",
        "",
        "| what changed | reads that began after | stale | no page |",
        "|---|---:|---:|---:|",
        *(f"| {what} | {after:,} | {stale} | {broken} |" for what, _reads, _early, after, stale, broken in rows),
        "",
    ]
    (ROOT / "docs" / "proofs" / f"fresh-pages-{connection.vendor}.md").write_text("\n".join(lines))
