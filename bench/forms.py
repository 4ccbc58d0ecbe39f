"""
What the request form costs, beside the form of an earlier commit: both asked in turns, on copies of the same data.

Each side is a process of its own that answers without a web server, so that the form alone is measured, by processor
time. Ratios are medians of the rounds, with their quartiles.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import date, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench import results  # noqa: E402 - needs the path above

BEFORE = "dadc4b2"
ROUNDS, ASKED = 9, 20

SERVE = """
import os, sys, time
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic_site.settings"
import django
django.setup()
import logging
logging.disable(logging.CRITICAL)
from django.test import Client
from booking.models import ConsultationRequest
client = Client(HTTP_HOST="127.0.0.1")
private = "/" + ConsultationRequest.objects.earliest("pk").private_url.split("/", 3)[3]
day = sys.argv[1]
typed = {"name": "Rosa", "phone": "586 555 0100", "benefit": "scars", "show_day": day}
asks = {
    "day": lambda: client.get("/consultation/?treatment=microneedling&benefit=scars&day=" + day),
    "show_day": lambda: client.post("/consultation/", typed),
    "get": lambda: client.get("/consultation/?treatment=microneedling&benefit=scars"),
    "422": lambda: client.post("/consultation/", {"name": "", "email": "x", "benefit": "scars"}),
    "search": lambda: client.get("/search/?q=scar"),
    "find": lambda: client.get("/consultation/find/"),
    "private": lambda: client.get(private),
}
for line in sys.stdin:
    what, times = line.split()
    began = time.process_time()
    for _time in range(int(times)):
        asks[what]()
    print(time.process_time() - began, flush=True)
"""
# What the form costs once the clinic has opened two months of four clinicians, beside the list of 186 times before.
OPEN_TWO_MONTHS = """
from datetime import time, timedelta
from django.utils.timezone import localdate
from booking.models import Clinician
from booking.schedule.publishing import Pattern, publish
clinicians = tuple(Clinician.objects.create(name=f"Dr. Bench {nth}") for nth in range(4))
first = localdate() + timedelta(days=1)
publish(Pattern(clinicians, first, first + timedelta(days=61), frozenset(range(7)), time(8), time(17), 20))
"""
# What is asked now, and what before, its name, its bar. Before, a form had all times in it, opened or refused.
WITH_MANY = [
    ("get", "get", "the form, opened, two months of four clinicians", "≤ 1.0"),
    ("422", "422", "the form, refused (422), two months of four clinicians", "≤ 1.0"),
    ("day", "get", "a day of two months of four clinicians opened, nothing typed", "≤ 1.0"),
    ("show_day", "get", "a day of two months of four clinicians opened, the form filled", "≤ 1.0"),
]
ASKS = [
    ("get", "get", "the form, opened", "≤ 0.5"),
    ("422", "422", "the form, refused (422)", "≤ 0.5"),
    ("search", "search", "search", ""),
    ("find", "find", "'send me my link again', opened", ""),
    ("private", "private", "the private page", ""),
]
A_DAY = str(date.today() + timedelta(days=20))  # among the two months, after those of the demonstration


class Side:
    """The site as it is in a folder, on data of its own."""

    def __init__(self, folder, data):
        environment = os.environ | {"DEMO": "1", "DATA_DIR": str(data)}
        command = [sys.executable, "-c", SERVE, A_DAY]
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def cost(self, what, times=ASKED):
        """Processor seconds of so many answers."""
        self.process.stdin.write(f"{what} {times}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def set_up(folder, data):
    """A demonstration on the code of that folder."""
    for command in (
        "migrate -v0",
        "load_guide",
        "open_sample_times",
        "fill_requests 20",
        "collectstatic -v0 --no-input",
    ):
        manage(folder, data, *command.split())


def manage(folder, data, *command):
    """A command of the code of that folder on that data."""
    environment = os.environ | {"DEMO": "1", "DATA_DIR": str(data)}
    command = [sys.executable, "manage.py", *command]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        before, data = Path(scratch) / "before", Path(scratch) / "data"
        archive = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(before, filter="data")
        set_up(before, data)
        shutil.copytree(data, Path(scratch) / "data-now")
        data_now, data_of_many = Path(scratch) / "data-now", Path(scratch) / "data-of-many"
        set_up(ROOT, data_now)
        shutil.copytree(data_now, data_of_many)
        manage(ROOT, data_of_many, "shell", "-v0", "-c", OPEN_TWO_MONTHS)
        earlier, now, with_many = Side(before, data), Side(ROOT, data_now), Side(ROOT, data_of_many)
        try:
            rows = compare(ASKS, now, earlier) + compare(WITH_MANY, with_many, earlier)
        finally:
            earlier.stop()
            now.stop()
            with_many.stop()
    results.keep("forms", rows)


def compare(asks, now, earlier):
    """A row for each question: what it costs now beside what it cost before."""
    rows = []
    for what, asked_before, name, wanted in asks:
        earlier.cost(asked_before, 3), now.cost(what, 3)
        ask = partial(earlier.cost, asked_before)
        rows.append(results.rounds_of(name, "before", wanted, partial(now.cost, what), ask, rounds=ROUNDS))
    return rows


if __name__ == "__main__":
    main()
