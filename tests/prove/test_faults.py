"""Processes killed, a full disk, wrong clocks, mail in trouble: who saw what, who was told (10 minutes)."""

import os
import signal
import time
from collections import Counter

import pytest

from tests.prove.deployment import TRY_AGAIN, WORKER, Deployment, SmallDisk, web_processes
from tests.site import ROOT, wait_for

pytestmark = pytest.mark.prove

SENT = 5  # requests in each case
TABLE = ROOT / "docs" / "proofs" / "faults.md"


def shown(answers):
    return ", ".join(f"{number} × {what}" for what, number in sorted(Counter(what for _to, what in answers).items()))


class Case:
    """One fault on one deployment: `between` breaks and mends; this asks, waits and writes the row."""

    def __init__(self, site, name, check=None, ready=True):
        self.site, self.name, self.check, self.ready = site, name, check, ready
        self.since, self.answers, self.how_it_ended = site.so_far(), [], "by itself"

    def send(self, number=SENT):
        self.answers += self.site.send(number)

    def wait_until_told(self):
        wait_for(lambda: self.check in self.site.told(self.since, "began")[0])
        assert self.site.is_ready() == self.ready, self.name

    def end(self):
        """All is over, everybody acknowledged is there, and what was owed has left."""
        if self.check:
            wait_for(lambda: self.check in self.site.told(self.since, "ended")[0])
            wait_for(lambda: self.check in self.site.told(self.since, "ended")[1])
        wait_for(self.site.is_ready)
        wait_for(self._outbox_is_empty)
        kept = self.site.asked()["kept"]
        acknowledged = [email for email, what in self.answers if what == "received"]
        assert set(acknowledged) <= set(kept) and len(kept) == len(set(kept)), self.name
        told = [sorted(names) for names in self.site.told(self.since, "began")]
        ended = [sorted(names) for names in self.site.told(self.since, "ended")]
        expected = [self.check] if self.check else []
        assert told == ended == [expected, expected], (self.name, told, ended)
        ready = "yes" if self.ready else "no"
        level = f"{self.check}: once by ALERT_URL, once by mail" if self.check else "nobody"
        return (
            f"| {self.name} | {len(acknowledged)}, {len(acknowledged)} | {shown(self.answers)} | {ready} | {level} | "
            f"{self.how_it_ended} |"
        )

    def _outbox_is_empty(self):
        self.site.move_clock_by(minutes=2)  # the next try of what failed
        time.sleep(3)
        return self.site.asked()["waiting"] == 0


def web_worker_killed(site):
    case = Case(site, "one process of the web server killed")
    os.kill(web_processes(site)[0], signal.SIGKILL)
    case.send()
    wait_for(lambda: len(web_processes(site)) == 2)
    return case.end()


def web_killed(site):
    case = Case(site, "the whole web server killed, and started again")
    site.stop_one("web", signal.SIGKILL)
    case.send()
    pings = len(site.hook.pings)
    wait_for(lambda: len(site.hook.pings) > pings)  # the worker goes on
    site.start_one("web", ["-m", "gunicorn", "-c", "clinic_site/gunicorn.conf.py"])
    site.wait_until_ready()
    case.send()
    case.how_it_ended = "with its start"
    return case.end()


def worker_killed(site):
    case = Case(site, "the worker killed, and started again", "worker", ready=False)
    site.stop_one("worker", signal.SIGKILL)
    pings = len(site.hook.pings)
    case.send()
    site.move_clock_by(minutes=4)
    case.wait_until_told()
    assert len(site.hook.pings) == pings  # silence, which a watchdog hears
    site.start_one("worker", WORKER)
    case.how_it_ended = "with its start; WATCHDOG_URL heard nothing meanwhile"
    return case.end()


def mail_in_trouble(name, begin, mend):
    def run(site):
        case = Case(site, f"mail server {name}", "mail failing")
        begin(site)
        case.send()
        case.wait_until_told()
        mend(site)
        return case.end()

    return run


def refuse(site):
    site.box.refusal = "451 4.3.0 try again later"


def take(site):
    site.box.refusal, site.box.slow, site.box.drops = "", 0, ""


def be_slow(site):
    site.box.slow = 8


def drop(site):
    site.box.drops = "before"


