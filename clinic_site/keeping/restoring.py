"""Brings a backup back into an empty place: checked first, loaded, compared, and without what was erased since."""

import shutil
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError

from clinic_site.audit.recording import Action, record
from clinic_site.audit.sealing import head_file
from clinic_site.keeping import erasures
from clinic_site.keeping.archive import ArchiveReader, BackupError
from clinic_site.keeping.checking import check
from clinic_site.keeping.contents import DATABASE, MEDIA, read_members
from clinic_site.keeping.installation import database, engine, keys, unknown_migrations
from clinic_site.keeping.lost_words import empty_what_is_lost, places_not_read
from clinic_site.keeping.progress import Progress
from clinic_site.media import files

_checks: list[Callable[[], str]] = []


class Restored(NamedTuple):
    made_at: str
    rows: int
    media: int
    erased: int
    troubles: list[str]


def check_after_restore(check_it):
    """Register a function that says in a sentence what a restored installation cannot do, or nothing."""
    _checks.append(check_it)
    return check_it


def restore(path: Path, progress: Progress | None = None, keys_are_lost=False) -> Restored:
    """
    Load a backup. Whatever speaks against it is raised as BackupError, all at once, before anything is changed.

    With `keys_are_lost`, what those keys protected is gone, and all else is restored.
    """
    progress = progress or Progress()
    try:
        _refuse_a_full_place()
        manifest = check(path, progress)
        _refuse_what_does_not_fit(manifest)
        if not keys_are_lost:
            _refuse_other_keys(manifest["keys"])
        _load(path, manifest, progress)
    except (OSError, DatabaseError, engine().Error) as error:
        raise BackupError(f"{path} was not restored: {error}.") from error
    except BackupError as error:
        raise BackupError(f"{path} {error}. Nothing was changed.") from error
    call_command("migrate", verbosity=0, interactive=False)
    head_file().unlink(missing_ok=True)  # of the audit that was here before
    record(Action.PRESSED, page="restore")
    return Restored(
        made_at=manifest["made_at"],
        rows=sum(table["rows"] for table in manifest["tables"].values()),
        media=sum(name.startswith(MEDIA) for name in manifest["members"]),
        erased=erasures.erase_again(path.parent),
        troubles=list(filter(None, [_unreadable_words(keys_are_lost), *(check_it() for check_it in _checks)])),
    )


def _refuse_a_full_place():
    if not engine().is_empty(database()):
        raise BackupError("cannot be restored here, as the database has tables already: name an empty one")
    if next(files.names(), None):
        raise BackupError(f"cannot be restored here, as there are files in {files.place()}: move them away")


def _refuse_what_does_not_fit(manifest):
    if manifest["database"] != database().vendor:
        raise BackupError(f"holds a {manifest['database']} database, and DATABASE_URL names {database().vendor}")
    if unknown := unknown_migrations(manifest["migrations"]):
        raise BackupError(f"was made by a newer program: install that one first (it has {', '.join(unknown)})")


def _refuse_other_keys(of_backup):
    here = keys()
    wrong = [
        f"{name} lacks the key with the fingerprint {' and '.join(lacking)}"
        for name, needed in of_backup.items()
        if (lacking := [key for key in needed if key not in here.get(name, [])])
    ]
    if wrong:
        raise BackupError(f"needs other keys. {'. '.join(wrong)}. Put them back first")


def _load(path, manifest, progress):
    """Media into DATA_DIR, then into their place, and last the database, whole or not at all."""
    half_way = settings.DATA_DIR / "media.restoring"
    shutil.rmtree(half_way, ignore_errors=True)
    half_way.mkdir(mode=0o700, parents=True)
    try:
        for name, parts in _members(path, progress):
            if name.startswith(MEDIA):
                _write_media(half_way, name.removeprefix(MEDIA), parts)
            else:
                deque(parts, maxlen=0)
        files.take_in(half_way)
        for name, parts in _members(path, progress):
            if name == DATABASE:
                engine().load(database(), parts, manifest["tables"])
            else:
                deque(parts, maxlen=0)
    except BaseException:
        files.take_out(half_way)
        raise
    finally:
        shutil.rmtree(half_way, ignore_errors=True)


def _members(path, progress):
    with path.open("rb") as file:
        for name, parts in read_members(ArchiveReader(file, settings.BACKUP_KEYS)):
            yield name, progress.counted("Loading", parts)


def _write_media(root, name, parts):
    target = (root / name).resolve()
    if not target.is_relative_to(root.resolve()):
        raise BackupError(f"names a file outside the media: {name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        for part in parts:
            file.write(part)


def _unreadable_words(keys_are_lost) -> str:
    """Which encrypted words the keys of this run do not read. Where their keys are lost, they are emptied here."""
    if keys_are_lost:
        places = empty_what_is_lost()
        then = "it is empty here, and still in the backup, should the key turn up."
    else:
        places = places_not_read()
        then = "put the missing key back."
    return f"FIELD_KEYS do not read what is encrypted in {', '.join(places)}: {then}" if places else ""
