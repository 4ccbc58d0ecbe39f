"""
Loaded before Django's settings (pyproject.toml): tests run as a demonstration, on data of their own.

A run has a folder for what its processes share, and each process in it one for its data: nothing that a test writes is
seen by another process, and two runs at a time do not meet.
"""

import os
import shutil
from pathlib import Path

_asked_for = os.environ.get("DATA_DIR") or str(Path(__file__).parent.parent / "var" / "tests")
BASE = Path(os.environ.setdefault("TEST_BASE", _asked_for))
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
if PROCESS == "main":
    os.environ["TEST_RUN"] = str(BASE / f"run-{os.getpid()}")  # which those that it starts to share the work inherit
RUN = Path(os.environ["TEST_RUN"])
# What is made once and copied. A run that a test starts takes it from the run around it.
SHARED = Path(os.environ.setdefault("TEST_SHARED", str(RUN)))
STATIC = BASE / "static"

os.environ["DEMO"] = "1"
os.environ["DATA_DIR"] = str(RUN / PROCESS)

# The browser's driver leaves an event loop running in the thread of the tests; Django would take them for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def clear_up():
    """Remove the folder of this run, if this is its first process, and of runs that were killed."""
    for folder in BASE.glob("run-*"):
        process = folder.name.removeprefix("run-")
        if process == str(os.getpid()) or not Path(f"/proc/{process}").exists():
            shutil.rmtree(folder, ignore_errors=True)
