import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic_site.models import StaffMember
from clinic_site.staff.roles import Role
from clinic_site.staff.second_factor import has_authenticator, unused_code


class Command(BaseCommand):
    help = (
        "Prints a fresh second-factor code of a demonstration account, as its authenticator app would show it. A code "
        "is good once: where the present one was used, this prints the next, or waits up to half a minute for one. "
        "Needs DEMO=1: on a deployment only people have their codes."
    )

    def add_arguments(self, parser):
        parser.add_argument("role", choices=Role.values)

    def handle(self, role, **options):
        if not settings.DEMO:
            raise CommandError("sign_in_code is for trying the site out: a deployment's codes are on people's phones.")
        member = StaffMember.objects.filter(username=role).first()
        if member is None or not has_authenticator(member):
            raise CommandError(f"There is no demonstration account '{role}' with an authenticator: run make run first.")
        while not (code := unused_code(member)):
            self.stderr.write("The codes of this minute were used: waiting for the next one…")
            time.sleep(5)
        self.stdout.write(code)
