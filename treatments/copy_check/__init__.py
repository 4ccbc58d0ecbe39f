"""
The copy check: what blocks a text from going live, and what would make it easier to read (rules of copy, decision 12).

`check(text)` gives its issues in their order. What blocks is judged by meaning: what is denied or asked passes, what
only looks denied does not.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from treatments.copy_check.absolutes import all_or_none_in
from treatments.copy_check.plain import readings_of
from treatments.copy_check.promises import promises_in
from treatments.copy_check.reading import advice_on


@dataclass(frozen=True)
class Issue:
    """
    What is wrong in a text: its line (from 1), the words, whether they block, and what to do about them.

    `sentence` is the one in which words that block stand.
    """

    line: int
    words: str
    blocks: bool
    advice: str
    sentence: str = ""


def check(text: str) -> list[Issue]:
    """The issues of a text, by its lines; what blocks stands before what is advised."""
    return list(_issues_of(text))


@lru_cache(maxsize=4096)  # most texts of a draft are those of its live page, and a report asks for all again
def _issues_of(text):
    issues = {}
    for readings in readings_of(text):
        for reading in readings:
            met = Counter()  # the same words twice in a line are two issues, the same in two readings one
            for place, words, mend, sentence in promises_in(reading.text):
                line = reading.line_at(place)
                key = (line, words.lower().replace("-", ""))
                met[key] += 1
                issues.setdefault((*key, met[key]), Issue(line, words, True, mend, sentence))
        for place, words, advice in (*advice_on(readings[0].text), *all_or_none_in(readings[0].text)):
            line = readings[0].line_at(place)
            issues.setdefault((line, advice), Issue(line, words, False, advice))
    return tuple(sorted(issues.values(), key=lambda issue: (issue.line, not issue.blocks)))
