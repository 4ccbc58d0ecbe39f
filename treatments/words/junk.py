"""What never belongs into copy: marks that would show as they stand, hidden characters, strange addresses, floods."""

import re

from django.utils.translation import gettext as _

from treatments.words.length import longest_of
from treatments.words.remarks import Remark

TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-z]{2,8}|#x?[0-9a-f]+);", re.IGNORECASE)
STRAY_MARK = re.compile(r"\*\*|__|~~|\]\(|^\s{0,3}#+|^\s*\|.*\||^\s*(?:[-=*_]\s*){3,}$", re.MULTILINE)
WORD_BULLET = re.compile(r"^\s*[•·▪▫◦‣●○■□➢✓✔–—]\s+|[\uf000-\uf0ff]", re.MULTILINE)
HIDDEN = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)\]>\"']+", re.IGNORECASE)
OWN_MARKS = re.compile(r"\[\[[a-z0-9-]+\]\]")


def markup_that_shows(texts):
    """Tags, and marks of Markdown that make nothing: patients would read them as they stand."""
    for field in texts:
        if match := TAG.search(field.value):
            yield Remark(field, _("Patients would read this tag as it stands. Take it out."), match[0])
        elif match := STRAY_MARK.search(_as_shown(field)):
            yield Remark(field, _("Patients would read this mark as it stands. Take it out, or pair it."), match[0])


def word_bullets(texts):
    """Bullets as a word processor leaves them; a list has a hyphen and a blank before each of its lines."""
    for field in texts:
        if match := WORD_BULLET.search(field.value):
            mend = _("This bullet came from elsewhere. Begin each line of a list with a hyphen and a blank.")
            yield Remark(field, mend, match[0].strip())


def hidden_characters(texts):
    """Characters that nobody sees, and that can turn what is read around."""
    for field in texts:
        if match := HIDDEN.search(field.value):
            mend = _("There is a hidden character (%(code)s) here. Type this part anew.")
            yield Remark(field, mend % {"code": f"U+{ord(match[0]):04X}"})


def strange_addresses(texts, addresses):
    """Addresses of other sites: those of the list of sources alone, as a clinician has read them."""
    for field in texts:
        for match in ADDRESS.finditer(field.value):
            if match[0].rstrip(".,;:") not in addresses:
                mend = _("This address is not in the list of sources. Add it there and cite it, or take it out.")
                yield Remark(field, mend, match[0])


def floods(texts):
    """Texts that are far longer than their place."""
    for field in texts:
        if len(field.value) > (most := longest_of(field.name)):
            mend = _("This has %(number)s letters, and %(most)s are the most here. Say it shorter.")
            yield Remark(field, mend % {"number": len(field.value), "most": most})


def _as_shown(field):
    """The words as patients read them, without the marks that put in what the clinic says."""
    return OWN_MARKS.sub("", field.spoken)
