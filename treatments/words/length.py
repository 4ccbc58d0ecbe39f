"""How many words of a page stand in sight, and how many may (rules of copy: a guide is read in ten minutes)."""

from treatments.copy_check.reading import words_of
from treatments.models import (
    CareSign,
    Caution,
    Claim,
    Comparison,
    Finding,
    KeyFact,
    Passage,
    Picture,
    PreparationStep,
    Question,
    RecoveryDay,
    Risk,
    Step,
    Unit,
    Version,
)
from treatments.prose import plain

MOST_WORDS = {Unit.Kind.SECTION: 900, Unit.Kind.BENEFIT: 700}

# What a page shows of each record; answers are closed until somebody opens them.
SHOWN = {
    Version: ["heading", "lead"],
    KeyFact: ["label"],
    Claim: ["sentence", "use_note"],
    Finding: ["result"],
    Step: ["heading", "minutes_note", "body", "tell_us", "ask_us"],
    Comparison: ["topic", "without", "visits", "days_off", "marks", "with_option"],
    PreparationStep: ["label", "text"],
    RecoveryDay: ["label", "may_see", "may_do"],
    CareSign: ["text"],
    Risk: ["text"],
    Caution: ["situation", "explanation"],
    Passage: ["heading", "body", "aside", "elsewhere_text"],
    Question: ["question"],
    Picture: ["caption"],
}


LONGEST_TEXT = 10_000  # letters; the longest that ships has 2,000
LONGEST = {"lead": 1_000, "aside": 1_500, "caption": 500, "minutes_note": 500, "label": 500}


def longest_of(name) -> int:
    """How many letters a text of that field may have."""
    return LONGEST.get(name, LONGEST_TEXT)


def words_in_sight(wording) -> int:
    """The words of a wording that its page shows before anything is opened. What the page adds is not counted."""
    is_layered = any(getattr(row, "layer", "") or getattr(row, "shown", False) for row in wording.records())
    return sum(
        len(words_of(plain(getattr(record, name))))
        for record in wording.records()
        if _is_in_sight(record, is_layered)
        for name in SHOWN.get(type(record), [])
    )


def is_too_long(unit, words) -> bool:
    """Whether a page of that kind has more words in sight than it may."""
    return words > MOST_WORDS.get(Unit.Kind(unit.kind), words)


def _is_in_sight(record, is_layered):
    if isinstance(record, Finding):
        return not record.claim.layer and (record.shown or not is_layered)
    return not getattr(record, "layer", "")
