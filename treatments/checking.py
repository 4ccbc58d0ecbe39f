"""
What stands in the way of a wording, and what would make it better: the claim rule and the copy check (rules of copy).

Each remark names its field, says what to do, and leads to the field on the page where it is mended.
"""

import hashlib
import re
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from treatments import prose
from treatments.copy_check import check
from treatments.copy_check.jargon import hard_words
from treatments.copy_check.reading import CITATION, grade
from treatments.models import (
    CareSign,
    Caution,
    Claim,
    ClinicField,
    CopyEvent,
    Finding,
    KeyFact,
    Passage,
    Picture,
    PreparationStep,
    RecoveryDay,
    Risk,
    Source,
    Step,
    Term,
    Unit,
)
from treatments.pictures import is_kept
from treatments.places import LINKS, Place, place_of, places
from treatments.signed_words import READ, read_value

REQUIRED_PASSAGES = {
    "limits": _lazy("What it will not do"),
    "risks": _lazy("Risks"),
    "who-should-not": _lazy("Who should not have it"),
    "when-to-call": _lazy("When to call us"),
    "alternatives": _lazy("Alternatives"),
}
REQUIRED_ROWS = {"risks": Risk, "recovery": CareSign, "suitability": Caution}  # of sections, by their address
MAY_BE_EMPTY = {"lead", "synonyms", "use_note", "minutes_note", "tell_us", "ask_us", "value"}
GIVING = [Claim, Finding, KeyFact, Step, PreparationStep, RecoveryDay, ClinicField]  # rows whose numbers are facts
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
EVERYWHERE = {"911", "1"}
UNCITED = {"title", "heading", "summary", "synonyms", "question", "situation"}  # shown as they are written
ASKED_BY = {"answer": "question", "body": "heading"}
BRACKETS = re.compile(r"\[[^\[\]]*\bS\d[^\[\]]*\]")


@dataclass(frozen=True)
class Remark:
    """One thing that stops a wording, or advice. `fingerprint` is what a clinician allows; '' for what nobody may."""

    place: Place
    words: str
    stops: bool
    mend: str
    fingerprint: str = ""
    allowed: bool = False


@dataclass(frozen=True)
class Known:
    """What a wording is checked against."""

    sources: frozenset[str]
    terms: frozenset[str]
    allowed: frozenset[str]

    @classmethod
    def now(cls, sources=None):
        """`sources`: all keys, where they were read already."""
        if sources is None:
            sources = Source.objects.values_list("key", flat=True)
        names = [name for term in Term.objects.all() for name in (term.term, *term.also.split(","))]
        allowed = CopyEvent.objects.exclude(fingerprint="").values_list("fingerprint", flat=True)
        return cls(frozenset(sources), frozenset(name.strip().lower() for name in names), frozenset(allowed))


def remarks_on(wording, unit, known) -> list[Remark]:
    """All remarks in the order of the page; what stops stands before what is advised."""
    found = [
        *_missing(wording, unit),
        *_unproven(wording),
        *_unseen(wording),
        *_misquoted(wording, known),
        *_misworded(wording, unit),
    ]
    found += [*_numbers(wording), *_jargon(wording, known)]
    order = {id(record): number for number, record in enumerate(wording.records())}
    found.sort(key=lambda remark: (not remark.stops, order[id(remark.place.record)]))
    return [_as_allowed(remark, known) for remark in found]


def stops_of(remarks) -> list[Remark]:
    return [remark for remark in remarks if remark.stops and not remark.allowed]


def grade_of(wording) -> float:
    """The reading grade of all that a wording says in sentences."""
    return grade([place.spoken for place in places(wording) if place.is_prose])


def _missing(wording, unit):
    """Required parts that are empty or not there."""
    for place in places(wording):
        empty = not getattr(place.record, place.name).strip()
        if empty and not _may_be_empty(place):
            yield Remark(place, "", True, _("This is empty. Write it, or take the row out."))
    top = place_of(wording, wording.version, "title")
    if unit.kind == Unit.Kind.BENEFIT:
        if not wording.rows_of(Claim):
            yield Remark(top, "", True, _("A benefit needs at least one claim. Add one below."))
        there = {row.key for row in wording.rows_of(Passage)}
        for key, name in REQUIRED_PASSAGES.items():
            if key not in there:
                mend = _("A benefit must say this: %(what)s. Its heading is ready among the texts: write it.")
                yield Remark(replace(top, anchor=f"row-passage-{key}"), "", True, mend % {"what": name})
    needed = REQUIRED_ROWS.get(unit.slug) if unit.kind == Unit.Kind.SECTION else None
    if needed and not wording.rows_of(needed):
        mend = _("This page must have %(rows)s. Add at least one.")
        yield Remark(top, "", True, mend % {"rows": needed._meta.verbose_name_plural})


def _may_be_empty(place):
    """Of claims and pictures, what may be missing has rules of its own."""
    if isinstance(place.record, Claim | Picture):
        return place.name != "sentence"
    return place.name in MAY_BE_EMPTY


