"""What is said of a wording: what stops it, and what would make it better."""

from dataclasses import dataclass

from treatments.words.fields import WordingField


@dataclass(frozen=True)
class Remark:
    """
    One thing that stops a wording, or advice: the field that it is about, the words in it, and what to do.

    `fingerprint` is what a clinician allows; '' for what nobody may. `missing_passage` is the key of a required passage
    that is not there, `missing_rows` a kind of rows. `is_copied`: nobody has read the words since they were copied.
    `until_signed`: a clinician who signs the words has seen to it, and it stops nothing afterward.
    """

    field: WordingField
    mend: str
    words: str = ""
    stops: bool = True
    fingerprint: str = ""
    missing_passage: str = ""
    missing_rows: str = ""
    is_copied: bool = False
    allowed: bool = False
    until_signed: bool = False


def advice(field, mend, words) -> Remark:
    """A remark that stops nothing."""
    return Remark(field, mend, words, stops=False)


def stops_of(remarks) -> list[Remark]:
    """The remarks that stop a wording: no advice, and nothing that a clinician allowed."""
    return [remark for remark in remarks if remark.stops and not remark.allowed]