def mail_gone_for_a_day(site):
    case = Case(site, "mail server gone for a day", "mail given up")
    site.stop_mail()
    case.send()
    for _hour in range(24):
        site.move_clock_by(hours=1)
        time.sleep(5)
    wait_for(lambda: "mail given up" in site.told(case.since, "began")[0])
    site.start_mail()
    site.manage("shell", "-v0", "-c", TRY_AGAIN)
    for _hour in range(40):  # word that no mail could carry follows at its next try, and by each way all is over
        began, ended = site.told(case.since, "began"), site.told(case.since, "ended")
        if sorted(began[0]) == sorted(ended[0]) == sorted(began[1]) == sorted(ended[1]):
            break
        site.move_clock_by(hours=1)
        time.sleep(10)
    wait_for(case._outbox_is_empty)
    kept = site.asked()["kept"]
    assert {email for email, _what in case.answers} <= set(kept)
    began, ended = site.told(case.since, "began"), site.told(case.since, "ended")
    assert [sorted(names) for names in began] == [sorted(names) for names in ended]
    names = " and ".join(sorted(set(began[0])))
    return (
        f"| {case.name} | {SENT}, {SENT} | {shown(case.answers)} | yes | {names}: once by ALERT_URL at once, once by "
        "mail when it was back | with a click on 'Try all again' |"
    )


def clock_of_worker(days, check, ready):
    def run(site):
        case = Case(site, f"the worker's clock {days:+d} days", check, ready)
        site.stop_one("worker")
        site.move_clock_by(seconds=0)
        usual = float((site.data_dir / "clock_ahead").read_text())
        own = site.data_dir / "own_clock"
        own.write_text(str(usual + days * 24 * 3600))
        site.start_one("worker", WORKER, OWN_CLOCK=str(own))
        case.send()
        case.wait_until_told()
        site.stop_one("worker")
        site.start_one("worker", WORKER)
        case.how_it_ended = "with the clock"
        return case.end()

    return run


def two_workers(site):
    case = Case(site, "two workers, and a mail server that refuses", "mail failing")
    site.start_one("second", WORKER)
    refuse(site)
    case.send(20)
    case.wait_until_told()
    take(site)
    row = case.end()
    site.stop_one("second")
    numbers = [mail["Message-ID"] for mail in site.box.messages]
    assert len(numbers) == len(set(numbers))
    return row


def disk_full(site):
    case = Case(site, "disk full", "disk")
    site.disk.fill(but=0.08)
    case.wait_until_told()
    site.disk.fill()
    case.send()
    time.sleep(10)
    site.disk.free()
    case.send()
    case.how_it_ended = "with room"
    return case.end()


CASES = [
    web_worker_killed,
    web_killed,
    worker_killed,
    mail_in_trouble("refuses", refuse, take),
    mail_in_trouble("slow", be_slow, take),
    mail_in_trouble("hangs up", drop, take),
    two_workers,
    clock_of_worker(2, "clock", True),
    clock_of_worker(-2, "worker", False),
    mail_gone_for_a_day,
    disk_full,
]


def test_no_fault_loses_a_request_and_each_is_told_once(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    disk, rows = SmallDisk(tmp_path / "disk", megabytes=200), []
    wanted = os.environ.get("FAULTS", "").split()
    try:
        with Deployment(tmp_path / "disk" / "site") as site:
            site.disk = disk
            for number, case in enumerate(CASES):
                if not wanted or str(number) in wanted:
                    rows.append(case(site))
                    print(rows[-1], flush=True)
    finally:
        disk.close()
    if len(rows) == len(CASES):
        TABLE.write_text("\n".join([*BEGINNING, *rows, ""]))


BEGINNING = [
    "# What a fault does to visitors, and who is told",
    "",
    "Written by `make prove ARGS=faults`: a web server and a worker as a deployment runs them, a real mail server and",
    "something that listens at ALERT_URL and WATCHDOG_URL. In each case requests were sent while the fault lasted.",
    "Whoever was told 'received' is there afterwards, once; each mail that was owed left, under one Message-ID; and",
    "the operator was told once that it began and once that it was over, by each of the two ways.",
    "",
    "| fault | acknowledged, present | what visitors saw | ready | told | ended |",
    "|---|---|---|---|---|---|",
]