def _unseen(wording):
    """Pictures without a file, without words for those who cannot see them, or without consent."""
    for picture in wording.rows_of(Picture):
        if not picture.image or not (getattr(picture, "was_looked_at", False) or is_kept(picture.image)):
            yield Remark(_at(wording, picture, "image"), "", True, _("There is no picture yet. Choose a file."))
        if not (picture.text.strip() or picture.decorative):
            mend = _("Say in words what this picture shows, or mark it as decorative.")
            yield Remark(_at(wording, picture, "text"), "", True, mend)
        if not picture.consent.strip():
            mend = _("Say who agreed to this picture, or that nobody can be seen in it.")
            yield Remark(_at(wording, picture, "consent"), "", True, mend)
        if picture.consent_until and picture.consent_until < timezone.localdate():
            mend = _("The consent has run out. Take the picture out, or write down the new consent.")
            yield Remark(_at(wording, picture, "consent_until"), "", True, mend)


def _at(wording, picture, name):
    place = place_of(wording, picture, name)
    return replace(place, anchor=place.anchor.replace("-image", "-upload")) if name == "image" else place


def _unproven(wording):
    """Claims without a source, a grade or a use status."""
    lacks = {
        "sources": _("This claim has no source. Choose one, or take the claim out."),
        "grade": _("This claim has no evidence grade. Choose how far it can be trusted."),
        "use": _("This claim has no use status. Choose what the FDA says of this use."),
    }
    for claim in wording.rows_of(Claim):
        for name, mend in lacks.items():
            if not (wording.sources_of(claim) if name == "sources" else getattr(claim, name)):
                yield Remark(place_of(wording, claim, name), "", True, mend)


def _misquoted(wording, known):
    """Brackets that look like a citation and lead nowhere."""
    for place in places(wording):
        for found in BRACKETS.finditer(getattr(place.record, place.name)):
            if place.name in UNCITED:
                yield Remark(place, found[0], True, _("Sources are not cited here. Take these brackets out."))
                continue
            if not prose.CITATION.fullmatch(found[0]):
                yield Remark(
                    place, found[0], True, _("Patients would read these brackets. Write them as in [S2, S36].")
                )
                continue
            for key in prose.keys_of(found[0].strip("[]")):
                if key not in known.sources:
                    mend = _("There is no source %(key)s. Add it under Sources, or mend the key.")
                    yield Remark(place, found[0], True, mend % {"key": key})


def _misworded(wording, unit):
    """What the copy check says."""
    for place in places(wording):
        words = place.spoken
        for finding in _findings(place, words) if words else ():
            if finding.blocks or place.is_prose:
                mark = fingerprint(unit, place, finding) if finding.blocks else ""
                yield Remark(place, finding.words, finding.blocks, finding.advice, mark)


def _findings(place, words):
    """What the copy check says; an answer is read after its question: 'Does it hurt?' 'Not at all.'"""
    found = check(words)
    if not (asked := _question_of(place)):
        return found
    alone = {finding.words for finding in (*found, *check(asked))}
    return found + [each for each in check(f"{asked}\n{words}") if each.blocks and each.words not in alone]


def _question_of(place):
    """What a text answers: the question beside it, also where that is its heading; or ''."""
    asked = getattr(place.record, ASKED_BY.get(place.name, ""), "").strip()
    return asked if asked.endswith("?") else ""


def fingerprint(unit, place, finding):
    """
    What a clinician allows: these words, in this sentence, in this field of this page, and nothing else.

    In an answer the question is part of it: 'None.' says another thing after another question.
    """
    key = getattr(place.record, "key", "")
    told = [str(unit.pk), place.record._meta.model_name, key, place.name, _question_of(place)]
    return hashlib.sha256("\n".join([*told, finding.sentence, finding.words]).encode()).hexdigest()


def _numbers(wording):
    """Advice: numbers in a paragraph without a citation that no claim and no field of this version gives."""
    given = EVERYWHERE | {number for row in _giving(wording) for number in _numbers_of(wording, row)}
    mend = _("No claim and no field of this page gives this number. Cite its source, or leave it out.")
    for place in places(wording):
        if not place.is_prose or type(place.record) in GIVING:
            continue
        for paragraph in getattr(place.record, place.name).splitlines():
            if not CITATION.search(paragraph):
                for number in dict.fromkeys(NUMBER.findall(prose.plain(paragraph))):
                    if number not in given:
                        yield Remark(place, number, False, mend)


def _giving(wording):
    return [row for model in GIVING for row in wording.rows_of(model)]


def _numbers_of(wording, row):
    told = (read_value(wording, row, name) for name in READ[type(row)] if name not in LINKS)
    return NUMBER.findall(" ".join(str(value) for value in told))


def _jargon(wording, known):
    """Advice: words of the trade that the glossary does not explain, each once."""
    seen = set()
    for place in places(wording):
        if place.is_prose:
            for word in hard_words(place.spoken):
                if word not in seen and word not in known.terms and word.removesuffix("s") not in known.terms:
                    seen.add(word)
                    mend = _("Readers may not know this word. Say it plainly, or add it to the glossary.")
                    yield Remark(place, word, False, mend)


def _as_allowed(remark, known):
    return replace(remark, allowed=True) if remark.fingerprint and remark.fingerprint in known.allowed else remark
