"""The rules of copy, one a function: each walks over the fields of a wording, and gives its remarks."""

import hashlib
import re

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from treatments import prose
from treatments.copy_check import check
from treatments.copy_check.jargon import hard_words
from treatments.models import (
    CareSign,
    Caution,
    Claim,
    Comparison,
    Finding,
    Passage,
    Picture,
    Risk,
    SectionKind,
    Unit,
)
from treatments.pictures import is_kept
from treatments.words.remarks import Remark, advice

REQUIRED_PASSAGES = {
    "limits": _lazy("What it will not do"),
    "risks": _lazy("Risks"),
    "who-should-not": _lazy("Who should not have it"),
    "when-to-call": _lazy("When to call us"),
    "alternatives": _lazy("Alternatives"),
}
REQUIRED_ROWS = {SectionKind.RISKS: Risk, SectionKind.RECOVERY: CareSign, SectionKind.SUITABILITY: Caution}
MAY_BE_EMPTY = {"lead", "synonyms", "use_note", "minutes_note", "tell_us", "ask_us", "value"}
MAY_BE_EMPTY |= {"layer", "aside", "elsewhere", "elsewhere_text", "ask", "graded_by"}
EMPTY_IN = {Comparison: {"visits", "days_off", "marks"}}  # what no source says of a choice
CLAIM_NEEDS = {
    "sources": _lazy("This claim has no source. Choose one, or take the claim out."),
    "grade": _lazy("This claim has no evidence grade. Choose how far it can be trusted."),
    "use": _lazy("This claim has no use status. Choose what the FDA says of this use."),
}
UNCITED = {"title", "heading", "summary", "synonyms", "question", "situation"}  # shown as they are written
BRACKETS = re.compile(r"\[[^\[\]]*\bS\d[^\[\]]*\]")
QUESTION_OF = {"answer": "question", "body": "heading"}  # the field that a text may answer


def empty_texts(texts):
    """Texts that must say something. Of claims and pictures, what may be missing has rules of its own."""
    for field in texts:
        if isinstance(field.record, Claim | Picture):
            may_be_empty = field.name != "sentence"
        else:
            may_be_empty = field.name in MAY_BE_EMPTY | EMPTY_IN.get(type(field.record), set())
        if not may_be_empty and not field.value.strip():
            yield Remark(field, _("This is empty. Write it, or take the row out."))


def missing_claims(fields, unit):
    """A benefit claims something."""
    if unit.kind == Unit.Kind.BENEFIT and not _has(Claim, fields):
        yield Remark(_title(fields), _("A benefit needs at least one claim. Add one below."), missing_rows="claim")


def missing_passages(fields, unit):
    """A benefit tells its limits and risks beside its claims."""
    if unit.kind == Unit.Kind.BENEFIT:
        there = {field.record.key for field in fields if isinstance(field.record, Passage)}
        for key, name in REQUIRED_PASSAGES.items():
            if key not in there:
                mend = _("A benefit must say this: %(what)s. Its heading is ready among the texts: write it.")
                yield Remark(_title(fields), mend % {"what": name}, missing_passage=key)


def missing_rows(fields, unit):
    """Some sections have no sense without their rows."""
    needed = REQUIRED_ROWS.get(unit.section_kind)
    if needed and not _has(needed, fields):
        mend = _("This page must have %(rows)s. Add at least one.")
        rows = needed._meta
        yield Remark(_title(fields), mend % {"rows": rows.verbose_name_plural}, missing_rows=rows.model_name)


def incomplete_claims(fields):
    """Each claim has a source, a grade and a use status."""
    for name, mend in CLAIM_NEEDS.items():
        for field in fields:
            if isinstance(field.record, Claim) and field.name == name and not field.value:
                yield Remark(field, str(mend))


def too_many_findings(fields):
    """Of a claim's findings one stands in sight."""
    seen = set()
    for field in fields:
        if isinstance(field.record, Finding) and field.name == "shown" and field.value:
            if field.record.claim.key in seen:
                yield Remark(
                    field, _("Another finding of this claim is in sight already. Choose the one that matters.")
                )
            seen.add(field.record.claim.key)


