"""Makes a backup while the site runs: one encrypted file, read back and checked before it takes its name."""

import fcntl
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from clinic_site.audit.sealing import head_now
from clinic_site.keeping import erasures, made
from clinic_site.keeping.archive import ArchiveWriter, BackupError
from clinic_site.keeping.checking import check
from clinic_site.keeping.contents import DATABASE, MEDIA, Members, write_manifest, write_member
from clinic_site.keeping.installation import database, engine, keys, migrations
from clinic_site.keeping.progress import Progress
from clinic_site.media import files


def back_up(place: Path, progress: Progress | None = None) -> Path:
    """
    Back up database and media into that file, or into that folder under a name with the date; returns the file.

    A file that bears the name already is replaced once the new one is whole, and kept where that fails.
    """
    moment = timezone.now()
    path = place / made.name_at(moment) if place.is_dir() else place
    if not path.parent.is_dir():
        raise BackupError(f"The folder {path.parent} is not there: make it, or name another. No backup was made.")
    half_way = path.with_name(f"{path.name}.part")
    with one_at_a_time():
        try:
            _write(half_way, moment, progress or Progress())
            check(half_way, progress)
            half_way.replace(path)
            _sync_folder(path.parent)
        except (OSError, DatabaseError, engine().Error) as error:
            raise BackupError(f"No backup was made at {path}: {error}.") from error
        except BackupError as error:
            raise BackupError(f"No backup was made at {path}: it {error}.") from error
        finally:
            half_way.unlink(missing_ok=True)
        made.remember(path, moment)
        erasures.write_all(path.parent)
    return path


@contextmanager
def one_at_a_time():
    """Two backups at once would cost twice and gain nothing; what a killed one left in DATA_DIR is removed here."""
    with (settings.DATA_DIR / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Another backup is being made: wait until it has ended.") from None
        yield


def _write(path, moment, progress):
    members, head = Members(), head_now()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as folder,
        engine().copied(database(), Path(folder)) as (tables, parts),
    ):
        archive = ArchiveWriter(file, settings.BACKUP_KEYS[0])
        for name, content in _contents(parts):
            write_member(archive, name, members.digested(name, progress.counted("Writing", content)))
        write_manifest(archive, _manifest(moment, tables, members, head))
        file.flush()
        os.fsync(file.fileno())


def _contents(database_parts) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The database first: a picture that it names was there before, and its file is never changed."""
    yield DATABASE, database_parts
    for name in files.names():
        yield f"{MEDIA}{name}", files.parts_of(name)


def _manifest(moment, tables, members, head) -> dict:
    return {
        "made_at": moment.isoformat(),
        "database": database().vendor,
        "django": django.get_version(),
        "python": platform.python_version(),
        "migrations": migrations(),
        "keys": keys(),
        "audit_head": head,
        "tables": tables,
        "members": members.listed,
    }


def _sync_folder(folder):
    """So that the new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
