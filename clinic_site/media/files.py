"""All files of the media, wherever they are kept: for backups, and what a restore brings back."""

from collections.abc import Iterator
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage


def names(folder="") -> Iterator[str]:
    """Each file, by its name within the media."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files) if name)
    for name in sorted(folders):
        yield from names(f"{folder}{name}/")


def parts_of(name) -> Iterator[bytes]:
    with default_storage.open(name) as file:
        yield from file.chunks()


def take_in(folder: Path):
    """Put each file below that folder among the media, under its name there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                default_storage.save(path.relative_to(folder).as_posix(), File(file))


def place() -> str:
    """Where they are, in words."""
    return getattr(default_storage, "location", "") or "the store of MEDIA_STORE"
