import hashlib
import os
import socket
import sys
import time
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from clinic_site.health.checks import database_is_away, stop_unless_safe_to_start
from clinic_site.own_run import OwnRun
from clinic_site.processes import END_WITHIN, WEB, WORKER, run_together
from clinic_site.staff.demonstration import add_demonstration_staff, staff_file

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = (
        "Sets the site up for trying it out and serves it, with its worker, on the loopback address until Ctrl-C: "
        "database, guide, demonstration staff, static files, web server, worker. Keeps all data from run to run. "
        "Needs DEMO=1; a deployment runs its own web server and worker (docs/operations.md)."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--with-requests", type=int, default=0, metavar="N", help="add N invented requests first")
        parser.add_argument(
            "--ends-with-parent", action="store_true", help="end when the process that started this one is gone"
        )

    def handle(self, with_requests, ends_with_parent, **options):
        if not settings.DEMO:
            raise CommandError("run_site is for trying the site out: set DEMO=1, or see docs/operations.md.")
        with OwnRun(settings.DATA_DIR / "run") as own_run:
            self.stop_if_port_is_taken(own_run.earlier())
            own_run.begin(os.getpid(), settings.PORT)
            try:
                self.set_up(with_requests)
                self.print_addresses()
                code = self.serve(ends_with_parent)
            except KeyboardInterrupt:  # before it serves; what was begun goes on at the next run
                code = 0
        sys.exit(code)

    def set_up(self, with_requests):
        if trouble := database_is_away():
            raise SystemExit(trouble)
        self.say("Bringing the database up to date…")
        call_command("migrate", verbosity=0, interactive=False)
        stop_unless_safe_to_start()
        self.say("Loading the guide…")
        call_command("load_guide", stdout=self.stdout)
        add_demonstration_staff()
        if apps.is_installed("booking"):
            call_command("open_sample_times", stdout=self.stdout)
        if with_requests and apps.is_installed("booking"):
            call_command("fill_requests", with_requests, stdout=self.stdout)
        self.collect_static_files()

    def stop_if_port_is_taken(self, earlier):
        """What an earlier run of this site left behind is waited for; what still runs is named."""
        was_ours = earlier is not None and earlier.port == settings.PORT
        give_up = time.monotonic() + (END_WITHIN if was_ours and not earlier.lives else 0)
        while port_is_taken():
            if time.monotonic() >= give_up:
                raise CommandError(self.who_has_the_port(earlier if was_ours else None))
            time.sleep(0.2)

    def who_has_the_port(self, earlier):
        if earlier is None:
            return f"Port {settings.PORT} is taken by another program: stop it, or choose another, as in PORT=8001."
        return (
            f"Port {settings.PORT} is taken by an earlier run of this site (process {earlier.process}): open "
            f"{settings.SITE_URL}/, or stop that run with Ctrl-C where it was started, or with: kill {earlier.process}"
        )

    def collect_static_files(self):
        """Collecting compresses every file, so it is left out while none has changed."""
        stamp = settings.STATIC_ROOT / ".collected"
        state = state_of_static_files()
        if stamp.exists() and stamp.read_text() == state:
            return
        self.say("Collecting and compressing static files…")
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(state)

    def print_addresses(self):
        site = settings.SITE_URL
        mail = getattr(settings, "EMAIL_FILE_PATH", None) or f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        self.say(
            f"\n  The site            {site}/\n  For staff           {site}/admin/\n"
            f"  Staff sign-ins      {staff_file()}\n  Mail goes to        {mail}\n\n"
            "  Staff sign in in two steps: a name and its password from that file, then six digits. For the digits,\n"
            "  enter the file's 'totp' in an authenticator app, or ask for them, each time anew:\n"
            f"    {self.how_to_ask()}\n"
            "  A recovery code from the file does as well, once.\n\n  Ctrl-C stops everything.\n"
        )

    def how_to_ask(self):
        """The command that prints a code, on the data of this run."""
        folder = os.environ.get("DATA_DIR")
        return f"DEMO=1{f' DATA_DIR={folder}' if folder else ''} .venv/bin/python manage.py sign_in_code frontdesk"

    def serve(self, ends_with_parent):
        """Run web server and worker under this process until one ends or Ctrl-C; returns the exit code."""
        os.environ["PYTHONUNBUFFERED"] = "1"
        return run_together([WEB, WORKER], settings.BASE_DIR, with_parent=ends_with_parent)

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


def port_is_taken():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.PORT))
        except OSError:
            return True
    return False


def state_of_static_files():
    """A digest of the names and times of all files that would be collected."""
    folders = [*settings.STATICFILES_DIRS, *(Path(app.path) / "static" for app in apps.get_app_configs())]
    files = sorted(file for folder in folders for file in Path(folder).rglob("*") if file.is_file())
    seen = "\n".join(f"{file} {file.stat().st_mtime_ns}" for file in files)
    return hashlib.sha256(seen.encode()).hexdigest()
