"""Words that were copied from another page: each is marked until somebody has read it, or written it anew."""

import hashlib

from django.utils.translation import gettext as _

from treatments.models import Version
from treatments.words.remarks import Remark


def mark_of(field) -> str:
    """Under what a unit keeps that a field was copied."""
    key = "" if isinstance(field.record, Version) else field.record.key
    return " ".join(filter(None, [field.record._meta.model_name, key, field.name]))


def digest_of_words(words: str) -> str:
    """Of copied words: they count as read once they are others."""
    return hashlib.sha256(words.encode()).hexdigest()


def unread_words(texts, unit):
    """Each text that still stands as it was copied: a new page says its own."""
    mend = _("Copied from another page, and not read yet. Write what is true here, or say above that you have read it.")
    for field in texts:
        if field.value and unit.copied.get(mark_of(field)) == digest_of_words(field.value):
            yield Remark(field, mend, is_copied=True)
