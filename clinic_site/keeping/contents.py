"""What stands in a backup, one after the other: members with a name, and at the end the manifest that lists them."""

import hashlib
import json
from collections.abc import Iterable, Iterator

from clinic_site.keeping.archive import ArchiveReader, ArchiveWriter

DATABASE, MEDIA, MANIFEST = "database", "media/", "manifest"
LENGTH = 4  # bytes that say how long a part is; a part of none ends a member


class Members:
    """Counts and digests members as they pass: `listed[name]` is what the manifest says of one."""

    def __init__(self):
        self.listed: dict[str, dict] = {}

    def digested(self, name, parts: Iterable[bytes]) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for part in parts:
            digest.update(part)
            size += len(part)
            yield part
        self.listed[name] = {"bytes": size, "sha256": digest.hexdigest()}


def write_member(archive: ArchiveWriter, name: str, parts: Iterable[bytes]):
    _write_part(archive, name.encode())
    for part in parts:
        if part:
            _write_part(archive, part)
    _write_part(archive, b"")


def write_manifest(archive: ArchiveWriter, manifest: dict):
    """The last member; it ends the archive."""
    write_member(archive, MANIFEST, [json.dumps(manifest, indent=1).encode()])
    archive.close()


def read_members(archive: ArchiveReader) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each member's name and parts, up to the manifest. The parts are read before the next member is asked for."""
    name = ""
    while name != MANIFEST:
        name = _read_part(archive).decode()
        yield name, iter(lambda: _read_part(archive), b"")
    archive.expect_end()


def _write_part(archive, part):
    archive.write(len(part).to_bytes(LENGTH, "big") + part)


def _read_part(archive) -> bytes:
    return archive.read(int.from_bytes(archive.read(LENGTH), "big"))
