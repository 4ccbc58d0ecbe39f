"""Moves a SQLite database into an empty PostgreSQL one: read, written, compared, and put on no disk between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Cast
from django.utils import timezone

from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.digests import difference, what_it_holds
from clinic_site.keeping.installation import database, engine
from clinic_site.keeping.progress import Progress
from clinic_site.models import WorkerBeat
from clinic_site.security.encryption import EncryptedJSONField

OLD = "the database that is moved"
BATCH = 1000  # rows
STOPPED_FOR = timedelta(seconds=90)  # a worker that runs speaks once a minute
NOT_MOVED = {"django_migrations"}  # the new database has its own, of the same program


def move_from(path: Path, progress: Progress | None = None) -> dict[str, dict]:
    """
    Fill the empty PostgreSQL database of DATABASE_URL with what that SQLite file holds; returns its tables.

    The file is locked meanwhile, so that nothing is acknowledged there that is not here, and left as it is. All rows
    are written in one transaction, read back and compared: where anything differs, none is kept. Raises BackupError
    with what speaks against it.
    """
    if database().vendor != "postgresql":
        raise BackupError("DATABASE_URL has to name the new PostgreSQL database")
    if not path.is_file():
        raise BackupError(f"There is no file {path}")
    if not engine().is_empty(database()):
        raise BackupError("The PostgreSQL database has tables already: name an empty one")
    try:
        with _old_database(path):
            _refuse_another_program()
            _refuse_a_running_site()
            call_command("migrate", verbosity=0, interactive=False)
            return _copied(progress or Progress())
    except DatabaseError as error:  # whose text can hold what somebody typed
        raise BackupError(f"The move broke off ({type(error).__name__}), and no row was kept") from error


@contextmanager
def _old_database(path):
    """The SQLite file as a second database, locked against others who write."""
    config = connections[DEFAULT_DB_ALIAS].settings_dict | {
        "ENGINE": "clinic_site.database.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
    connections.databases[OLD] = config
    try:
        with transaction.atomic(using=OLD):
            yield
    finally:
        connections[OLD].close()
        del connections[OLD]
        del connections.databases[OLD]


def _refuse_another_program():
    with connections[OLD].cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        there = set(cursor.fetchall())
    from_program = set(MigrationLoader(None).disk_migrations)
    if from_program != {row for row in there if row[0] in {app for app, _name in from_program}}:
        raise BackupError("The SQLite database is of another program: run manage.py migrate on it first")
    if unknown := _tables_in(OLD) - {model._meta.db_table for model in _models()} - NOT_MOVED:
        named = ", ".join(sorted(unknown))
        raise BackupError(f"The SQLite database holds tables that no program of ours needs: {named}. Drop them first")


def _refuse_a_running_site():
    if WorkerBeat.objects.using(OLD).filter(at__gt=timezone.now() - STOPPED_FOR).exists():
        raise BackupError(
            "The site on the SQLite database runs, or ran a moment ago: stop web server and worker, "
            "and try again in two minutes"
        )


def _tables_in(alias):
    return {name for name in connections[alias].introspection.table_names() if not name.startswith("sqlite_")}


def _models():
    """Each model with a table, those between two others included."""
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]


def _copied(progress):
    kept = {}
    with transaction.atomic():
        _empty_all()
        for model in _models():
            progress.say(f"Moving: {model._meta.db_table}")
            _write(model, _rows(model, OLD))
        for model in _models():
            progress.say(f"Comparing: {model._meta.db_table}")
            kept[model._meta.db_table] = _holds(model, OLD), _holds(model, DEFAULT_DB_ALIAS)
        before = {name: old for name, (old, _new) in kept.items()}
        after = {name: new for name, (_old, new) in kept.items()}
        if differ := difference(before, after):
            raise BackupError(f"These tables did not arrive as they were: {differ}. Nothing was kept")
        _let_numbers_go_on()
    return after


def _empty_all():
    """What the migrations wrote is in the old database, too, as it has become since."""
    names = ", ".join(f'"{model._meta.db_table}"' for model in _models())
    with database().cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")


def _fields(model):
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _rows(model, alias) -> Iterator[tuple[Any, ...]]:
    """Its rows, as Python has them, in the order of their keys; what is encrypted as it is stored."""
    raw = {
        f"stored_{field.attname}": Cast(field.attname, models.TextField())
        for field in _fields(model)
        if isinstance(field, EncryptedJSONField)
    }
    names = [
        f"stored_{field.attname}" if f"stored_{field.attname}" in raw else field.attname for field in _fields(model)
    ]
    rows = model._base_manager.using(alias).order_by("pk").annotate(**raw).values_list(*names)
    return rows.iterator(chunk_size=BATCH)


def _write(model, rows):
    fields = _fields(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(fields))})'
    batch = []
    with database().cursor() as cursor:
        for row in rows:
            batch.append([_for_postgres(field, value) for field, value in zip(fields, row, strict=True)])
            if len(batch) == BATCH:
                cursor.executemany(statement, batch)
                batch = []
        if batch:
            cursor.executemany(statement, batch)


def _for_postgres(field, value):
    return value if isinstance(field, EncryptedJSONField) else field.get_db_prep_save(value, database())


def _holds(model, alias):
    """Rows and digest, of what either database gives Python."""
    names = [field.attname for field in _fields(model)]
    return what_it_holds(names, (tuple(map(_in_one_way, row)) for row in _rows(model, alias)))


def _in_one_way(value):
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _let_numbers_go_on():
    with database().cursor() as cursor:
        for statement in database().ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
