"""Which sources and words of the glossary a wording uses: they are signed with it (decision 23)."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from treatments import prose
from treatments.models import Claim, Finding, SectionKind, Source, Term
from treatments.words.digest import digest_of, digest_of_reference
from treatments.words.fields import fields_of

FORM = "2:"  # of signatures that cover references too; those without a mark were given before, and cover words alone


@dataclass(frozen=True)
class Shelf:
    """All sources by their keys, and all words of the glossary: read once for whatever asks of them."""

    sources: dict[str, Source]
    terms: list[Term]

    @classmethod
    def load(cls):
        return cls(Source.objects.in_bulk(field_name="key"), list(Term.objects.order_by("slug")))

    def as_drafted(self):
        """As all of them will be once a clinician has signed what waits."""
        sources = {key: source.as_drafted() for key, source in self.sources.items()}
        return Shelf(sources, [term.as_drafted() for term in self.terms])

    @cached_property
    def names(self):
        """One pattern for each word of the glossary: any of its names, alone or as a plural."""
        return [(term, _pattern_of(term.names)) for term in self.terms]


def references_of(wording, shelf) -> list:
    """
    The sources that a wording cites, then the words of the glossary that stand in it.

    The page of sources uses all that are live.
    """
    return _references_of(wording, shelf, _lists_everything(wording.version.unit))


def cited_by(wording, shelf) -> list:
    """Those alone that its own words cite or have in them: a list of all is left out."""
    return _references_of(wording, shelf, lists_all=False)


def _references_of(wording, shelf, lists_all):
    keys, text = _keys_and_text(wording)
    sources = [source for key, source in shelf.sources.items() if key in keys or (lists_all and source.is_live)]
    terms = [term for term, name in shelf.names if (lists_all and term.is_live) or name.search(text)]
    return [*sorted(sources, key=lambda source: (len(source.key), source.key)), *terms]


def signature_of(wording, shelf) -> str:
    """What a clinician signs: the digest of the words and of each source and glossary word that they use."""
    whole = [digest_of(wording), *(digest_of_reference(each) for each in references_of(wording, shelf))]
    return FORM + hashlib.sha256("\n".join(whole).encode()).hexdigest()


def is_signed(version, wording, shelf) -> bool:
    """
    Whether what is stored now is, to the character, what was signed.

    A signature that was given before references were covered holds for its words.
    """
    signed = version.signed_digest
    if signed.startswith(FORM):
        return signed == signature_of(wording, shelf)
    return bool(signed) and signed == digest_of(wording)


def _pattern_of(names):
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})s?(?!\w)")


def _keys_and_text(wording):
    """The keys of all cited sources, and every text in lower case."""
    keys = {key for claim in wording.rows_of(Claim) for key in wording.sources_of(claim)}
    keys |= {finding.source.key for finding in wording.rows_of(Finding)}
    texts = [field.value for field in fields_of(wording) if field.is_text]
    for text in texts:
        for citation in prose.CITATION.findall(text):
            keys |= set(prose.keys_of(citation))
    return keys, "\n".join(texts).lower()


def _lists_everything(unit):
    return unit.section_kind == SectionKind.SOURCES
