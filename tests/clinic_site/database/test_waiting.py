"""Waiting for SQLite's write lock, which another program holds."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from booking.models import LinkLookup
from clinic_site.database import waiting
from clinic_site.database.waiting import Writers, writers
from clinic_site.security.sources import count_from
from tests.locking import only_sqlite, write_lock_taken
from tests.site import ROOT

pytestmark = [only_sqlite, pytest.mark.usefixtures("committed")]

MODULE_OF_THE_WEB, COMMAND = "import clinic_site.wsgi", "import django; django.setup()"


@pytest.fixture
def as_the_web(monkeypatch):
    monkeypatch.setattr(writers, "seconds", 2)
    monkeypatch.setattr(writers, "most", 2)
    monkeypatch.setattr(writers, "_seen_taken", 0.0)  # by another test


def write(number=0):
    """One write; returns whether it was done, and after how many seconds."""
    began = time.monotonic()
    try:
        LinkLookup.objects.create(email=f"{number}@patient.example")
        done = True
    except OperationalError:
        done = False
    finally:
        connections.close_all()
    return done, time.monotonic() - began


def write_in_transaction(number=0):
    with transaction.atomic():
        return write_here(number)


def write_here(number):
    LinkLookup.objects.create(email=f"{number}@patient.example")
    return True


def write_at_once(people):
    with ThreadPoolExecutor(people) as threads:
        return sorted(threads.map(write, range(people)), key=lambda result: result[1])


@pytest.mark.parametrize("act", [write_in_transaction, write_here])
def test_a_writer_gets_the_lock_when_it_is_free_again(act):
    with write_lock_taken(seconds=0.4) as began:
        assert act(1)
        assert 0.4 <= time.monotonic() - began < 2


@pytest.mark.usefixtures("as_the_web")
def test_the_web_waits_two_seconds():
    with write_lock_taken():
        done, seconds = write()
    assert not done and 2 <= seconds < 4
    assert not LinkLookup.objects.exists()


@pytest.mark.usefixtures("as_the_web")
def test_two_writers_wait_and_the_others_are_told_after_a_moment(monkeypatch):
    monkeypatch.setattr(writers, "seconds", 4)  # so that a busy machine's second is not taken for waiting
    with write_lock_taken():
        results = write_at_once(4)
    assert [done for done, _seconds in results] == [False] * 4
    seconds = [seconds for _done, seconds in results]
    assert max(seconds[:2]) < 3 < 4 <= min(seconds[2:])


@pytest.mark.usefixtures("as_the_web")
def test_who_comes_while_two_are_waiting_is_told_at_once(monkeypatch):
    monkeypatch.setattr(waiting, "MOMENT", 2)
    monkeypatch.setattr(writers, "seconds", 20)
    with ThreadPoolExecutor(2) as threads, write_lock_taken():
        two = [threads.submit(write, number) for number in range(2)]
        time.sleep(3)
        done, seconds = write(3)
        assert not done and seconds < 1.5
        assert not any(future.done() for future in two)


@pytest.mark.usefixtures("as_the_web")
def test_a_burst_of_writers_is_not_refused_while_each_takes_a_moment(monkeypatch):
    monkeypatch.setattr(waiting, "MOMENT", 3)  # a busy machine takes longer
    monkeypatch.setattr(writers, "seconds", 6)
    with write_lock_taken(seconds=0.3):
        results = write_at_once(8)
    assert [done for done, _seconds in results] == [True] * 8


@pytest.mark.usefixtures("as_the_web")
def test_readers_do_not_wait():
    with write_lock_taken() as began:
        assert not LinkLookup.objects.exists()
        assert time.monotonic() - began < 1


@pytest.mark.usefixtures("as_the_web")
def test_a_count_stands_outside_the_lock():
    with write_lock_taken() as began:
        assert [count_from("a", "x", 24 * 3600) for _time in range(3)] == [1, 2, 3]
        assert time.monotonic() - began < 1


@pytest.mark.usefixtures("as_the_web")
def test_nobody_stands_still_who_frees_a_cursor_of_a_connection_that_waits():
    def wait_with_a_cursor_around():
        cursors.append(connection.connection.cursor() if connection.connection else connection.cursor().cursor)
        cursors[0].execute("SELECT 1 UNION SELECT 2")
        return write()

    cursors = []
    with write_lock_taken(), ThreadPoolExecutor(1) as threads:
        other = threads.submit(wait_with_a_cursor_around)
        time.sleep(0.7)
        began = time.monotonic()
        cursors.clear()
        assert time.monotonic() - began < 1
        assert not other.done()


def test_what_is_wrong_in_another_way_is_not_tried_again():
    tries = []

    def act():
        tries.append(1)
        raise ValueError

    with pytest.raises(ValueError):
        Writers().wait_for(act, lambda error: isinstance(error, OSError))
    assert len(tries) == 1


@pytest.mark.parametrize(("begins_with", "waits"), [(MODULE_OF_THE_WEB, "2 2"), (COMMAND, "20 None")])
def test_what_starts_the_process_says_how_long_it_waits(tmp_path, begins_with, waits):
    code = f"{begins_with}; from clinic_site.database.waiting import writers; print(writers.seconds, writers.most)"
    variables = os.environ | {"DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, capture_output=True, text=True)
    assert done.stdout.strip() == waits, done.stderr
