"""A PostgreSQL database of one moment, by pg_dump; and back again by pg_restore. Nothing of it is written to disk."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.digests import Tables, difference, what_it_holds

PART = 1024 * 1024
Error = psycopg.Error


@contextmanager
def copied(connection, _folder: Path):
    """The tables and bytes of the database at one moment, which both are read from: a snapshot that is held open."""
    program = fitting_program("pg_dump", connection)
    with _connected(connection) as database:
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = database.execute("SELECT pg_export_snapshot()").fetchone()[0]
        command = [
            program,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            f"--snapshot={snapshot}",
        ]
        tables = tables_in(database)
        with closing(_dumped(command, connection)) as parts:  # where nobody reads on, pg_dump is ended
            yield tables, parts


def is_empty(connection) -> bool:
    """Whether there are no tables."""
    return not connection.introspection.table_names()


def load(connection, parts: Iterator[bytes], tables: Tables):
    """Make the database of these bytes, whole or not at all."""
    program = fitting_program("pg_restore", connection)
    connection.close()
    name = connection.settings_dict["NAME"]
    command = [program, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", f"--dbname={name}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=said, env=_variables(connection)) as process:
            assert process.stdin is not None  # it is a pipe
            try:
                for part in parts:
                    process.stdin.write(part)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it says why below
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise BackupError(f"could not be loaded; pg_restore says: {_last_line(said)}")
    with _connected(connection) as database:
        if differ := difference(tables, tables_in(database)):
            database.execute("DROP SCHEMA public CASCADE")  # it was empty before
            database.execute("CREATE SCHEMA public")
    if differ:
        raise BackupError(f"holds tables that are not what it lists ({differ}): use another backup")


def tables_in(database) -> Tables:
    """What each table holds, as this transaction sees it. Rows are read as the text that the server writes of them."""
    names = database.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    found = {}
    for (name,) in names:
        with database.cursor(name="rows of a table") as rows:
            rows.itersize = 1000
            rows.execute(f'SELECT * FROM public."{name}"')
            found[name] = what_it_holds([column.name for column in rows.description], rows)
    return found


def fitting_program(name, connection) -> str:
    """The newest program of that name, if it is no older than the server."""
    server = connection.pg_version // 10000
    places = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), shutil.which(name)]
    versions = {_version_of(place): str(place) for place in places if place}
    if not versions or max(versions) < server:
        there = f"the newest here is of version {max(versions)}" if versions else "there is none"
        raise BackupError(
            f"needs {name} of PostgreSQL {server} or newer, and {there}: install postgresql-client-{server}"
        )
    return versions.get(server) or versions[min(version for version in versions if version >= server)]


def _version_of(program) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def _dumped(command, connection) -> Generator[bytes, None, None]:
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=_variables(connection)) as process:
            assert process.stdout is not None  # it is a pipe
            try:
                while part := process.stdout.read(PART):
                    yield part
            finally:
                if process.poll() is None and part:
                    process.kill()
        if process.returncode:
            raise BackupError(f"was not made; pg_dump says: {_last_line(said)}")


def _last_line(said) -> str:
    said.seek(0)
    return (said.read().decode(errors="replace").strip().splitlines() or ["nothing"])[-1][:300]


def _connected(connection):
    """A connection of its own, beside Django's, so that its transaction is nobody else's."""
    wanted = connection.get_connection_params()
    return psycopg.connect(
        **{name: wanted[name] for name in ("dbname", "user", "password", "host", "port") if wanted.get(name)},
        options="-c timezone=UTC",
    )


def _variables(connection) -> dict[str, str]:
    """How the programs of PostgreSQL are told where to connect; a password never stands in a command."""
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    given = {
        there: str(connection.settings_dict[here]) for here, there in names.items() if connection.settings_dict[here]
    }
    return os.environ | given
