"""Processes that belong together: none of them outlives the one that started them, however that ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

WEB = (sys.executable, "-m", "gunicorn", "-c", "clinic_site/gunicorn.conf.py", "clinic_site.wsgi")
WORKER = (sys.executable, "manage.py", "run_worker")

LIFELINE = "LIFELINE"  # the variable that names a pipe: nothing is written to it, and it closes with whoever made it
STDIN = 0
LOOK_EVERY = 0.2  # seconds
END_WITHIN = 25  # seconds; a request that is being answered has 15 of them


def run_together(commands: Sequence[Sequence[str]], folder: Path, with_parent=False) -> int:
    """
    Run commands in that folder until one of them ends, or until SIGINT, SIGTERM or SIGHUP; then end them all. A signal
    that was ignored when this process began stays so: started by `nohup`, it outlives its terminal.

    With `with_parent` they end, too, when the process that started this one is gone, or the terminal it was started in:
    make, where it has a terminal to itself, only waits then. Returns 0 where it was asked to end, else the code of the
    command that ended by itself (1 where that says all was well: it should have gone on).
    """
    asked = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_signal: asked.set())
    parent, has_terminal = os.getppid(), os.isatty(STDIN)
    lifeline, ours = os.pipe()
    # A group of their own: what the terminal sends comes to this process alone, which ends them in good order.
    running = [
        subprocess.Popen(
            command, cwd=folder, env=os.environ | {LIFELINE: str(lifeline)}, pass_fds=[lifeline], process_group=0
        )
        for command in commands
    ]
    os.close(lifeline)
    try:
        while not asked.wait(LOOK_EVERY):
            if with_parent and (os.getppid() != parent or (has_terminal and not os.isatty(STDIN))):
                return 0
            if ended := [process for process in running if process.poll() is not None]:
                return ended[0].returncode or 1
        return 0
    finally:
        _end(running)
        os.close(ours)


def _end(running):
    for process in running:
        process.terminate()
    give_up = time.monotonic() + END_WITHIN
    for process in running:
        try:
            process.wait(max(0, give_up - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def end_with_starter():
    """In a process that `run_together` started: end as on SIGTERM when the starter is gone. Elsewhere, nothing."""
    if lifeline := os.environ.get(LIFELINE):
        Thread(target=_wait_for_the_end, args=[int(lifeline)], name="lifeline", daemon=True).start()


def _wait_for_the_end(lifeline):
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
