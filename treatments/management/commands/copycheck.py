import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from treatments.copy_check import check


class Command(BaseCommand):
    help = (
        "Checks copy before it goes live. One issue a line: the number of its line, 'blocking' or 'advice', the words, "
        "and what to do about them. Reads FILE, or what is piped in (-). Exit code 1 if anything blocks. Changes "
        "nothing, and can be run as often as you like."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", default="-", metavar="FILE", help="a text file; - reads what is piped in"
        )

    def handle(self, file, **options):
        issues = check(read(file))
        for issue in issues:
            kind = _("blocking") if issue.blocks else _("advice")
            self.stdout.write(f"{issue.line}: {kind}: “{shortened(issue.words)}”: {issue.advice}")
        if any(issue.blocks for issue in issues):
            sys.exit(1)


def read(file):
    """The text of a file, or of what is piped in. Raises CommandError with what to do."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be read ({error.strerror}). Name a text file.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{file} is not UTF-8 text. Save it as UTF-8, and try again.") from None


def shortened(words, most=60):
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
