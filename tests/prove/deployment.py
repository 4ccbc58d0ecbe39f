"""A site as a deployment runs it: web server and worker apart, real mail, somebody who hears, a small disk."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from django.conf import settings

from tests.factories import form_data
from tests.mail_server import Mailbox
from tests.site import ROOT, RunningSite, wait_for
from tests.web_hook import web_hook

WEB = ["-m", "gunicorn", "-c", "clinic_site/gunicorn.conf.py"]
WORKER = ["manage.py", "run_worker"]
ASK = """
import json
from booking.models import ConsultationRequest as R, OutboxMail as M
print(json.dumps({"kept": list(R.objects.values_list("email", flat=True)), "waiting": M.objects.waiting().count()}))
"""
TRY_AGAIN = """
from booking.mail.owing import try_again
from booking.models import OutboxMail
for mail in OutboxMail.objects.failed():
    try_again(mail)
"""


class Deployment(RunningSite):
    """Ends all that it started. `hook` is what ALERT_URL and WATCHDOG_URL lead to, `box` is the mail server's."""

    def __init__(self, data_dir):
        self.stack, self.running, self.numbers = ExitStack(), {}, 0
        self.hook = self.stack.enter_context(web_hook())
        self.box, self.mail_port = Mailbox(), free_port()
        super().__init__(
            data_dir,
            SECRET_KEY=settings.SECRET_KEY,
            TRUSTED_PROXIES="1",
            DJANGO_SETTINGS_MODULE="tests.prove.fault_settings",
            EMAIL_URL=f"smtp://127.0.0.1:{self.mail_port}",
            ALERT_URL=f"{self.hook.address}/alert",
            WATCHDOG_URL=f"{self.hook.address}/ping",
        )

    def start(self):
        self.start_mail()
        self.start_one("web", WEB)
        self.start_one("worker", WORKER)
        self.wait_until_ready()

    def start_one(self, name, command, **environment):
        with self.log_path.open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment | environment, stdout=log, stderr=log
            )

    def stop_one(self, name, number=signal.SIGTERM):
        process = self.running.pop(name)
        process.send_signal(number)
        process.wait(60)

    def stop(self):
        for name in list(self.running):
            self.stop_one(name)
        self.stop_mail()
        self.stack.close()

    def start_mail(self):
        self.mail = Controller(self.box, hostname="127.0.0.1", port=self.mail_port)
        self.mail.start()

    def stop_mail(self):
        if self.mail:
            self.mail.stop()
        self.mail = None

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=30) as response:
                return response.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def wait_until_ready(self):
        wait_for(self.is_ready)

    def move_clock_by(self, **span):
        clock = self.data_dir / "clock_ahead"
        ahead = timedelta(seconds=float(clock.read_text()) if clock.exists() else 0)
        self.move_clock_to(datetime.now(UTC) + ahead + timedelta(**span))

    def send(self, number):
        """Send so many requests; returns what became of each: (address, what the visitor saw)."""
        return [self._send() for _request in range(number)]

    def _send(self):
        self.numbers += 1
        email = f"f{self.numbers}t{time.monotonic_ns()}@patient.example"
        body = urllib.parse.urlencode(form_data(email=email)).encode()
        headers = {"X-Forwarded-For": f"10.0.{self.numbers // 250}.{self.numbers % 250}"}
        request = urllib.request.Request(f"{self.url}/consultation/", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return email, "received" if "/consultation/received/" in response.url else "asked again"
        except urllib.error.HTTPError as error:
            page = error.read().decode()
            return email, f"{error.code}, with every answer" if email in page else f"{error.code}"
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return email, "no answer"

    def asked(self):
        return json.loads(self.manage("shell", "-v0", "-c", ASK))

    def told(self, since, what):
        """Which problems were told as begun or ended by ALERT_URL, and which by mail, since so many of each."""
        by_address = [message["check"] for message in self.hook.messages[since[0] :] if message["what"] == what]
        words = {"began": ("Trouble at ", " is stopped: "), "ended": ("Over at ",)}[what]
        subjects = [mail["Subject"] for mail in self.box.messages[since[1] :] if mail["To"] == "owner@clinic.example"]
        by_mail = [each.rpartition(": ")[2] for each in subjects if any(word in each for word in words)]
        return by_address, by_mail

    def so_far(self):
        return len(self.hook.messages), len(self.box.messages)


class SmallDisk:
    """A disk of its own at that folder, so that it can be full."""

    def __init__(self, folder, megabytes):
        folder.mkdir(parents=True)
        self.folder = folder
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)], check=True)

    def fill(self, but=0.0):
        """Leave only that share of it free."""
        disk = shutil.disk_usage(self.folder)
        with (self.folder / f"filler-{but}").open("wb", buffering=0) as file, suppress(OSError):
            file.write(bytes(max(0, int(disk.free - but * disk.total))))

    def free(self):
        for filler in self.folder.glob("filler-*"):
            filler.unlink()

    def close(self):
        subprocess.run(["umount", str(self.folder)], check=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def web_processes(deployment):
    """The numbers of the web server's own workers."""
    master, children = deployment.running["web"].pid, []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == master:
                children.append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return children
