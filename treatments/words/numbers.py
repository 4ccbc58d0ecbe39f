"""Numbers of copy: each comes from a finding, a source, a claim or a field; two of one thing do not disagree."""

import re
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from treatments import prose
from treatments.models import (
    Claim,
    ClinicField,
    Comparison,
    Count,
    Finding,
    KeyFact,
    PreparationStep,
    RecoveryDay,
    Step,
    Unit,
    Version,
)
from treatments.words.digest import SIGNED_FIELDS
from treatments.words.remarks import Remark, advice
from treatments.words.rules import fingerprint

FACTS = (Finding, KeyFact, PreparationStep, RecoveryDay, ClinicField, Comparison, Count)  # rows whose numbers are facts
EVERYWHERE = {"911", "1"}  # numbers that need no fact
YEAR = re.compile(r"(?:19|20)\d\d")
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
NO_QUANTITY = {"key", "position", "source", "sources", "image", "consent", "consent_until", "elsewhere", "synonyms"}
OF_A_SOURCE = ("title", "year", "note", "figures")
UNITS = {"minute": 1, "hour": 60}
TIME = re.compile(
    r"\b(?P<low>\d+|half an|an?|one|two|three)(?: (?:to|or) (?P<high>\d+|two|three))?(?P<half> and a half)? "
    r"(?P<unit>minute|hour)s?\b",
    re.IGNORECASE,
)
WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "half an": 0.5}
NEAR = 1.34  # a time that is less than a third off is no other time: 'about an hour' beside 50 minutes


def given_by_source(source) -> frozenset[str]:
    """The numbers that a source gives, as a clinician has read them."""
    return frozenset(_numbers_in(" ".join(getattr(source, name) for name in OF_A_SOURCE)))


def facts_and_their_numbers() -> list[tuple]:
    """
    Of the facts of each treatment, live or newest, and of each of their key facts: (treatment's number in the table,
    live since, signed at, low, high). One query for all that is asked of them.
    """
    newest, live = Version.objects.newest().values("pk"), Version.objects.live_at(timezone.now()).values("pk")
    facts = Version.objects.of_kind(Unit.Kind.TREATMENT).filter(Q(pk__in=newest) | Q(pk__in=live))
    return list(facts.values_list("unit__treatment", "live_from", "signed_at", "keyfacts__low", "keyfacts__high"))


def given_by_key_facts(facts) -> frozenset[str]:
    """The numbers of these key facts, which every page may say."""
    pairs = [row[-2:] for row in facts]
    return frozenset(f"{number.normalize():f}" for pair in pairs for number in pair if number is not None)


def numbers_from_nowhere(fields, wording, unit, figures, key_facts):
    """
    Numbers, cited or not, that no finding, no source beside them, no claim's own figure and no field gives.

    `figures`: the numbers of each source by its key; heading, lead and summary have those of all that the page cites.
    `key_facts`: those of the treatment. A clinician may let one stand, with a reason.
    """
    facts = key_facts | {number for field in fields if _is_a_fact(field) for number in _numbers_of(field)}
    every_key = {key for field in fields if field.is_text for key in _keys_in(field.value)}
    mend = _("No finding, no field and no source cited here gives this number. Give it to its source, or leave it out.")
    for field in fields:
        if field.is_text and field.name not in NO_QUANTITY and not isinstance(field.record, FACTS):
            keys = every_key if isinstance(field.record, Version) else _keys_of(field.record, wording)
            given = EVERYWHERE | facts | {number for key in keys for number in figures.get(key, ())}
            for number in dict.fromkeys(_numbers_in(_as_read(field))):
                if number not in given and not YEAR.fullmatch(number):
                    allowed = fingerprint(unit, field, field.value, number)
                    yield Remark(field, mend, number, fingerprint=allowed, until_signed=True)


def other_minutes(fields):
    """Advice: a step that lasts so many minutes, beside words of its own that give it quite another time."""
    mend = _("This step has %(minutes)s minutes, and its words say “%(words)s”. Which is right?")
    for field in fields:
        if isinstance(field.record, Step) and field.name in ("body", "minutes_note") and field.record.minutes:
            match = TIME.search(field.spoken)
            minutes, step = field.record.minutes, field.record
            times = times_in(f"{prose.spoken(step.body)} {prose.spoken(step.minutes_note)}")
            if match and not any(low / NEAR <= minutes <= high * NEAR for low, high in times):
                yield advice(field, mend % {"minutes": minutes, "words": match[0]}, match[0])


def times_in(text) -> list[tuple[float, float]]:
    """The stretches of time in a text, in minutes: (from, to)."""
    found = []
    for match in TIME.finditer(text):
        size = UNITS[match["unit"].lower()]
        low = _amount(match["low"]) + (0.5 if match["half"] else 0)
        found.append((low * size, (_amount(match["high"]) if match["high"] else low) * size))
    return found


def _amount(word):
    return WORDS[word.lower()] if word.lower() in WORDS else float(word)


def _is_a_fact(field):
    return isinstance(field.record, FACTS) or (isinstance(field.record, Step) and field.name == "minutes")


def _numbers_of(field):
    return _numbers_in(str(field.value)) if field.name not in NO_QUANTITY and field.value is not None else ()


def _keys_of(record, wording):
    """The sources that a row cites anywhere."""
    values = [getattr(record, name) for name in SIGNED_FIELDS[type(record)] if name not in NO_QUANTITY]
    keys = {key for value in values if isinstance(value, str) for key in _keys_in(value)}
    return keys | set(wording.sources_of(record)) if isinstance(record, Claim) else keys


def _as_read(field):
    """The words of a field without its citations and the numbers of its lists."""
    return prose.plain(field.value) if field.is_prose else field.value


@lru_cache(maxsize=4096)
def _keys_in(text):
    return tuple(key for citation in prose.CITATION.findall(text) for key in prose.keys_of(citation))


@lru_cache(maxsize=4096)
def _numbers_in(text):
    return tuple(NUMBER.findall(text))
