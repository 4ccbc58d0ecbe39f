from django.core.management.base import BaseCommand

from clinic_site.health.checks import Level, findings


class Command(BaseCommand):
    help = (
        "Looks for all that can be wrong with this installation and says each on a line: its level (stop: patients are "
        "not served; trouble: somebody has to look; advice), what it is, and how to mend it. Exits with 1 on stops and "
        "trouble, with 0 otherwise. Changes nothing."
    )
    requires_system_checks = []

    def handle(self, **options):
        found = list(findings())
        for finding in found:
            self.stdout.write(f"{finding.level:<8} {finding.words}")
        if not found:
            self.stdout.write("All is well.")
        if any(finding.level != Level.ADVICE for finding in found):
            raise SystemExit(1)
