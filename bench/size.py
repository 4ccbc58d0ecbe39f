"""
What the desk's screens cost among many requests, beside what they cost among a thousand: asked in turns.

`python bench/size.py` compares 1,000 with 100,000; another size is given as its argument (1000000 takes a quarter of
an hour and 4 GB), and after it a folder for the data of the two sites, `few` and `many`: they stay, and are measured
as they stand the next time. With DATABASE_URL of a PostgreSQL server their databases are made there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402 - needs the path above

from bench import results  # noqa: E402

FEW, MANY = 1000, 100_000
ROUNDS, ASKED = int(os.environ.get("ROUNDS", "7")), int(os.environ.get("ASKED", "3"))
WANTED, WANTED_OF_THE_WORKER = "≤ 1.5", "≤ 2"
WORKER = ["sweep", "reminders", "purge"]
FILLED = 20_000  # requests that are written anew, as rows alone
PREPARE = """
from clinic_site.models import Limits
from clinic_site.staff.roles import add_staff_member
from tests.factories import make_request
for role in ("frontdesk", "clinician"):
    add_staff_member(role, role, password="a long password")
ten_years = {field.name: 3650 for field in Limits._meta.fields if field.name.startswith("kept_")}
Limits(**ten_years).save()  # so that each has their name, and is searched
for number in range(20):
    make_request(name="Amadea Twentyfold", email=f"twentyfold{number}@patient.example", is_sample=True)
"""


class Side:
    """The site with so many requests, in a process of its own; filled with them, where it is not there yet."""

    def __init__(self, folder, number):
        self.environment = os.environ | {"DEMO": "1", "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
        self.database = f"bench_{folder.parent.name}_{folder.name}"
        if address := address_of(self.database):
            self.environment["DATABASE_URL"] = address
        if not folder.exists():
            self._fill(number)
        command = [sys.executable, str(ROOT / "bench" / "desk.py")]
        self.process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.names = self.process.stdout.readline().rstrip("\n").split("\t")

    def cost(self, name, times=ASKED):
        """Seconds of one look, the median of so many."""
        self.process.stdin.write(f"{name}\t{times}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def exported(self):
        """What a process of its own grows by while it exports many, as a row."""
        said = self._run(str(ROOT / "bench" / "exporting.py"), stdout=subprocess.PIPE, text=True).stdout
        rows, grown = said.split()
        row = results.Row(f"export of {int(rows):,} as CSV, MB more", "the process before", "≤ 50", [float(grown)])
        print(row)
        return row

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def drop(self):
        """Drop its database, where it has one on a server."""
        if address_of(self.database):
            on_server(f'DROP DATABASE "{self.database}" WITH (FORCE)')

    def _fill(self, number):
        if address_of(self.database):
            on_server(f'CREATE DATABASE "{self.database}"')
        for command in (["migrate", "-v0"], ["load_guide"], ["collectstatic", "-v0", "--no-input"]):
            self._manage(*command)
        self._manage("shell", "-v0", "-c", PREPARE)
        print(f"Filling with {number:,} requests…", flush=True)
        began = time.monotonic()
        self._run(str(ROOT / "bench" / "filled.py"), str(number))
        print(f"…in {time.monotonic() - began:.0f} s", flush=True)

    def _manage(self, *command):
        self._run("manage.py", *command, stdout=subprocess.DEVNULL)

    def _run(self, *command, **kept):
        return subprocess.run([sys.executable, *command], cwd=ROOT, env=self.environment, check=True, **kept)


def address_of(name):
    """Where that database is on the server of DATABASE_URL; nothing where SQLite keeps the data."""
    server = os.environ.get("DATABASE_URL", "")
    return urlsplit(server)._replace(path=f"/{name}").geturl() if server.startswith("postgres") else ""


def on_server(statement):
    with closing(psycopg.connect(address_of("postgres"), autocommit=True)) as connection:
        connection.execute(statement)


def main(many, standing=None):
    scratch = Path(standing or tempfile.mkdtemp(dir=os.environ.get("BENCH_DIR")))
    sides = []
    try:
        for name, number in (("few", FEW), ("many", many)):
            sides.append(Side(scratch / name, number))
        rows = [*measured(many, *sides), sides[1].exported()]
    finally:
        for side in sides:
            side.stop()
        if standing is None:
            shutil.rmtree(scratch)
            for side in sides:
                side.drop()
    write("postgresql" if address_of("any") else "sqlite", many, rows)


def measured(many, few, all_of_them):
    rows = []
    for name in few.names:
        few.cost(name, 1), all_of_them.cost(name, 1)
        wanted = WANTED_OF_THE_WORKER if name in WORKER else WANTED
        what, beside = f"{name}, among {many:,}", f"among {FEW:,}"
        ours, theirs = partial(all_of_them.cost, name), partial(few.cost, name)
        rows.append(results.rounds_of(what, beside, wanted, ours, theirs, rounds=ROUNDS))
    return rows


def write(database, many, rows):
    head = [
        f"# The desk among {many:,} requests, beside {FEW:,} ({database})",
        "",
        "Written by `python bench/size.py`: medians of the rounds of one run (quartiles), both sides asked",
        "in turns, about 300 open requests and two months of times on each. No request is past its retention, so each",
        "is searched by name. Processor time, of PostgreSQL's process, too, where it keeps the data.",
        "",
        "The rows are those of `fill_requests`, written by its own code (`bench/filled.py`): the indexes of the three",
        "largest tables were built after them, and the database was analyzed. *A request* is the newest open one of",
        "each side, and those two are not alike: that row says that it is not slower, not that it is faster. The",
        "export runs in a process of its own.",
        "",
        "| what | beside | wanted | ratio |",
        "|---|---|---:|---:|",
    ]
    (results.PROOFS / f"scale-{database}.md").write_text("\n".join([*head, *map(str, rows), ""]))
    results.stop_if_missed(rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else int(os.environ.get("SIZE", MANY)), *sys.argv[2:3])
