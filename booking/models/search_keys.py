"""
Finding a request: the beginnings of its words and the ends of its number, each a row that is looked up as it is.

Equality uses an ordinary index on every database, and means the same on every one; searching within text does neither.
"""

import re
import unicodedata
from itertools import islice, product

from django.db import models

LONGEST = 20  # letters of a word's beginning
SHORTEST, SHORTEST_OF_NAME = 2, 1  # names of one letter, and of one character, are searched for
SHORTEST_NUMBER = 4  # digits
REFERENCE_LENGTH = 6  # without its dash
MOST_PARTS = 8  # of a question
MOST_KEYS = 128  # of one request; a long name in full with address and number has about 90
LETTERS_TO_FOLD = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "ð": "d", "þ": "th"}
)
WORDS = re.compile(r"\w+")
NUMBER = re.compile(r"(?<![\w@.-])[+(]*\d[\d\s()+./-]*(?![\w@])")


class SearchKeyQuerySet(models.QuerySet):
    def with_all(self, keys):
        """The first of these keys, of the requests that have the others as well."""
        found = self.filter(key=keys[0])
        for key in keys[1:]:
            found = found.filter(request__in=self.filter(key=key).values("request"))
        return found


class SearchKey(models.Model):
    """One way in which a request is found."""

    request = models.ForeignKey("booking.ConsultationRequest", models.CASCADE, related_name="search_keys")
    key = models.CharField(max_length=LONGEST)

    objects = SearchKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "request"], name="a_key_finds_a_request_once")]

    def __str__(self):
        return self.key


def fold(text):
    """Letters as everybody types them: small, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(LETTERS_TO_FOLD)


def keys_of(name, email, phone, reference):
    """
    The keys under which a request with these is found: all that honest ones have.

    Of one with dozens of words in it the first are kept, so that nobody fills the table.
    """
    digits = _national(phone)
    ends = range(SHORTEST_NUMBER, min(len(digits), LONGEST) + 1)
    keys = [
        *_beginnings(fold(reference).replace("-", ""), SHORTEST),
        *(key for length in ends for key in (digits[:length], digits[-length:])),
        *(key for word in _words_of_name(name) for key in _beginnings(word, SHORTEST_OF_NAME)),
        *(key for word in [fold(email), *WORDS.findall(fold(email))] for key in _beginnings(word, SHORTEST)),
    ]
    return set(islice(dict.fromkeys(keys), MOST_KEYS))


def _words_of_name(name):
    """The words of a name, and those that a hyphen or an apostrophe joins also as one: mei, li, meili."""
    parts = fold(name).split()
    words = [word for part in parts for word in [*WORDS.findall(part), "".join(WORDS.findall(part))]]
    return list(dict.fromkeys(words))


def _beginnings(word, shortest):
    return (word[:length] for length in range(shortest, min(len(word), LONGEST) + 1))


def ways_in(question):
    """
    The ways to read a question, each a list of keys that a request has to have; none where it asks for nothing.

    'T98 JCP' is a reference or two words, 'Mei-Li' two words, one, or the beginning of a reference.
    """
    folded = fold(question).strip()
    numbers = [digits for run in NUMBER.findall(folded) if len(digits := _national(run)) >= SHORTEST_NUMBER]
    rest = NUMBER.sub(lambda run: " " if _national(run[0]) in numbers else run[0], folded)
    readings = [_readings_of(part) for part in rest.split()[:MOST_PARTS]]
    ways = [
        [digits[:LONGEST] for digits in numbers] + [key for keys in reading for key in keys]
        for reading in product(*(reading for reading in readings if reading))
    ]
    together = "".join(WORDS.findall(folded))
    if len(together) == REFERENCE_LENGTH and len(rest.split()) > 1:
        ways.append([together])
    return [way for way in ways if way]


def _readings_of(part):
    """How one word of a question can be read: as itself, or without what joins its parts."""
    if "@" in part:
        return [[part[:LONGEST]]]
    words = [word[:LONGEST] for word in WORDS.findall(part)]
    return [words, ["".join(words)[:LONGEST]]] if len(words) > 1 else [words] if words else []


def _national(phone):
    """The digits of a number without the country's 1, as people here write it."""
    digits = re.sub(r"\D", "", phone)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
