"""The pictures of a guide's folder: each is what its name says, and nothing but a picture."""

import hashlib
import re
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from treatments.guide_files.folder import BadContent, Folder, read_bytes
from treatments.guide_files.shape import PICTURES
from treatments.models.pictures import NAME
from treatments.pictures import BROKEN, LONGEST_SIDE, MOST_BYTES, is_kept, path_of

IS_NAME = re.compile(rf"{NAME}\Z")


def check_pictures(folder: Folder):
    """Raises BadContent for what is not a picture that this site once wrote: the name holds its digest and its size."""
    for name, path in folder.pictures.items():
        shown = f"{PICTURES}/{name}".encode(errors="replace").decode()
        if not IS_NAME.match(name):
            raise BadContent(f"{shown}: no picture is called that. Add pictures in the admin, and export them.")
        content = read_bytes(path, shown, MOST_BYTES)
        if hashlib.sha256(content).hexdigest()[:32] != name[:32] or _size(content) != name[33:-5]:
            raise BadContent(f"{shown}: this is not the picture that its name says.")


def store_pictures(folder: Folder):
    """Put those in their place that are not there yet; a picture never changes, so none is written over."""
    for name, path in folder.pictures.items():
        if not is_kept(name):
            default_storage.save(path_of(name), ContentFile(read_bytes(path, name, MOST_BYTES)))


def _size(content):
    try:
        with Image.open(BytesIO(content), formats=["WEBP"]) as picture:
            if max(picture.size) > LONGEST_SIDE:
                return ""
            picture.load()
            return f"{picture.width}x{picture.height}"
    except BROKEN:
        return ""
