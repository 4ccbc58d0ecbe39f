"""What words say of a thing that is measured: how long a visit takes, how many sessions, what one costs."""

import re
from dataclasses import dataclass
from functools import lru_cache

from treatments.copy_check.reading import sentences

COUNTED = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
WORDS: dict[str, float] = {word: number for number, word in enumerate(COUNTED, start=1)}
WORDS |= {"a": 1, "an": 1, "half an": 0.5, "half a": 0.5, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40}
WORDS |= {"forty-five": 45, "sixty": 60, "ninety": 90}
PARTS = {"half": 0.5, "quarter": 0.25}
# The units of a time in minutes and in days; what is counted in sessions has none other.
MINUTES = {"minute": 1, "min": 1, "hour": 60}
DAYS = {"day": 1, "week": 7, "month": 30}
SESSIONS = {"session": 1, "visit": 1, "treatment": 1, "appointment": 1}
DOLLARS = {"dollar": 1}

_number = "|".join([r"\d[\d,]*(?:\.\d+)?", *sorted(WORDS, key=len, reverse=True)])
_amount = rf"(?:{_number})(?: and an? (?:half|quarter))?"
SPAN = re.compile(
    rf"(?<![\w.$-])(?:(?P<between>between )?(?P<low>{_amount}) ?(?:to|or|and|–|-) ?)?(?P<high>{_amount})[ -]"
    rf"(?P<unit>min(?:ute)?|hour|day|week|month|session|visit|treatment|appointment|dollar)s?\b(?P<half> and a half)?",
    re.IGNORECASE,
)
PRICE = re.compile(r"\$ ?(?P<low>\d[\d,]*(?:\.\d\d)?)(?: ?(?:to|or|and|–|-) ?\$? ?(?P<high>\d[\d,]*(?:\.\d\d)?))?")
JOINED = re.compile(r" ?(?:to|or|–|-) ?")


@dataclass(frozen=True)
class Span:
    """An amount, or one from `low` to `high`, in minutes, days, sessions or dollars; `words` as they are written."""

    low: float
    high: float
    words: str
    start: int = 0
    end: int = 0


def spans_of(text, units) -> list[Span]:
    """The amounts in a text that are in these units, two that are joined as one: 'half an hour to an hour'."""
    found = [_span(match, units) for match in SPAN.finditer(text) if _unit_of(match) in units]
    if units is DOLLARS:
        found = sorted([*found, *map(_price, PRICE.finditer(text))], key=lambda span: span.start)
    spans: list[Span] = []
    for span in found:
        before = spans[-1] if spans else None
        if before and before.low == before.high and JOINED.fullmatch(text[before.end : span.start]):
            spans[-1] = Span(before.low, span.high, text[before.start : span.end], before.start, span.end)
        else:
            spans.append(span)
    return spans


def _unit_of(match):
    return match["unit"].lower()


def _span(match, units):
    size = units[_unit_of(match)]
    high = _number_of(match["high"]) + (0.5 if match["half"] else 0)
    low = _number_of(match["low"]) if match["low"] else high
    return Span(min(low, high) * size, max(low, high) * size, match[0], match.start(), match.end())


def _price(match):
    low = _number_of(match["low"])
    return Span(low, _number_of(match["high"]) if match["high"] else low, match[0], match.start(), match.end())


def _number_of(words):
    whole, _and, part = words.lower().partition(" and a")
    whole = whole.strip()
    number = WORDS[whole] if whole in WORDS else float(whole.replace(",", ""))
    return number + sum(size for name, size in PARTS.items() if name in part)


OTHERS = (
    r"stud(?:y|ies)|trials?|labels?|volunteers|women|patients|people|samples?|experts?|authors?|manual|instructions"
)
IF = r"if|unless|until|call us|more than|longer than|less than|rather than|instead of|another"
TAKES = r"takes?|lasts?|needs?|runs?|is|are|allow|plan|set aside|expect|adds? up|in all|be here|stays?|waits?|for"
AT_A_TIME = re.compile(r" ?(?:before|after|later|apart|ago|earlier|off|from|into)\b", re.IGNORECASE)
APART = re.compile(r" ?(?:apart|between)\b", re.IGNORECASE)
EVERY = re.compile(r"\b(?:every|between \w+ (?:is|are))(?: about)? $", re.IGNORECASE)


@dataclass(frozen=True)
class Thing:
    """
    Something that is measured, and how a sentence about it is known: each of `says` stands in it, and nothing of
    `not_of`.

    `near`: by how much two amounts may differ and still be one. `is_a_limit`: what counts is how much at most.
    `is_a_gap`: the amount stands between two of something.
    """

    key: str
    name: object
    units: dict
    says: tuple[str, ...]
    not_of: str = ""
    near: float = 1.0
    is_a_limit: bool = False
    is_a_gap: bool = False

    def said_in(self, text, of_facts=False) -> list[Span]:
        """What a text says of it. Words that speak of a study are the study's, but for the label of a figure."""
        found = []
        for part, sentence in measured_in(text):
            if (of_facts or not _has(OTHERS, sentence)) and self._is_said_in(part):
                own = [span for span in spans_of(part, self.units) if self._is_of(span, part)]
                found += [max(own, key=lambda span: span.high)] if own and self.is_a_limit else own
        return found

    def differs(self, one, other) -> bool:
        """Whether two amounts cannot both be true of it: neither lies within the other."""
        if self.is_a_limit:
            return max(one.high, other.high) > self.near * min(one.high, other.high)
        return not (self._is_within(one, other) or self._is_within(other, one))

    def _is_within(self, inner, outer):
        return outer.low <= inner.low * self.near and inner.high <= outer.high * self.near

    def _is_said_in(self, part):
        not_of = "|".join(filter(None, [IF, self.not_of]))
        return not _has(not_of, part) and all(_has(words, part) for words in self.says)

    def _is_of(self, span, part):
        before, after = part[: span.start], part[span.end :]
        if self.is_a_gap:
            return bool(APART.match(after) or EVERY.search(before))
        return not AT_A_TIME.match(after)


@lru_cache(maxsize=4096)
def measured_in(text) -> tuple[tuple[str, str], ...]:
    """The parts of a text in which there is an amount, each with the sentence that it is of."""
    parts = [(part, sentence) for sentence in sentences(text) for part in re.split(r"; | while ", sentence)]
    return tuple((part, sentence) for part, sentence in parts if SPAN.search(part) or PRICE.search(part))


def _has(words, part):
    return _pattern(words).search(part)


@lru_cache(maxsize=200)
def _pattern(words):
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
