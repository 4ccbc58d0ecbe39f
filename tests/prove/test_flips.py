"""While a page is published 200 times, each reader gets one version of it, whole (about 3 minutes)."""

import subprocess
import sys
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove

SCARS = "/treatments/microneedling/benefits/scars/"
FLIPS, READERS = 200, 4
MARKS = ["Words of the one.", "Words of the other."]

# As staff do it: saved, signed and published, with every text that a reader sees written anew each time.
PUBLISH = f"""
from clinic_site.models import StaffMember
from treatments.publishing.drafts import save_draft
from treatments.publishing.going_live import publish
from treatments.models import Benefit, Claim, Passage
from treatments.words.references import Shelf, signature_of
from treatments.publishing.signoff import sign
from treatments.words.wording import Wording
marketing, clinician = (StaffMember.objects.get(username=name) for name in ("marketing", "clinician"))
unit = Benefit.objects.get(slug="scars")
for number in range({FLIPS}):
    mark = {MARKS!r}[number % 2]
    base = unit.newest_version()
    wording = Wording.of(base)
    wording.version.lead = mark
    for row in wording.rows_of(Claim):
        row.sentence = mark
    for row in wording.rows_of(Passage):
        row.body = mark
    made = save_draft(unit, wording, base, marketing)
    sign(made, clinician, signature_of(Wording.of(made), Shelf.load()), 12, unsent=True)
    publish(made, marketing)
"""


def test_a_page_is_never_two_versions_mixed_in_any_process(tmp_path):
    done = Event()
    with RunningSite(tmp_path / "flips", **AS_SHIPPED) as site, ThreadPoolExecutor(READERS) as readers:

        def read():
            seen = Counter()
            while not done.is_set():
                with urllib.request.urlopen(f"{site.url}{SCARS}", timeout=30) as answer:
                    text = answer.read().decode()
                seen[tuple(text.count(mark) for mark in MARKS)] += 1
            return seen

        reading = [readers.submit(read) for _reader in range(READERS)]
        try:
            subprocess.run(
                [sys.executable, "manage.py", "shell", "-v0", "-c", PUBLISH], cwd=ROOT, env=site.environment, check=True
            )
        finally:
            done.set()
        seen = sum((each.result() for each in reading), Counter())
        with urllib.request.urlopen(f"{site.url}{SCARS}", timeout=30) as answer:
            whole = answer.read().decode().count(MARKS[1])
    one, other, before = seen.pop((whole, 0), 0), seen.pop((0, whole), 0), seen.pop((0, 0), 0)
    write(whole, before, one, other, seen.total())
    assert whole > 10 and one and other and not seen


def write(places, before, one, other, mixed):
    lines = [
        f"# A page that is read while it is published {FLIPS} times ({connection.vendor})",
        "",
        f"Written by `make prove`: {READERS} readers over HTTP, two web processes. Each version writes",
        f"{places} texts of the page anew; an answer is mixed if it does not have all of them from one version.",
        "",
        "| the words before | the one | the other | mixed |",
        "|---:|---:|---:|---:|",
        f"| {before} | {one} | {other} | {mixed} |",
        "",
    ]
    (ROOT / "docs" / "proofs" / f"flips-{connection.vendor}.md").write_text("\n".join(lines))
