"""
What stands in the way of a wording, and what would make it better: the claim rule and the copy check (rules of copy).

Each remark names its field and says what to do.
"""

from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from treatments.copy_check.reading import grade
from treatments.models import CopyEvent
from treatments.words import junk, numbers, rules
from treatments.words.copied import unread_words
from treatments.words.disagreeing import Said, other_numbers
from treatments.words.fields import fields_of
from treatments.words.length import MOST_WORDS, is_too_long, words_in_sight
from treatments.words.references import Shelf
from treatments.words.remarks import Remark, advice


@dataclass(frozen=True)
class References:
    """
    What a wording is checked against.

    Keys of sources, words of the glossary in lower case, fingerprints of the remarks that clinicians allowed, and the
    names of pictures that were uploaded with the wording and are not stored yet; the addresses of all sources, and the
    numbers that each source and the treatment's key facts give; `facts` are those of all treatments. `beside` is what
    the treatment's other pages say of what is measured: left out where only what stops is asked for.
    """

    sources: frozenset[str]
    terms: frozenset[str]
    allowed: frozenset[str]
    uploads: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    figures: dict[str, frozenset[str]] = field(default_factory=dict)
    key_facts: frozenset[str] = frozenset()
    facts: tuple = ()
    beside: tuple[Said, ...] = ()

    @classmethod
    def load(cls, shelf=None, uploads=(), beside=()):
        """As they are now. `shelf`: sources and glossary, where they were read already."""
        shelf = shelf or Shelf.load()
        terms = frozenset(name for term in shelf.terms for name in term.names)
        allowed = CopyEvent.objects.filter(kind=CopyEvent.Kind.ALLOWED).values_list("fingerprint", flat=True)
        addresses = frozenset(source.url for source in shelf.sources.values())
        figures = {key: numbers.given_by_source(source) for key, source in shelf.sources.items()}
        facts = numbers.facts_and_their_numbers()
        return cls(
            frozenset(shelf.sources),
            terms,
            frozenset(allowed),
            frozenset(uploads),
            addresses,
            figures,
            numbers.given_by_key_facts(facts),
            tuple(facts),
            tuple(beside),
        )

    def are_facts_signed(self, treatment) -> bool:
        """Whether a clinician signed the facts of that treatment that patients read now."""
        now = timezone.now()
        live = [row for row in self.facts if row[0] == treatment and row[1] and row[1] <= now]
        return all(signed_at for _treatment, _since, signed_at, *_numbers in live)


def too_many_words(wording, unit, first):
    """Advice: more words in sight than the page may have."""
    words = words_in_sight(wording)
    if is_too_long(unit, words):
        most = MOST_WORDS[unit.kind]
        mend = _("This page has %(words)s words in sight, and %(most)s are the most. Fold some, or say them shorter.")
        yield advice(first, mend % {"words": words, "most": most}, "")


def remarks_on(wording, unit, references) -> list[Remark]:
    """All remarks in the order of the page; what stops stands before what is advised."""
    fields = fields_of(wording)
    texts = [field for field in fields if field.is_text]
    remarks = [
        *rules.empty_texts(texts),
        *unread_words(texts, unit),
        *rules.missing_claims(fields, unit),
        *rules.missing_passages(fields, unit),
        *rules.missing_rows(fields, unit),
        *rules.incomplete_claims(fields),
        *rules.too_many_findings(fields),
        *rules.unnamed_links(fields),
        *rules.incomplete_pictures(fields, references.uploads),
        *rules.wrong_citations(texts, references.sources),
        *rules.copy_check(texts, unit),
        *junk.markup_that_shows(texts),
        *junk.word_bullets(texts),
        *junk.hidden_characters(texts),
        *junk.strange_addresses(texts, references.addresses),
        *junk.floods(texts),
        *numbers.numbers_from_nowhere(fields, wording, unit, references.figures, references.key_facts),
        *numbers.other_minutes(fields),
        *(other_numbers(wording, references.beside) if references.beside else ()),
        *rules.unexplained_words(texts, references.terms),
        *too_many_words(wording, unit, fields[0]),
    ]
    order = {id(field.record): place for place, field in enumerate(fields)}
    remarks.sort(key=lambda remark: (not remark.stops, order[id(remark.field.record)]))
    return [replace(remark, allowed=remark.fingerprint in references.allowed) for remark in remarks]


def grade_of(wording) -> float:
    """The reading grade of all that a wording says in sentences."""
    return grade([field.spoken for field in fields_of(wording) if field.is_text and field.is_prose])
