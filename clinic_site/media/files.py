"""All files of the media, wherever they are kept: for readers, for backups, and what a restore brings back."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse

BY_PROXY = "/media/"  # the proxy's own name for MEDIA_DIR, which nobody can ask for


def sent_from_media(name, content_type):
    """
    An answer with that file; who may have it is asked before. Raises FileNotFoundError, and OSError of a store.

    With MEDIA_DIR it is the proxy that reads the file and sends it.
    """
    if not settings.MEDIA_SENT_BY_PROXY:
        return FileResponse(default_storage.open(name), content_type=content_type)
    if not default_storage.exists(name):
        raise FileNotFoundError(name)
    return HttpResponse(content_type=content_type, headers={"X-Accel-Redirect": f"{BY_PROXY}{name}"})


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


def take_out(folder: Path):
    """Take each file below that folder from the media again, as far as they can be reached."""
    for path in folder.rglob("*"):
        if path.is_file():
            with suppress(OSError):
                default_storage.delete(path.relative_to(folder).as_posix())


def place() -> str:
    """Where they are, in words."""
    return getattr(default_storage, "location", "") or "the store of MEDIA_STORE"
