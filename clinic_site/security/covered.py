"""
Words that an address may carry without showing them: for this site alone to read, and for a day.

A search for a person would otherwise stay in the history of a browser and in the log of whatever stands in front.
"""

from datetime import timedelta

from cryptography.fernet import InvalidToken

from clinic_site.security.encryption import cipher

MARK = "~"  # what nobody types at the beginning
LASTS = timedelta(days=1)


class CannotBeRead(Exception):
    """They are older than a day, or were not covered here."""


def cover(words: str) -> str:
    """These words, so that they can stand in an address."""
    return MARK + cipher().encrypt(words.encode()).decode()


def uncover(text: str) -> str:
    """The words behind it; what was not covered stays as it is. Raises CannotBeRead."""
    if not text.startswith(MARK):
        return text
    try:
        return cipher().decrypt(text.removeprefix(MARK).encode(), ttl=int(LASTS.total_seconds())).decode()
    except InvalidToken as error:
        raise CannotBeRead from error
