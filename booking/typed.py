"""What people type, held to letters that can be seen."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters, marks that turn the order of letters around, and letters of no width. Marks that Arabic, Persian
# and Hebrew need within words (U+200C to U+200F, U+061C) are not among them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
LETTER = re.compile(r"[^\W\d_]")


def refuse_hidden_characters(text):
    if HIDDEN.search(text):
        raise ValidationError(_("This holds characters that cannot be seen. Delete it and type it again."))


def need_a_letter(text):
    if not LETTER.search(text):
        raise ValidationError(_("Enter your name, with at least one letter."))


def one_line(text):
    """Text with line ends and runs of blanks made into single blanks."""
    return " ".join(text.split())


def number_in(text):
    """A record's number as an address gives it; None where it gives none, or one that is larger than any."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
