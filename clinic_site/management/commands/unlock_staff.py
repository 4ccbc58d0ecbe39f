from django.core.management.base import BaseCommand, CommandError

from clinic_site.models import StaffMember
from clinic_site.staff.guesses import forget_guesses


class Command(BaseCommand):
    help = (
        "Lets a member of staff try to sign in again at once, after too many wrong passwords or codes. It changes "
        "nothing else: their password, second factor and sessions stay. Can be run twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the name they sign in with")

    def handle(self, name, **options):
        if not StaffMember.objects.filter(username=name).exists():
            raise CommandError(f"There is no '{name}' among the staff.")
        forget_guesses(name)
        self.stdout.write(f"{name} can try again now.")
