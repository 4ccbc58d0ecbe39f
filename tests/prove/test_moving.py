"""A site on SQLite with a thousand requests moves to PostgreSQL: every row, word and link is there (1 minute)."""

import json
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.prove.test_stalls import own_postgres
from tests.site import ROOT, RunningSite

pytestmark = pytest.mark.prove

REQUESTS = 1000
MAKE = """
from uuid import uuid4
from tests.factories import make_request
for number in range(20):
    sent = {"email": f"p{number}@patient.example", "form_key": str(uuid4())}
    make_request(**sent, concern=f"Words of {number}", safety={"pregnancy": "no"})
"""
ASK = """
import json
from booking.models import ConsultationRequest as R, Event as E
typed = R.objects.filter(email__endswith="@patient.example").order_by("pk")
print(json.dumps({
    "requests": R.objects.count(),
    "events": E.objects.count(),
    "words": [[r.concern, r.safety] for r in typed],
    "links": [r.private_url for r in typed],
    "by_reference": str(R.objects.for_worklist().awaiting_answer().count()),
}))
"""
STOPPED = "UPDATE clinic_site_workerbeat SET at = '2026-01-01 00:00:00'"
TABLE = ROOT / "docs" / "proofs" / "moving.md"


class Site(RunningSite):
    """One whose database can be changed from one start to the next."""

    def refuses(self, *arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
        return done.stderr.strip().splitlines()[-1].removeprefix("CommandError: ")


def asked(site):
    return json.loads(site.manage("shell", "-v0", "-c", ASK))


def test_a_site_moves_to_postgresql_with_all_that_it_holds(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    rows, database = [], tmp_path / "site" / "db.sqlite3"
    with (
        tempfile.TemporaryDirectory() as scratch,
        own_postgres(Path(scratch)) as (_start, _stop, url),
        Site(tmp_path / "site", SECRET_KEY=settings.SECRET_KEY) as site,
    ):
        site.manage("fill_requests", str(REQUESTS))
        site.manage("shell", "-v0", "-c", MAKE)
        before = asked(site)
        move = ["move_to_postgresql", str(database)]
        rows.append(("DATABASE_URL still names SQLite", site.refuses(*move)))
        site.environment["DATABASE_URL"] = url
        rows.append(("the site on SQLite runs", site.refuses(*move)))
        site.stop()
        with closing(sqlite3.connect(database)) as old:
            old.execute(STOPPED)
            old.commit()
        whole = digest_of(database)
        rows.append(("a file that is not there", site.refuses(move[0], str(tmp_path / "none.sqlite3"))))
        rows.append(("as it should be", site.manage(*move).strip()))
        rows.append(("a second time", site.refuses(*move)))
        assert digest_of(database) == whole
        assert asked(site) == before
        assert nothing_is_in_clear(scratch)
        site.start()
        for link in before["links"]:
            local = f"{site.url}/consultation/{link.partition('/consultation/')[2]}"
            assert b"<h1" in urllib.request.urlopen(local).read()
        assert asked(site)["requests"] == before["requests"]
        site.manage("shell", "-v0", "-c", MAKE)  # which takes the next numbers, else it would clash
        assert asked(site)["requests"] == before["requests"] + 20
    TABLE.write_text("\n".join([*BEGINNING, *(f"| {case} | {said} |" for case, said in clean(rows, tmp_path)), ""]))


def digest_of(database):
    with closing(sqlite3.connect(database)) as old:
        return hash("\n".join(old.iterdump()))


def nothing_is_in_clear(folder):
    """No file that PostgreSQL wrote holds what a patient typed: it is moved as it was encrypted."""
    words = b"Words of 7"
    return not any(words in file.read_bytes() for file in Path(folder).rglob("*") if file.is_file())


def clean(rows, folder):
    return [(case, said.replace(f"{folder}/", "").replace("site/db.sqlite3", "db.sqlite3")) for case, said in rows]


BEGINNING = f"""# From SQLite to PostgreSQL

Written by `make prove ARGS=moving`: a site with {REQUESTS} invented requests and 20 typed ones moves by one command.
Afterwards every row, encrypted word and private link is there, new requests take the next numbers, the SQLite file is
as it was, and no file that PostgreSQL wrote holds a typed word in clear.

| the place | what `move_to_postgresql` says |
|---|---|""".split("\n")
