import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clinic_site.own_run import OwnRun
from tests.site import ROOT

CHILD = """
import os, pathlib, sys, time
from clinic_site.processes import end_with_starter
end_with_starter()
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""
STARTER = """
import signal, sys
from pathlib import Path
from clinic_site.processes import run_together
code, folder, parent, hangup = sys.argv[1:5]
signal.signal(signal.SIGHUP, signal.Handlers[hangup])  # as its shell or nohup left it, whatever these tests run under
children = [[sys.executable, "-c", code, f"{folder}/{name}"] for name in ("web", "worker")]
sys.exit(run_together(children, Path("."), with_parent=bool(parent)))
"""
# Starts the starter and waits for it, as make does.
PARENT = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]])"
PATIENCE = 60  # seconds; it takes a fraction of one


def wait_until(holds):
    give_up = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < give_up
        time.sleep(0.02)
    return found


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Run:
    """A starter with two children, and all their numbers."""

    def __init__(self, folder, parent="", hangup="SIG_DFL", stdin=None):
        through = ["-c", PARENT] if parent else []
        command = [sys.executable, *through, "-c", STARTER, CHILD, str(folder), parent, hangup]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=stdin)
        self.children = [self._number(folder / name) for name in ("web", "worker")]

    def _number(self, path):
        return int(wait_until(lambda: path.exists() and path.read_text()))

    def all_gone(self):
        return wait_until(lambda: not any(map(is_there, self.children)))

    def end(self):
        for pid in [self.process.pid, *self.children]:
            if is_there(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start(tmp_path):
    runs = []

    def started(**options):
        runs.append(Run(tmp_path, **options))
        return runs[-1]

    yield started
    for run in runs:
        run.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_asks_it_to_end_ends_all_and_is_no_error(start, number):
    run = start()
    run.process.send_signal(number)
    assert (run.process.wait(PATIENCE), run.all_gone()) == (0, True)


def test_one_that_nohup_started_outlives_its_terminal(start):
    run = start(hangup="SIG_IGN")
    run.process.send_signal(signal.SIGHUP)
    os.kill(run.children[0], signal.SIGKILL)
    assert run.process.wait(PATIENCE) != 0  # it ended as one of them had; a hangup would have been no error


def test_nothing_outlives_a_starter_that_was_killed(start):
    run = start()
    run.process.kill()
    assert run.all_gone()


def test_nothing_outlives_the_parent_that_make_is(start):
    run = start(parent="make")
    run.process.kill()
    assert run.all_gone()


def test_nothing_outlives_the_terminal_in_which_make_stands_alone(start):
    ours, theirs = pty.openpty()
    run = start(parent="make", stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert run.all_gone()


def test_where_one_ends_by_itself_all_end_and_that_is_an_error(start):
    run = start()
    os.kill(run.children[0], signal.SIGKILL)
    assert run.process.wait(PATIENCE) not in (0, None)
    assert run.all_gone()


def test_a_run_that_lives_is_named_with_its_port(tmp_path):
    with OwnRun(tmp_path / "run") as first, OwnRun(tmp_path / "run") as second:
        first.begin(1234, 8000)
        assert second.earlier() == (1234, 8000, True)


def test_a_run_that_was_killed_is_known_to_be_gone(tmp_path):
    (tmp_path / "run").write_text("1234 8000\n")  # and nobody holds it
    with OwnRun(tmp_path / "run") as own_run:
        assert own_run.earlier() == (1234, 8000, False)


@pytest.mark.parametrize("left", ["", "half a li", "1234"])
def test_a_run_that_ended_in_good_order_leaves_nobody_to_name(tmp_path, left):
    (tmp_path / "run").write_text(left)
    with OwnRun(tmp_path / "run") as own_run:
        assert own_run.earlier() is None
        own_run.begin(1234, 8000)
    with OwnRun(tmp_path / "run") as later:
        assert later.earlier() is None


def test_a_second_run_takes_no_name_from_the_first(tmp_path):
    with OwnRun(tmp_path / "run") as first:
        first.begin(1234, 8000)
        with OwnRun(tmp_path / "run") as second:
            second.begin(5678, 8001)
        with OwnRun(tmp_path / "run") as third:
            assert third.earlier() == (1234, 8000, True)
