"""Slips of the keys: whether a word that nobody knows may be another one, mistyped, or is a word of its own."""

from itertools import groupby

VOWELS = frozenset("aeiouy")
SOUNDS_LIKE = ({"s", "z"}, {"c", "k"}, {"c", "s"}, {"g", "j"})  # heard as one (scarz, skars)
SHORT, MIDDLE = 5, 7  # letters of a word in which one slip is much, and of one in which two are


def may_begin(word, other):
    """Whether a word may be another one with a slip in its first letter, of a short one with another vowel there."""
    is_changed = word[1:] == other[1:] and not VOWELS.issuperset(word[0] + other[0])
    return len(word) > (MIDDLE if is_changed else SHORT)


def is_another(word, other, slips):
    """Whether a word is one of its own and not the other one, from which it is so many slips away."""
    if len(word) <= SHORT:
        return _has_another_consonant(word, other)
    return slips > 1 and len(word) <= MIDDLE and _consonants(word) != _consonants(other)


def _consonants(word):
    """Its consonants, a doubled one once."""
    return [letter for letter, _same in groupby(letter for letter in word if letter not in VOWELS)]


def _has_another_consonant(word, other):
    """
    Whether they are the same but for one letter: a consonant in both, of another sound, or one that only `word` has.
    """
    if len(word) > len(other):
        return not VOWELS.issuperset(set(word) - set(other))
    changed = [pair for pair in zip(word, other, strict=False) if pair[0] != pair[1]]
    is_one = len(word) == len(other) and len(changed) == 1 and VOWELS.isdisjoint(changed[0])
    return is_one and set(changed[0]) not in SOUNDS_LIKE
