"""
What the desk's screens cost among many requests, beside what they cost among a thousand: asked in turns.

`python bench/size.py` compares 1,000 with 100,000; another size is given as its argument (1000000 takes an hour and
4 GB), and after it a folder with the data of two sites that stand already, `few` and `many`, which stay. With
DATABASE_URL of a PostgreSQL server, two databases are made there, and dropped at the end.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402 - needs the path above

from bench import results  # noqa: E402

FEW, MANY = 1000, 100_000
ROUNDS, ASKED = int(os.environ.get("ROUNDS", "7")), 3
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

    def __init__(self, folder, number, database):
        self.environment = os.environ | {"DEMO": "1", "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
        if database:
            self.environment["DATABASE_URL"] = database
        if database or not folder.exists():
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

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def _fill(self, number):
        for command in (["migrate", "-v0"], ["load_guide"], ["collectstatic", "-v0", "--no-input"]):
            self._manage(*command)
        self._manage("shell", "-v0", "-c", PREPARE)
        print(f"Filling with {number:,} requests…", flush=True)
        self._manage("fill_requests", str(number))

    def _manage(self, *command):
        command = [sys.executable, "manage.py", *command]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)


def databases(names):
    """Addresses of two databases: made on the server of DATABASE_URL, or empty where SQLite keeps the data."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return ["", ""]
    on_server(server, *(f'CREATE DATABASE "{name}"' for name in names))
    return [urlsplit(server)._replace(path=f"/{name}").geturl() for name in names]


def on_server(server, *statements):
    with closing(psycopg.connect(urlsplit(server)._replace(path="/postgres").geturl(), autocommit=True)) as connection:
        for statement in statements:
            connection.execute(statement)


def main(many, standing=None):
    names = [f"bench_size_{os.getpid()}_{number}" for number in ("few", "many")]
    scratch = Path(standing or tempfile.mkdtemp(dir=os.environ.get("BENCH_DIR")))
    addresses = databases(names)
    few = all_of_them = None
    try:
        few = Side(scratch / "few", FEW, addresses[0])
        all_of_them = Side(scratch / "many", many, addresses[1])
        rows = []
        for name in few.names:
            few.cost(name, 1), all_of_them.cost(name, 1)
            wanted = WANTED_OF_THE_WORKER if name in WORKER else WANTED
            what, beside = f"{name}, among {many:,}", f"among {FEW:,}"
            ours, theirs = partial(all_of_them.cost, name), partial(few.cost, name)
            rows.append(results.rounds_of(what, beside, wanted, ours, theirs, rounds=ROUNDS))
    finally:
        for side in filter(None, (few, all_of_them)):
            side.stop()
        if standing is None:
            shutil.rmtree(scratch)
        if addresses[0]:
            on_server(os.environ["DATABASE_URL"], *(f'DROP DATABASE "{name}" WITH (FORCE)' for name in names))
    write("postgresql" if addresses[0] else "sqlite", many, rows)


def write(database, many, rows):
    head = [
        f"# The desk among {many:,} requests, beside {FEW:,} ({database})",
        "",
        "Written by `python bench/size.py`: medians of the rounds of one run (smallest to largest), both sides asked",
        "in turns, about 300 open requests and two months of times on each. No request is past its retention, so each",
        "is searched by name. Processor time on SQLite, the clock's on PostgreSQL.",
        "",
        "| what | beside | wanted | ratio |",
        "|---|---|---:|---:|",
    ]
    (results.PROOFS / f"scale-{database}.md").write_text("\n".join([*head, *map(str, rows), ""]))
    results.stop_if_missed(rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else int(os.environ.get("SIZE", MANY)), *sys.argv[2:3])
