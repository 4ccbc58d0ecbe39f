"""The whole site as `make run` runs it, on data and a port of its own, for tests that need real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import redis
from django.conf import settings

ROOT = Path(__file__).parent.parent
START_SECONDS = 180
WORKER_SECONDS = 240

# Two sites on one number would take each other's work from the queue. Redis has sixteen: three for each test process.
_TEST_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
FREE_REDIS_NUMBERS = [10 + (3 * _TEST_PROCESS + nth) % 6 for nth in range(3)]


class RunningSite:
    """
    Web server and worker under one parent. Use as a context manager.

    Runs on the database that the suite runs on: SQLite in its own folder, or a PostgreSQL database and Redis number of
    its own, which are gone afterwards.
    """

    def __init__(self, data_dir, **environment):
        self.data_dir = Path(data_dir)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = self.data_dir / "site.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            "DEMO": "1",
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            **environment,
        }
        self.process = None

    def __enter__(self):
        self._own_database()
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        self._drop_database()

    def start(self):
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run_site"],
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
            self.process.wait(timeout=30)

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
        """The demonstration password of a role."""
        return json.loads((self.data_dir / "staff.json").read_text())[role]["password"]

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

    def _own_database(self):
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.database_name = ""
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
            self.database_name = f"site_{os.getpid()}_{self.port}"
            with _postgres() as connection:
                connection.execute(f"CREATE DATABASE {self.database_name}")
            self.environment["DATABASE_URL"] = _postgres_url(self.database_name)
        if settings.REDIS_URL:
            self.redis_number = FREE_REDIS_NUMBERS.pop(0)
            self.environment["REDIS_URL"] = f"{settings.REDIS_URL.rpartition('/')[0]}/{self.redis_number}"
            redis.from_url(self.environment["REDIS_URL"]).flushdb()

    def _drop_database(self):
        if self.database_name:
            with _postgres() as connection:
                connection.execute(f"DROP DATABASE {self.database_name} WITH (FORCE)")
        if settings.REDIS_URL:
            FREE_REDIS_NUMBERS.append(self.redis_number)


def wait_for(what):
    """
    Wait for what the worker does in its own time; returns what was found.

    As long as the promise allows: a mail rests a minute, the lease of a worker that died ends after two, and the sweep
    comes once a minute.
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


def _postgres():
    return psycopg.connect(_postgres_url("postgres"), autocommit=True)


def _postgres_url(name):
    config = settings.DATABASES["default"]
    password = f":{config['PASSWORD']}" if config["PASSWORD"] else ""
    return f"postgres://{config['USER']}{password}@{config['HOST']}:{config['PORT'] or 5432}/{name}"
