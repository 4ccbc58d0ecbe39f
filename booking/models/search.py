"""
Finding a request: the beginnings of its words and the ends of its number, each a row that is looked up as it is.

Equality uses an ordinary index on every database, and means the same on every one; searching within text does neither.
"""

import re
import unicodedata

from django.db import models

SHORTEST, LONGEST = 2, 20  # letters of a word's beginning
SHORTEST_NUMBER = 4  # digits
BESIDE_THE_ALPHABET = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe"})
WORDS = re.compile(r"\w+")
NUMBER = re.compile(r"[\d\s()+./-]+")


class SearchKey(models.Model):
    """One way in which a request is found."""

    request = models.ForeignKey("booking.ConsultationRequest", models.CASCADE, related_name="search_keys")
    key = models.CharField(max_length=LONGEST)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "request"], name="a_key_finds_a_request_once")]

    def __str__(self):
        return self.key


def fold(text):
    """Letters as everybody types them: small, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(BESIDE_THE_ALPHABET)


def keys_of(name, email, phone, reference):
    """All keys under which a request with these is found."""
    words = [*WORDS.findall(fold(name)), *WORDS.findall(fold(email)), fold(email), fold(reference).replace("-", "")]
    keys = {word[:length] for word in words for length in range(SHORTEST, min(len(word), LONGEST) + 1)}
    digits = _national(phone)
    for length in range(SHORTEST_NUMBER, len(digits) + 1):
        keys |= {digits[:length], digits[-length:]}
    return keys


def keys_asked(question):
    """The keys that a question stands for: a request has to have each of them."""
    question = fold(question).strip()
    if NUMBER.fullmatch(question) and len(digits := _national(question)) >= SHORTEST_NUMBER:
        return [digits[:LONGEST]]
    parts = [part for part in question.split() if part]
    return [key for part in parts for key in _of_part(part) if len(key) >= SHORTEST]


def _of_part(part):
    if "@" in part:
        return [part[:LONGEST]]
    if re.fullmatch(r"\w{3}-\w{1,3}", part):
        return [part.replace("-", "")]
    return [word[:LONGEST] for word in WORDS.findall(part)]


def _national(phone):
    """The digits of a number without the country's 1, as people here write it."""
    digits = re.sub(r"\D", "", phone)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
