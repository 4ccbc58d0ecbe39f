"""
Is the site well? Apps register small checks, each with a level and a way to mend it.

`/readyz` and the start ask for what stops the site alone; `manage.py doctor` says all.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from clinic_site.keeping import made
from clinic_site.models import FieldKeyCheck, WorkerBeat
from clinic_site.security.encryption import cipher

READS_SOMETHING = {"sqlite": "SELECT count(*) FROM sqlite_master"}  # the file, not only the program
FREE_SHARE = 0.1  # of a disk
CLOCKS_MAY_DIFFER = timedelta(minutes=2)


class Level(StrEnum):
    STOP = "stop"  # patients are not served, or their mail does not leave
    TROUBLE = "trouble"  # it will end badly unless somebody looks
    ADVICE = "advice"  # before patients come, or when there is time


class Check(NamedTuple):
    name: str
    level: Level
    needs_database: bool
    look: Callable[[], str]
    at_start: bool


class Finding(NamedTuple):
    name: str
    level: Level
    words: str


_checks: dict[str, Check] = {}


def health_check(name, level, needs_database=True, at_start=False):
    """
    Register a function that returns what is wrong and how to mend it, in words, or nothing.

    Where one with `at_start` finds something, nothing is started.
    """

    def register(look):
        _checks[name] = Check(name, level, needs_database, look, at_start)
        return look

    return register


def findings(*levels: Level) -> Iterator[Finding]:
    """What is wrong now, the worst first. While the database is away, nothing else is asked of it."""
    is_away = False
    for level in levels or Level:
        for check in [check for check in _checks.values() if check.level == level]:
            if is_away and check.needs_database:
                continue
            if words := _words_of(check):
                is_away |= check.name == "database"
                yield Finding(check.name, level, words)


def is_ready() -> bool:
    """Whether nothing stops the site."""
    return next(findings(Level.STOP), None) is None


def _words_of(check) -> str:
    try:
        return check.look()
    except Exception as error:  # noqa: BLE001 - a check that breaks is itself the trouble
        return f"{type(error).__name__} while looking after '{check.name}': the log of the database or disk says more."


@health_check("database", Level.STOP)
def database_is_away():
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(READS_SOMETHING.get(connections[DEFAULT_DB_ALIAS].vendor, "SELECT 1"))
    except OperationalError as error:
        return f"The database does not answer ({type(error).__name__}): start it, or mend DATABASE_URL."
    except DatabaseError:
        return "The database file is damaged, or is none: move it away, and put a backup back (manage.py restore)."
    except Exception as error:  # noqa: BLE001 - its text can hold an address or a name
        return f"The database does not answer ({type(error).__name__}): start it, or mend DATABASE_URL."
    return ""


@health_check("migrations", Level.STOP)
def database_is_old():
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "The database is older than the program: run manage.py migrate."
    return ""


@health_check("keys", Level.STOP)
def field_keys_do_not_fit():
    """Like FieldKeyCheck.keys_fit, but it notes nothing."""
    noted = FieldKeyCheck.objects.first()
    try:
        if noted:
            cipher().decrypt(noted.token.encode())
    except InvalidToken:
        return "FIELD_KEYS are not the keys that this database was encrypted with: put the right ones back."
    return ""


@health_check("worker", Level.STOP)
def worker_is_silent():
    if not WorkerBeat.is_recent():
        return "The worker has said nothing for three minutes: mail waits until it runs. Start manage.py run_worker."
    return ""


@health_check("clock", Level.TROUBLE)
def clock_of_worker_is_ahead():
    if WorkerBeat.objects.filter(at__gt=timezone.now() + CLOCKS_MAY_DIFFER).exists():
        return "The worker's clock is ahead of this machine's: have both set by a time server."
    return ""


@health_check("disk", Level.TROUBLE, needs_database=False)
def disk_is_nearly_full():
    folders = filter(None, [settings.DATA_DIR, settings.BACKUP_TO])
    full = [str(folder) for folder in folders if folder.exists() and _free_share(folder) < FREE_SHARE]
    if full:
        return f"Less than a tenth of the disk of {' and '.join(full)} is free: make room."
    return ""


@health_check("backup", Level.TROUBLE, needs_database=False)
def no_recent_backup():
    if settings.BACKUP_TO is None and settings.DEMO:
        return ""
    if settings.BACKUP_TO and not settings.BACKUP_TO.is_dir():
        return f"The folder for backups, {settings.BACKUP_TO}, is not there: mount or make it, or mend BACKUP_TO."
    if made.is_recent(timezone.now()):
        return ""
    way = "run manage.py backup" if settings.BACKUP_TO else "set BACKUP_TO, or run manage.py backup each day"
    return f"No good backup was made in the last 24 hours: {way}."


def _free_share(folder) -> float:
    disk = shutil.disk_usage(folder)
    return disk.free / disk.total


def stop_unless_safe_to_start():
    """Exit with one sentence where starting would do harm: a bad or old database, or keys that cannot read it."""
    if trouble := database_is_away() or database_is_old():
        raise SystemExit(trouble)
    if not FieldKeyCheck.keys_fit():
        raise SystemExit(
            "FIELD_KEYS are not the keys that this database was encrypted with: put the right ones back. "
            "Nothing was changed."
        )
    for check in _checks.values():
        if check.at_start and (words := check.look()):
            raise SystemExit(f"{words} Nothing was changed.")
