"""
Finding a request: its words, and its number from both ends, each a row, looked up by how it begins.

A beginning is a stretch of an ordinary index, and means the same on every database; searching within text does neither.
"""

import re
import unicodedata
from itertools import islice, product

from django.db import models
from django.db.models.lookups import BuiltinLookup

LONGEST = 20  # letters of a word
SHORTEST_NUMBER = 4  # digits
REFERENCE_LENGTH = 6  # without its dash
MOST_PARTS = 8  # of a question
MOST_NUMBERS = 2  # of a question, each read from both ends
MOST_KEYS = 40  # of one request; a long name in full with address and number has about 15
FROM_ITS_END = "<"  # what a number written backwards begins with
LAST_LETTER = chr(0x10FFFF)  # after which no word goes on
LETTERS_TO_FOLD = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "ð": "d", "þ": "th"}
)
WORDS = re.compile(r"\w+")
NUMBER = re.compile(r"(?<![\w@.-])[+(]*\d[\d\s()+./-]*(?![\w@])")


class Key(models.CharField):
    """A word that is looked up by how it begins: `key__begins`."""


@Key.register_lookup
class Begins(BuiltinLookup):
    """A stretch of the index: of letters by their code points, whatever language the database sorts in."""

    lookup_name = "begins"

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", [*parameters, self.rhs, *parameters, self.rhs + LAST_LETTER]

    def as_postgresql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", [*parameters, connection.ops.prep_for_like_query(self.rhs) + "%"]


class SearchKeyQuerySet(models.QuerySet):
    def beginning_with(self, beginning):
        return self.filter(key__begins=beginning)

    def rarest_first(self, beginnings, most):
        """These beginnings with how many keys have them, counted up to `most`, the rarest first."""
        counted = [(self.beginning_with(beginning)[:most].count(), beginning) for beginning in beginnings]
        return sorted(counted)


class SearchKey(models.Model):
    """One way in which a request is found."""

    request = models.ForeignKey(
        "booking.ConsultationRequest", models.CASCADE, related_name="search_keys", db_index=False
    )
    key = Key(max_length=LONGEST)

    objects = SearchKeyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["request", "key"], name="keys_of_a_request")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "request"],
                opclasses=["varchar_pattern_ops", "int8_ops"],  # PostgreSQL looks beginnings up in no other
                name="a_key_finds_a_request",
            )
        ]

    def __str__(self):
        return self.key


def fold(text):
    """Letters as everybody types them: small, without accents."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(LETTERS_TO_FOLD)


def keys_of(name, email, phone, reference):
    """
    The keys under which a request with these is found: all that honest ones have.

    Of one with dozens of words in it the first are kept, so that nobody fills the table.
    """
    digits, email = _national(phone), fold(email)
    keys = [
        fold(reference).replace("-", ""),
        digits,
        from_its_end(digits),
        *_words_of_name(name),
        email,
        *WORDS.findall(email),
    ]
    return {key[:LONGEST] for key in islice(filter(None, dict.fromkeys(keys)), MOST_KEYS)}


def from_its_end(digits):
    """A number as it is kept to be found by its end."""
    return f"{FROM_ITS_END}{digits[::-1]}" if digits else ""


def _words_of_name(name):
    """The words of a name, and those that a hyphen or an apostrophe joins also as one: mei, li, meili."""
    parts = fold(name).split()
    words = [word for part in parts for word in [*WORDS.findall(part), "".join(WORDS.findall(part))]]
    return list(dict.fromkeys(words))


def ways_in(question):
    """
    The ways to read a question, each a list of beginnings of keys that a request has; none where it asks for nothing.

    'T98 JCP' is a reference or two words, 'Mei-Li' two words, one, or the beginning of a reference.
    """
    folded = fold(question).strip()
    numbers = [digits for run in NUMBER.findall(folded) if len(digits := _national(run)) >= SHORTEST_NUMBER]
    rest = NUMBER.sub(lambda run: " " if _national(run[0]) in numbers else run[0], folded)
    readings = [[[digits[:LONGEST]], [from_its_end(digits)[:LONGEST]]] for digits in numbers[:MOST_NUMBERS]]
    readings += [_readings_of(part) for part in rest.split()[:MOST_PARTS]]
    ways = [
        [key for keys in reading for key in keys] for reading in product(*(reading for reading in readings if reading))
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
