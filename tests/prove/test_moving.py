"""A site on SQLite with a thousand requests moves to PostgreSQL: every row, word and link is there (1 minute)."""

import json
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.prove.test_stalls import own_postgres
from tests.site import ROOT, RunningSite

pytestmark = pytest.mark.prove

REQUESTS, TYPED = 1000, 20
MAKE = f"""
from uuid import uuid4
from tests.factories import make_request
for number in range({TYPED}):
    sent = {{"email": f"p{{number}}@patient.example", "form_key": str(uuid4())}}
    make_request(**sent, concern=f"Words of {{number}}", safety={{"pregnancy": "no"}})
"""
ASK = """
import json
from booking.models import ConsultationRequest as R, Event as E
everybody = R.objects.order_by("pk")
print(json.dumps({
    "requests": R.objects.count(),
    "events": E.objects.count(),
    "words": [[r.concern, r.safety] for r in everybody],
    "links": [[r.private_url, 200 if r.link_works else 410] for r in everybody if r.token_digest],
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
        assert [status_of(site, link) for link, _status in some(before["links"])] == [
            status for _link, status in some(before["links"])
        ]
        assert asked(site)["requests"] == before["requests"]
        site.manage("shell", "-v0", "-c", MAKE)  # which takes the next numbers, else it would clash
        assert asked(site)["requests"] == before["requests"] + TYPED
    TABLE.write_text("\n".join([*BEGINNING, *(f"| {case} | {said} |" for case, said in clean(rows, tmp_path)), ""]))


def some(links):
    """Every tenth, and those of the typed requests, which came last."""
    return links[:-TYPED:10] + links[-TYPED:]


def status_of(site, link):
    """What a private link answers: 200, or 410 where the request ended so long ago that the link has, too."""
    local = f"{site.url}/consultation/{link.partition('/consultation/')[2]}"
    try:
        with urllib.request.urlopen(local) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


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

Written by `make prove ARGS=moving`, in one round: a site with {REQUESTS} invented requests and {TYPED} typed ones moves
by one command. Afterwards every row, encrypted word and private link is there; every tenth link and those of the typed
requests were opened, and answered as they should. New requests take the next numbers, the SQLite file is as it was,
and no file that PostgreSQL wrote holds a typed word in clear.

| the place | what `move_to_postgresql` says |
|---|---|""".split("\n")
