"""
The whole site as `make run` runs it, on data and a port of its own, for tests that need real processes.

The first start of a run is on an empty folder; every site begins on a copy of what that made.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import redis
from django.conf import settings

from tests import databases
from tests.environment import PROCESS, SHARED

ROOT = Path(__file__).parent.parent
START_SECONDS = 180
WORKER_SECONDS = 240

# Two sites on one number would take each other's work from the queue. Redis has sixteen, and a test process has at most
# two sites at a time: that of all journeys, and one of a file's own.
_NTH_PROCESS = int(PROCESS.removeprefix("gw")) if PROCESS != "main" else 0
FREE_REDIS_NUMBERS = [10 + (2 * _NTH_PROCESS + nth) % 6 for nth in range(2)]

FOR_TESTS_ALONE = ("DATABASE_URL", "REDIS_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")
AS_SHIPPED = {"DJANGO_SETTINGS_MODULE": "clinic_site.settings"}
PREPARED = SHARED / "site"


MAKE_SESSIONS = """
import json
from django.test import Client
from clinic_site.models import StaffMember
from tests.signing_in import sign_in

made = {}
for member in StaffMember.objects.all():
    client = Client()
    sign_in(client, member)
    made[member.username] = client.cookies["staff"].value
print(json.dumps(made))
"""


class RunningSite:
    """
    Web server and worker under one parent. Use as a context manager.

    Runs on the database that the suite runs on: SQLite in its own folder, or a PostgreSQL database and Redis number of
    its own, which are gone afterwards. Its worker looks for work every two seconds and mail rests five, unless it is
    made with `**AS_SHIPPED`.
    """

    command = (sys.executable, "manage.py", "run_site")

    def __init__(self, data_dir, **environment):
        self.data_dir = Path(data_dir)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = self.data_dir / "site.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in FOR_TESTS_ALONE},
            "DEMO": "1",
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",  # its log is read while it runs
            "DJANGO_SETTINGS_MODULE": "tests.site_settings",
            **environment,
        }
        self.process = None
        self._sessions: dict[str, str] = {}

    def __enter__(self):
        databases.once_a_run("site", _prepare)
        shutil.copytree(PREPARED, self.data_dir, dirs_exist_ok=True)
        self._own_database()
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        self._drop_database()

    def start(self):
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self):
        """End it as Ctrl-C does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)

    def kill(self, only=""):
        """End processes of it with -9, as a power cut would: all of them, or those whose command has this in it."""
        for pid in self.pids():
            try:
                if only in Path(f"/proc/{pid}/cmdline").read_text():
                    os.kill(pid, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                continue
        if not only:
            self.process.wait()

    def pids(self):
        """The parent and all processes below it: they share its session."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == self.process.pid or int(fields[1]) in found:
                found.append(int(stat.parent.name))
        return found

    def manage(self, *arguments):
        """Run a command of manage.py on this site's data; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def staff(self, role):
        """How the demonstration account of a role signs in: password, totp and recovery_codes."""
        return json.loads((self.data_dir / "staff.json").read_text())[role]

    def session(self, role):
        """The cookie of a session of that role, made without the door: of each role one, for all tests of the site."""
        clock = self.data_dir / "clock_ahead"
        moment = clock.read_text() if clock.exists() else ""
        if self._sessions.get("made at") != moment:
            made = json.loads(self.manage("shell", "-v0", "-c", MAKE_SESSIONS))
            self._sessions = made | {"made at": moment}
        return {"name": settings.SESSION_COOKIE_NAME, "value": self._sessions[role], "url": self.url}

    def end_sessions(self):
        """Sign everybody out."""
        self.manage("shell", "-c", "from clinic_site.models import StaffSession; StaffSession.objects.all().delete()")
        self._sessions = {}

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def mails(self):
        return [mail.read_text() for mail in sorted((self.data_dir / "mail").glob("*.eml"))]

    def _wait_until_ready(self):
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            assert self.process.poll() is None, self.log
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError(f"not ready after {START_SECONDS} seconds:\n{self.log}")

    def _own_database(self, copy_of="site"):
        self.database_name = ""
        if databases.on_postgres():
            self.database_name = databases.place_of(f"site_{self.port}")
            databases.copy(copy_of, f"site_{self.port}")
            self.environment["DATABASE_URL"] = databases.address_of(self.database_name)
        if settings.REDIS_URL:
            self.redis_number = FREE_REDIS_NUMBERS.pop(0)
            self.environment["REDIS_URL"] = f"{settings.REDIS_URL.rpartition('/')[0]}/{self.redis_number}"
            redis.from_url(self.environment["REDIS_URL"]).flushdb()

    def _drop_database(self):
        if self.database_name:
            databases.drop(f"site_{self.port}")
        if settings.REDIS_URL:
            FREE_REDIS_NUMBERS.append(self.redis_number)

    def move_clock_to(self, moment):
        """From now on it is that moment on this site, and time passes from there."""
        ahead = (moment - datetime.now(UTC)).total_seconds()
        halfway = self.data_dir / "clock_ahead.new"
        halfway.write_text(str(ahead))
        halfway.replace(self.data_dir / "clock_ahead")


def wait_for(what):
    """
    Wait for what the worker does in its own time; returns what was found.

    As long as the promise allows: as shipped, a mail rests a minute, the lease of a worker that died ends after two,
    and the sweep comes once a minute.
    """
    give_up = time.monotonic() + WORKER_SECONDS
    while not (found := what()):
        assert time.monotonic() < give_up, "the worker did not get there"
        time.sleep(0.2)
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _prepare():
    """Start a site on an empty folder once, and stop it: what it made is in PREPARED and in the database 'site'."""
    databases.make_template()
    PREPARED.mkdir()
    for keys in ("secret_key", "field_keys"):
        shutil.copy(settings.DATA_DIR / keys, PREPARED)
    site = RunningSite(PREPARED)
    site._own_database(copy_of=databases.TEMPLATE)
    if not databases.on_postgres():
        shutil.copyfile(databases.place_of(databases.TEMPLATE), PREPARED / "db.sqlite3")
    site.start()
    site.stop()
    if databases.on_postgres():
        databases.copy(f"site_{site.port}", "site")
    site._drop_database()
