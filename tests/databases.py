"""
The databases of a run: one is made, with the shipped guide live, and all others are copies of it.

Each process has its copy, and a test that commits leaves a fresh one behind, so that tests can run in any order.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, connections

from tests.environment import PROCESS, RUN, SHARED

TEMPLATE = "template"
# The guide is live at whatever moment a test runs.
MAKE = """
import time_machine
from django.core.management import execute_from_command_line

time_machine.travel("2026-06-01T12:00:00Z").start()
for command in ("migrate", "load_guide"):
    execute_from_command_line(["manage.py", command, "--verbosity=0"])
"""
CONFIG = dict(settings.DATABASES["default"])  # as it is before tests are led elsewhere


def on_postgres():
    return connection.vendor == "postgresql"


def make_template():
    once_a_run("database", _make_template)


def once_a_run(name, make):
    """Have `make()` done by the first process that asks for it; the others wait for it."""
    with first_of_a_run(name) as is_first:
        if is_first:
            make()


@contextmanager
def first_of_a_run(name):
    """Whether this process is the first of the run to come here; the others wait until it has gone through."""
    SHARED.mkdir(parents=True, exist_ok=True)
    done = SHARED / f"{name}.done"
    with (SHARED / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            fcntl.flock(lock, fcntl.LOCK_UN)
            yield False
        else:
            yield True
            done.touch()


@contextmanager
def own_database():
    """Within this, the connection is to this process's copy, on which every test begins."""
    make_template()
    restore()
    yield
    connections.close_all()
    drop(PROCESS)


def restore():
    """Give this process a fresh copy, in place of one that a test has written to."""
    connections.close_all()
    copy(TEMPLATE, PROCESS)
    connection.settings_dict["NAME"] = place_of(PROCESS)


def copy(name, new):
    """Copy a database to which nobody is connected, over the one that has the new name."""
    if on_postgres():
        with server() as postgres:
            postgres.execute(f'DROP DATABASE IF EXISTS "{place_of(new)}" WITH (FORCE)')
            postgres.execute(f'CREATE DATABASE "{place_of(new)}" TEMPLATE "{place_of(name)}"')
            # No test cuts the server's power: a commit need not wait for the disk.
            postgres.execute(f'ALTER DATABASE "{place_of(new)}" SET synchronous_commit = off')
    else:  # into the file that is there: a connection that is left of a test would take a new one's journal with it
        with closing(sqlite3.connect(place_of(name))) as source, closing(sqlite3.connect(place_of(new))) as target:
            target.execute("PRAGMA synchronous = OFF")
            source.backup(target)


def drop(name):
    if on_postgres():
        with server() as postgres:
            postgres.execute(f'DROP DATABASE IF EXISTS "{place_of(name)}" WITH (FORCE)')
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{place_of(name)}{suffix}").unlink(missing_ok=True)


def drop_what_was_shared():
    """Remove from PostgreSQL what the processes of this run copied from; files go with the run's folder."""
    if on_postgres() and SHARED == RUN and (SHARED / "database.done").exists():
        for name in (TEMPLATE, "site"):
            drop(name)


def place_of(name):
    """What the database of that name is called in Django's settings."""
    if on_postgres():
        return f"test_{CONFIG['NAME']}_{name}"
    return str((SHARED if name == TEMPLATE else RUN) / f"{name}.sqlite3")


def address_of(place):
    """The same as an address for DATABASE_URL."""
    if not on_postgres():
        return f"sqlite:///{place}"
    password = f":{CONFIG['PASSWORD']}" if CONFIG["PASSWORD"] else ""
    return f"postgres://{CONFIG['USER']}{password}@{CONFIG['HOST']}:{CONFIG['PORT'] or 5432}/{place}"


def server():
    """A connection to PostgreSQL on which databases can be made."""
    return psycopg.connect(address_of("postgres"), autocommit=True)


def _make_template():
    drop(TEMPLATE)
    if on_postgres():
        with server() as postgres:
            postgres.execute(f'CREATE DATABASE "{place_of(TEMPLATE)}" TEMPLATE template0 ENCODING UTF8')
    # In a process of its own, as here a connection may be closed to tests that need no database.
    environment = os.environ | {"DATABASE_URL": address_of(place_of(TEMPLATE))}
    subprocess.run([sys.executable, "-c", MAKE], env=environment, stdout=subprocess.DEVNULL, check=True)
