"""Reads a whole backup, without loading anything, and compares it with what its manifest lists."""

import json
from collections import deque
from pathlib import Path

from django.conf import settings

from clinic_site.keeping.archive import ArchiveReader, BackupError
from clinic_site.keeping.contents import MANIFEST, Members, read_members
from clinic_site.keeping.progress import Progress


def check(path: Path, progress: Progress | None = None) -> dict:
    """The manifest of a backup that is whole; raises BackupError where it is not, or where the key is another."""
    members, manifest = Members(), b""
    with path.open("rb") as file:
        for name, parts in read_members(ArchiveReader(file, settings.BACKUP_KEYS)):
            if name == MANIFEST:
                manifest = b"".join(parts)
            else:
                read = (progress or Progress()).counted("Checking", parts)
                deque(members.digested(name, read), maxlen=0)
    listed = json.loads(manifest)
    if listed["members"] != members.listed:
        raise BackupError("does not hold what it lists: use another backup")
    return listed
