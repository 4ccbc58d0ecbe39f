"""Is the site ready? Each app registers small checks; `/readyz`, the start and the operator read the answers."""

from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from clinic_site.encryption import keys_fit
from clinic_site.models import WorkerBeat

_checks: dict[str, Callable[[], str]] = {}


def readiness_check(name):
    """Register a function that returns what is wrong, in a sentence, or nothing."""

    def register(check):
        _checks[name] = check
        return check

    return register


def troubles():
    """What is wrong now, by the name of the check; empty when the site is ready."""
    found = {}
    for name, check in _checks.items():
        try:
            trouble = check()
        except Exception as error:  # noqa: BLE001 - a check that breaks is itself the trouble
            trouble = f"{type(error).__name__} while checking."
        if trouble:
            found[name] = trouble
    return found


@readiness_check("database")
def database_trouble():
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


@readiness_check("migrations")
def migrations_trouble():
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "The database is older than the program: run manage.py migrate."
    return ""


@readiness_check("worker")
def worker_trouble():
    if not WorkerBeat.is_recent():
        return "The worker has said nothing for three minutes: mail waits until it runs."
    return ""


def stop_unless_safe_to_start():
    """Exit with one sentence where starting would do harm: an old database, or keys that cannot read it."""
    if trouble := migrations_trouble():
        raise SystemExit(trouble)
    if not keys_fit():
        raise SystemExit(
            "FIELD_KEYS are not the keys that this database was encrypted with: put the right ones back. "
            "Nothing was changed."
        )
