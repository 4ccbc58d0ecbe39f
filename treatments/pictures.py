"""From an uploaded file to a picture that a page can show: small, never changed, and without what cameras add."""

import hashlib
import struct
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ["JPEG", "PNG", "WEBP"]
SIXTEEN_BITS = ["I;16", "I;16B", "I;16L", "I;16N"]  # of grey, which Pillow would cut at the lightest of eight
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1280  # pixels
QUALITY = 80
FOLDER = "pictures"
BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
)


def keep_picture(upload, store=True) -> str:
    """
    Keep an uploaded picture, and return its name. The same picture has the same name, however often it is sent.

    It is turned upright and made small enough for a page; place, time and camera are left out. With `store` false it
    is only looked at. Raises ValidationError.
    """
    picture = _opened(upload)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = BytesIO()
    picture.save(written, "WEBP", quality=QUALITY)
    digest = hashlib.sha256(written.getvalue()).hexdigest()[:32]
    name = f"{digest}-{picture.width}x{picture.height}.webp"
    if store:
        _store(path_of(name), written.getvalue())
    return name


def _store(path, content):
    try:
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))
    except OSError:  # a full disk, or a store that does not answer
        raise ValidationError(_("The picture could not be kept just now. Wait a minute, and save again.")) from None


def _opened(upload):
    """The picture in a file, upright and without what one can see through. Raises ValidationError."""
    if upload.size > MOST_BYTES:
        raise ValidationError(_("This file is larger than 8 MB. Make the picture smaller, and choose it again."))
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("This picture has more than 40 million dots. Make it smaller first."))
            return _on_white(_turned_upright(picture))
    except BROKEN:
        raise ValidationError(_("This is no picture that we can read. Choose a JPEG, PNG or WebP file.")) from None


def _turned_upright(picture):
    """As its camera was held. What the camera wrote may be nonsense; then the picture stays as it is."""
    try:
        return ImageOps.exif_transpose(picture)
    except (TypeError, ValueError, AttributeError, KeyError, struct.error):
        return picture


def _on_white(picture):
    """Where one can see through a picture, white: the page has no dark behind it that would swallow dark lines."""
    if picture.mode in SIXTEEN_BITS:
        picture = picture.convert("I").point(lambda grey: grey / 256).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def is_kept(name) -> bool:
    return default_storage.exists(path_of(name))


def path_of(name):
    return f"{FOLDER}/{name}"
