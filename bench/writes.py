"""
How many requests the site takes a second over HTTP, beside how often the bare database commits one row on that disk.

Eight clients send whole forms, each its own, to gunicorn as it is shipped (two workers of four threads), on SQLite that
waits for the disk at each commit; the worker, which sends mail, does not run. Both sides in turns, by the clock.
BENCH_DIR names a folder on the disk that is asked, else that of var/.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench import results  # noqa: E402 - needs the path above

CLIENTS, ROUNDS = 8, 5
SENT, COMMITTED = 400, 2000  # a round
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
ROW = "x" * 600  # bytes, as many as a request has without its keys and lines
# No limit stands in the way, and each form was opened a minute ago.
PREPARE = """
from clinic_site.models import Limits
Limits(from_source=10**6, from_source_a_day=10**6, in_all_an_hour=10**6).save()
"""
TOKENS = """
from datetime import timedelta
from django.utils import timezone
from booking.patient.form_token import new_form_token
for _number in range({number}):
    print(new_form_token(timezone.now() - timedelta(minutes=1)))
"""


class Site:
    """The web server on data of its own."""

    def __init__(self, data):
        self.data, self.taken = data, 0
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {"DEMO": "1", "DATA_DIR": str(data), "PORT": str(self.port)}
        for command in (
            ["migrate", "-v0"],
            ["load_guide"],
            ["open_sample_times"],
            ["collectstatic", "-v0", "--no-input"],
        ):
            self.manage(*command)
        self.manage("shell", "-v0", "-c", PREPARE)
        self.forms = self._forms(SENT * ROUNDS + CLIENTS)
        command = [sys.executable, "-m", "gunicorn", "-c", "clinic_site/gunicorn.conf.py"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL)
        self._wait()
        self.rate(CLIENTS)  # what is made once

    def manage(self, *command):
        command = [sys.executable, "manage.py", *command]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    def _forms(self, number):
        """So many forms, filled in, as they go over the line."""
        return [self._filled_in(*each) for each in enumerate(self.manage(*self._shell(number)).split())]

    @staticmethod
    def _shell(number):
        return "shell", "-v0", "-c", TOKENS.format(number=number)

    def _filled_in(self, number, token):
        body = urlencode(
            {
                "name": f"Amira Haddad {number}",
                "contact_by": "email",
                "email": f"amira.{number}@patient.example",
                "phone": f"586555{number:04}",
                "concern": "Old acne marks on both cheeks.",
                "benefit": "scars",
                "treatment": "microneedling",
                "windows": "tue-am",
                "consent": "on",
                "form_token": token,
            }
        )
        head = f"POST /consultation/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode()

    def _wait(self):
        for _try in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("the site does not answer")

    def rate(self, number=SENT):
        """Requests that are taken a second, sent by all clients at once."""
        forms, self.forms = self.forms[:number], self.forms[number:]
        refused = []
        clients = [Thread(target=self._send, args=[forms[client::CLIENTS], refused]) for client in range(CLIENTS)]
        began = time.perf_counter()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        taken = time.perf_counter() - began
        self.taken += number
        if refused or self._kept() != self.taken:
            raise SystemExit(f"{self._kept()} of {self.taken} requests are kept: {refused[:1]}")
        return number / taken

    def _send(self, forms, refused):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                answers = connection.makefile("rb")
                for form in forms:
                    connection.sendall(form)
                    status, length = answers.readline(), 0
                    while (line := answers.readline().lower()) not in (b"\r\n", b""):
                        length = int(line.split()[1]) if line.startswith(b"content-length:") else length
                    answers.read(length)
                    if b" 303 " not in status:
                        refused.append(status)
        except OSError as error:
            refused.append(error)

    def _kept(self):
        """How many requests there are that nobody suspects."""
        with closing(sqlite3.connect(self.data / "db.sqlite3")) as database:
            kept = "SELECT count(*) FROM booking_consultationrequest WHERE suspicions = '[]'"
            return database.execute(kept).fetchone()[0]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


def bare_rate(folder):
    """Commits of one row a second, by one connection that does nothing else."""
    with closing(sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)) as database:
        database.executescript(f"{PRAGMAS} CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, row TEXT);")
        began = time.perf_counter()
        for _commit in range(COMMITTED):
            database.execute("INSERT INTO bare (row) VALUES (?)", [ROW])
        return COMMITTED / (time.perf_counter() - began)


def main():
    place = os.environ.get("BENCH_DIR") or ROOT / "var"
    Path(place).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        site, ratios = Site(Path(scratch) / "site"), []
        try:
            for _round in range(ROUNDS):
                bare, ours = bare_rate(Path(scratch)), site.rate()
                print(f"{ours:.0f} requests a second, {bare:.0f} bare commits", flush=True)
                ratios.append(ours / bare)
        finally:
            site.stop()
    row = results.Row("requests a second over HTTP, 8 clients", "bare commits of one row", "≥ 0.03", ratios)
    print(row)
    results.keep("writes", [row])


if __name__ == "__main__":
    main()
