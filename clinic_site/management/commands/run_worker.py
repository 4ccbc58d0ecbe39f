from django.core.management import call_command
from django.core.management.base import BaseCommand

from clinic_site.health.checks import stop_unless_safe_to_start
from clinic_site.models import WorkerBeat
from clinic_site.processes import end_with_starter


class Command(BaseCommand):
    help = "Runs the worker: sends mail, and sweeps up every minute what an earlier worker left undone."

    def handle(self, **options):
        end_with_starter()
        stop_unless_safe_to_start()
        WorkerBeat.beat()
        call_command("run_huey")
