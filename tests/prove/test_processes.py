"""`make run` ends with all that it started, however it is ended, and names its earlier run (3 minutes)."""

import os
import pty
import re
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.site import ROOT, RunningSite, free_port

pytestmark = pytest.mark.prove

PATIENCE = 180  # seconds; a start takes about ten
# What a site of its own shall not be given; the last are how `make prove ARGS=…` would hand its words on to `make run`.
LEFT_OUT = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "ARGS", "MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL")


class MakeRun:
    """`make run` in a terminal of its own, as somebody types it."""

    def __init__(self, folder, port):
        self.folder, self.port, self.said = folder, port, ""
        environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        environment |= {"DATA_DIR": str(folder), "PORT": str(port), "TERM": "dumb"}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execvpe("make", ["make", "run"], environment)

    def read(self, seconds=0.2):
        while self.terminal is not None and select.select([self.terminal], [], [], seconds)[0]:
            try:
                self.said += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:  # it has ended
                time.sleep(seconds)
                return

    def wait_until(self, holds):
        give_up = time.monotonic() + PATIENCE
        while not holds():
            self.read()
            assert time.monotonic() < give_up, self.said

    def serves(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def processes(self):
        """All that work on this folder, whoever their parent is."""
        mine = f"DATA_DIR={self.folder}\0".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*/environ"):
            try:
                state = (place.parent / "stat").read_text().rpartition(")")[2].split()[0]
                if mine in place.read_bytes() and state != "Z":
                    found.append(int(place.parent.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    def close_terminal(self):
        os.close(self.terminal)
        self.terminal = None

    def end(self):
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        if self.terminal is not None:
            self.close_terminal()
        os.waitpid(self.pid, os.WNOHANG)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder on which a run was before, so that each start is quick."""
    folder = tmp_path_factory.mktemp("run") / "data"
    with RunningSite(folder):
        pass
    return folder


@pytest.fixture
def run(prepared):
    started = MakeRun(prepared, free_port())
    started.wait_until(lambda: started.serves() or "Error" in started.said)
    assert started.serves(), started.said
    yield started
    started.end()


def press_ctrl_c(run):
    os.write(run.terminal, b"\x03")


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(press_ctrl_c, id="Ctrl-C"),
        pytest.param(lambda run: os.kill(run.pid, signal.SIGKILL), id="make killed"),
        pytest.param(MakeRun.close_terminal, id="the terminal closed"),
        pytest.param(lambda run: os.kill(run.processes()[1], signal.SIGKILL), id="what make started killed"),
    ],
)
def test_nothing_is_left_of_a_run_that_was_ended(run, end):
    assert len(run.processes()) >= 5  # make, its child, the web server and its two, the worker
    end(run)
    run.wait_until(lambda: not run.processes())
    again = MakeRun(run.folder, run.port)
    try:
        again.wait_until(again.serves)
    finally:
        again.end()


def test_ctrl_c_is_no_error_of_make(run):
    press_ctrl_c(run)
    run.wait_until(lambda: not run.processes())
    run.read()
    assert not re.search(r"\*\*\*|Error|Traceback", run.said), run.said


def test_a_second_run_is_told_of_the_first(run):
    second = MakeRun(run.folder, run.port)
    try:
        second.wait_until(lambda: "Error" in second.said)
        assert f"Port {run.port} is taken by an earlier run of this site (process " in second.said
        named = int(re.search(r"with: kill (\d+)", second.said)[1])
        assert named in run.processes()
    finally:
        os.close(second.terminal)
        os.waitpid(second.pid, 0)
    assert run.serves()
    subprocess.run(["kill", str(named)], check=True)
    run.wait_until(lambda: not run.processes())
