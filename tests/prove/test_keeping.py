"""A thousand requests during backups, kill -9, an empty machine, and all that was backed up is there (5 minutes)."""

import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

import pytest
from django.conf import settings
from django.db import connection

from clinic_site.environment import make_field_key, make_secret_key
from tests import databases
from tests.factories import form_data
from tests.prove.test_kill_rounds import TYPED, send_requests
from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove

REQUESTS = 1000
KEYS = ("field_keys", "backup_key", "audit_key")
ASK = """
import json
from booking.models import ConsultationRequest as R
print(json.dumps({
    "first": [R.objects.earliest("pk").reference, R.objects.earliest("pk").email],
    "emails": list(R.objects.values_list("email", flat=True)),
    "links": [r.private_url for r in R.objects.exclude(token_digest=None).order_by("pk")[:20]],
}))
"""


class NewMachine(RunningSite):
    """An empty folder with keys, and an empty database."""

    def __enter__(self):
        self.data_dir.mkdir()
        self.database_name = ""
        if databases.on_postgres():
            self.database_name = databases.place_of(f"site_{self.port}")
            with databases.server() as server:
                server.execute(f'CREATE DATABASE "{self.database_name}" TEMPLATE template0 ENCODING UTF8')
            self.environment["DATABASE_URL"] = databases.address_of(self.database_name)
        return self

    def __exit__(self, *_error):
        self.stop()
        if self.database_name:
            databases.drop(f"site_{self.port}")

    def refuses(self, *arguments):
        """What a command says that must not succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
        return done.stderr.strip().splitlines()[-1]


def asked(site):
    return json.loads(site.manage("shell", "-v0", "-c", ASK))


def test_a_thousand_requests_a_kill_and_an_empty_machine(tmp_path):
    backups, rows = tmp_path / "backups", []
    backups.mkdir()
    acknowledged, over = [], threading.Event()
    same = {"SECRET_KEY": settings.SECRET_KEY, "TRUSTED_PROXIES": "1", **AS_SHIPPED}
    with RunningSite(tmp_path / "site", **same) as site:
        sender = threading.Thread(target=send_requests, args=(site, over, acknowledged, 1))
        sender.start()
        made = []
        while len(acknowledged) < REQUESTS:
            before, began = len(acknowledged), time.monotonic()
            path = backups / f"{len(made)}.backup"
            site.manage("backup", str(path))
            made.append((path, acknowledged[:before], len(acknowledged) - before, time.monotonic() - began))
        reference, erased = asked(site)["first"]
        site.manage("erase_request", reference)
        site.kill()
        over.set()
        sender.join()
        path, had_to_be_there, meanwhile, seconds = made[-1]
    typed = [*acknowledged[:20], form_data()["name"], TYPED]
    assert not any(word.encode() in path.read_bytes() for word in typed)
    with NewMachine(tmp_path / "new", **same) as new:
        for key in KEYS:
            shutil.copy(tmp_path / "site" / key, new.data_dir)
        rows += [row for key in (*KEYS, "secret_key") for row in refused_without(key, new, path)]
        for name, whole in (("cut", path.read_bytes()[:-1]), ("flipped", flipped(path.read_bytes()))):
            changed = backups / f"{name}.backup"
            changed.write_bytes(whole)
            rows.append((name, new.refuses("restore", str(changed)).rpartition(f"{changed} ")[2]))
        said = new.manage("restore", str(path))
        rows.append(("as it was", said.strip()))
        new.start()
        there = asked(new)
        assert set(had_to_be_there) - {erased} <= set(there["emails"])
        assert len(there["emails"]) == len(set(there["emails"])) and erased not in there["emails"]
        for link in there["links"]:
            local = f"{new.url}/consultation/{link.partition('/consultation/')[2]}"
            assert b"<h1" in urllib.request.urlopen(local).read()
        rows.append(("a full place", new.refuses("restore", str(path)).rpartition(f"{path} ")[2]))
    write_table(rows, len(made), len(acknowledged), meanwhile, len(there["emails"]), seconds)


def refused_without(key, new, path):
    """What `restore` says where one key is not there, and where it is another."""

    def says():
        said = new.refuses("restore", str(path)).removeprefix("- ").removeprefix("CommandError: ")
        return said.replace(f"{new.data_dir}/", "").replace(f"{path} ", "")

    place = new.data_dir / key
    given = new.environment.pop("SECRET_KEY") if key == "secret_key" else ""
    right = place.read_bytes() if place.exists() else b""
    place.unlink(missing_ok=True)
    yield f"whole; no {key}", says()
    place.write_text(make_field_key() if key == "field_keys" else make_secret_key())
    yield f"whole; another {key}", says()
    place.write_bytes(right)
    if given:
        place.unlink()
        new.environment["SECRET_KEY"] = given


def flipped(content):
    content = bytearray(content)
    content[len(content) // 2] ^= 1
    return bytes(content)


def write_table(rows, backups, acknowledged, meanwhile, kept, seconds):
    lines = [
        f"# A backup of a site at work, on {'PostgreSQL' if connection.vendor == 'postgresql' else 'SQLite'}",
        "",
        f"Written by `make prove`. {acknowledged} requests were acknowledged while {backups} backups were made one by",
        "one; then web and worker were killed with -9, and the last backup was restored on an empty machine with",
        f"the same keys. That backup took {seconds:.1f} seconds, in which {meanwhile} requests were acknowledged. Each",
        f"that was acknowledged before it began was there, {kept} in all, and twenty private links of them opened. One",
        "that was erased after the backup was erased again.",
        "",
        "| the file | what `restore` says |",
        "|---|---|",
        *(f"| {name} | {said} |" for name, said in rows),
        "",
    ]
    (ROOT / "docs" / "proofs" / f"keeping-{connection.vendor}.md").write_text("\n".join(lines))
