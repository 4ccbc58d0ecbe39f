"""A SQLite database of one moment, while others write to it; and back again."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.digests import Tables, difference, what_it_holds

PART = 1024 * 1024
Error = sqlite3.Error


@contextmanager
def copied(connection, folder: Path):
    """
    The tables and bytes of the database at one moment.

    SQLite's online backup makes a file of it in that folder, which holds up no writer and is removed with the folder.
    """
    path = folder / "database.sqlite3"
    path.touch(mode=0o600)
    with closing(sqlite3.connect(_place(connection))) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    yield tables_in(path), parts_of(path)


def is_empty(connection) -> bool:
    """Whether there are no tables. A database that is not there is not made by the question."""
    return not _place(connection).exists() or not connection.introspection.table_names()


def load(connection, parts: Iterator[bytes], tables: Tables):
    """Make the database of these bytes, whole or not at all."""
    place = _place(connection)
    connection.close()
    half_way = place.with_name(f"{place.name}.restoring")
    half_way.unlink(missing_ok=True)
    half_way.touch(mode=0o600)
    try:
        with half_way.open("wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        if differ := difference(tables, tables_in(half_way)):
            raise BackupError(f"holds tables that are not what it lists ({differ}): use another backup")
        for log in ("-wal", "-shm"):
            place.with_name(f"{place.name}{log}").unlink(missing_ok=True)
        half_way.replace(place)
    finally:
        half_way.unlink(missing_ok=True)


def tables_in(path: Path) -> Tables:
    """What each table of that file holds. Nobody else writes to it."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        found = {}
        for (name,) in names:
            if name.startswith("sqlite_"):  # its own
                continue
            rows = database.execute(f'SELECT * FROM "{name}"')
            found[name] = what_it_holds([column[0] for column in rows.description], rows)
        return found


def _place(connection) -> Path:
    return Path(connection.settings_dict["NAME"])


def parts_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART):
            yield part
