"""A language of the tests' own, right to left: the site's words in Arabic letters that mean nothing."""

import re
from contextlib import contextmanager

from django.utils.translation import trans_real

CODE = "ar"
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ابقدهفجحيجكلمنوبقرستعفوخيزابقدهفجحيجكلمنوبقرستعفوخيز",
)
KEPT = re.compile(r"(%\(\w+\)s|%[sd]|\{\w*\}|<[^>]*>|&\w+;)")


def pseudo(words: str) -> str:
    """The words in other letters; what is put in, and tags, stay."""
    return "".join(part if KEPT.fullmatch(part) else part.translate(LETTERS) for part in KEPT.split(words))


class PseudoTranslation(trans_real.DjangoTranslation):
    def gettext(self, message):
        return pseudo(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, one, many, number):
        return pseudo(one if number == 1 else many)


@contextmanager
def pseudo_language():
    """Within this, the site's own words in Arabic are those above."""
    before = trans_real._translations.get(CODE)
    trans_real._translations[CODE] = PseudoTranslation(CODE)
    try:
        yield CODE
    finally:
        trans_real._translations.pop(CODE)
        if before:
            trans_real._translations[CODE] = before
