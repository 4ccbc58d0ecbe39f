#!/usr/bin/env python
"""Django's command line for the clinic's site."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except (DatabaseError, LookupError):  # the second, where rows are missing that a migration makes
        from clinic_site.health.checks import database_is_away, database_is_old

        # What is wrong with the database as a whole is said in a sentence; all else is a fault of the program.
        migrates = sys.argv[1] in ("migrate", "run_site")
        trouble = database_is_away() or (not migrates and database_is_old())
        if "--traceback" in sys.argv or not trouble:
            raise
        sys.exit(trouble)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)  # as a shell says of what Ctrl-C ended


if __name__ == "__main__":
    main()