def unnamed_links(fields):
    """A part that is said in full elsewhere names the page and what is there."""
    mend = _("Give both the address of the page that has all of it and the words of the link.")
    for field in fields:
        is_link = isinstance(field.record, Passage) and field.name == "elsewhere_text"
        if is_link and bool(field.value) != bool(field.record.elsewhere):
            yield Remark(field, mend)


def incomplete_pictures(fields, uploads):
    """Each picture has a file, words for those who cannot see it, and the consent of who is in it."""
    for field in fields:
        if isinstance(field.record, Picture) and (mend := _what_a_picture_lacks(field, uploads)):
            yield Remark(field, mend)


def _what_a_picture_lacks(field, uploads):
    name, value = field.name, field.value
    if name == "image" and not (value and (value in uploads or is_kept(value))):
        return _("There is no picture yet. Choose a file.")
    if name == "text" and not (value.strip() or field.record.decorative):
        return _("Say in words what this picture shows, or mark it as decorative.")
    if name == "consent" and not value.strip():
        return _("Say who agreed to this picture, or that nobody can be seen in it.")
    if name == "consent_until" and value and field.record.consent_until < timezone.localdate():
        return _("The consent has run out. Take the picture out, or write down the new consent.")
    return ""


def wrong_citations(texts, sources):
    """Brackets that look like a citation lead to a source."""
    for field in texts:
        for brackets in BRACKETS.findall(field.value):
            for mend in _what_is_wrong_with(field, brackets, sources):
                yield Remark(field, mend, brackets)


def _what_is_wrong_with(field, brackets, sources):
    if field.name in UNCITED:
        return [_("Sources are not cited here. Take these brackets out.")]
    if not prose.CITATION.fullmatch(brackets):
        return [_("Patients would read these brackets. Write them as in [S2, S36].")]
    unknown = [key for key in prose.keys_of(brackets.strip("[]")) if key not in sources]
    mend = _("There is no source %(key)s. Add it under Sources, or mend the key.")
    return [mend % {"key": key} for key in unknown]


def copy_check(texts, unit):
    """What the copy check blocks in any text, and what it advises for sentences."""
    for field in texts:
        for issue in _issues_in(field):
            if issue.blocks:
                yield Remark(
                    field, issue.advice, issue.words, fingerprint=fingerprint(unit, field, issue.sentence, issue.words)
                )
            elif field.is_prose:
                yield advice(field, issue.advice, issue.words)


def _issues_in(field):
    """The issues of a text; an answer is read after its question: 'Does it hurt?' 'Not at all.'"""
    issues = check(field.spoken)
    question = _question_of(field)
    if not question or not field.spoken:
        return issues
    alone = {issue.words for issue in (*issues, *check(question))}
    together = check(f"{question}\n{field.spoken}")
    return issues + [issue for issue in together if issue.blocks and issue.words not in alone]


def _question_of(field):
    """What a text answers: the question beside it, also where that is its heading; or ''."""
    question = getattr(field.record, QUESTION_OF.get(field.name, ""), "").strip()
    return question if question.endswith("?") else ""


def fingerprint(unit, field, sentence, words):
    """
    What a clinician allows: these words, in this sentence, in this field of this page, and nothing else.

    In an answer the question is part of it: 'None.' says another thing after another question.
    """
    key = getattr(field.record, "key", "")
    where = [str(unit.pk), field.record._meta.model_name, key, field.name, _question_of(field)]
    return hashlib.sha256("\n".join([*where, sentence, words]).encode()).hexdigest()


def unexplained_words(texts, terms):
    """Advice: words of the trade that the glossary does not explain, each once."""
    seen = set()
    mend = _("Readers may not know this word. Say it plainly, or add it to the glossary.")
    for field in texts:
        for word in hard_words(field.spoken) if field.is_prose else ():
            if word not in seen and word not in terms and word.removesuffix("s") not in terms:
                seen.add(word)
                yield advice(field, mend, word)


def _has(model, fields):
    return any(isinstance(field.record, model) for field in fields)


def _title(fields):
    """Where a remark stands that is about the whole: the first field of the page."""
    return fields[0]
