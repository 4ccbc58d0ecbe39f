"""
What a clinician reads before they sign: every signed field of a version, unfolded, with what is new marked.

What the page leaves out, they would sign unseen; so this walks over the fields that the signature covers.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from treatments import prose
from treatments.guide.pages import Guide
from treatments.models import Passage, Picture, Question, SectionKind, Step, Version
from treatments.models.rows import ROW_MODELS
from treatments.prose import ProseField
from treatments.words.comparing import UNSHOWN, Piece, label_of, pieces_of, shown_value
from treatments.words.digest import SIGNED_FIELDS
from treatments.words.references import Shelf, cited_by, references_of
from treatments.words.wording import wordings_of

HEADED = {Passage: "heading", Step: "heading", Question: "question"}  # rows that have a heading of their own


@dataclass(frozen=True)
class ReadField:
    """A field: its words as HTML or, where they are new, in pieces; `was` are the words that go."""

    label: str
    is_text: bool
    html: SafeString | str
    new: list[Piece] = field(default_factory=list)
    was: str = ""

    @property
    def is_new(self):
        return bool(self.new or self.was)


@dataclass
class ReadPart:
    """A version's texts, a row, or a row that goes. `number` counts what is new, from 1; 0 where nothing is."""

    label: str
    heading: str
    fields: list[ReadField]
    is_gone: bool = False
    number: int = 0

    @property
    def texts(self):
        return [each for each in self.fields if each.is_text]

    @property
    def facts(self):
        return [each for each in self.fields if not each.is_text]

    @property
    def name(self):
        return self.heading or self.label


class Reading:
    """A version as a clinician reads it, beside `since`: what was signed last of its unit, or None."""

    def __init__(self, version):
        self.version = version
        self.since = _signed_before(version)
        wordings = wordings_of([each for each in (version, self.since) if each])
        self.wording = wordings[version.pk]
        self.before = wordings[self.since.pk] if self.since else None
        self.shelf = Shelf.load()
        self.guide = Guide(version.unit.treatment, draft=version)

    @cached_property
    def parts(self) -> list[ReadPart]:
        """In the order of the page; what goes stands at the end."""
        parts = [self._texts(), *self._rows(), *self._gone()]
        number = 0
        for part in parts:
            if part.is_gone or any(each.is_new for each in part.fields):
                number += 1
                part.number = number
        return parts

    @property
    def news(self):
        return [part for part in self.parts if part.number]

    @cached_property
    def references(self) -> list[tuple]:
        """The sources and glossary words that it shows, each with whether it is new here."""
        known = references_of(self.before, self.shelf) if self.before else []
        used = [each for each in self._signed_references if each not in self.references_elsewhere]
        return [(each, bool(self.before) and each not in known) for each in used]

    @cached_property
    def references_elsewhere(self) -> list:
        """Of a page of sources: what its signature covers, and the pages of other treatments list."""
        if self.version.unit.section_kind != SectionKind.SOURCES:
            return []
        cited = cited_by(self.wording, self.shelf)
        listed = {*cited, *self.guide.listing.of(self._signed_references)}
        return [each for each in self._signed_references if each not in listed]

    @cached_property
    def _signed_references(self):
        return references_of(self.wording, self.shelf)

    def _texts(self):
        version = self.version
        before = self.since
        return ReadPart(str(version), "", list(self._fields(version, before)))

    def _rows(self):
        for model in ROW_MODELS:
            olds = {row.key: row for row in self.before.rows_of(model)} if self.before else {}
            for row in self.wording.rows_of(model):
                heading = getattr(row, HEADED.get(model, ""), "")
                yield ReadPart(label_of(row), heading, list(self._fields(row, olds.get(row.key))))

    def _gone(self):
        for model in ROW_MODELS if self.before else []:
            keys = {row.key for row in self.wording.rows_of(model)}
            for row in self.before.rows_of(model):
                if row.key not in keys:
                    yield ReadPart(label_of(row), "", list(self._fields_gone(row)), is_gone=True)

    def _fields(self, record, old):
        """Each field that says something; all of a row that was not there before are new."""
        for name in SIGNED_FIELDS[type(record)]:
            value = self._value(self.wording, record, name)
            was = self._value(self.before, old, name) if old else ""
            is_shown_elsewhere = name in UNSHOWN or name == HEADED.get(type(record))
            if self.before is None or (old and was == value):
                if value and not is_shown_elsewhere:
                    yield ReadField(_label(record, name), _is_text(record, name), self._html(record, name, value))
            elif name != "key" and (old or name != "position") and (value or was):
                _old, new, both = pieces_of(was, value)
                gone = was if any(piece.kind == "removed" for piece in both) else ""
                yield ReadField(_label(record, name), _is_text(record, name), "", new, gone)

    def _value(self, wording, record, name):
        """In words; what a box says that is not ticked is nothing."""
        return "" if getattr(record, name, "") is False else str(shown_value(wording, record, name))

    def _fields_gone(self, row):
        for name in SIGNED_FIELDS[type(row)]:
            if name not in UNSHOWN and (was := str(shown_value(self.before, row, name))):
                yield ReadField(_label(row, name), _is_text(row, name), "", [], was)

    def _html(self, record, name, value):
        if isinstance(record, Picture) and name == "image":
            return format_html('<img src="{}" alt="" class="reading__picture">', record.url)
        if name in ("sources", "source"):
            return marks(value.split())
        if isinstance(record._meta.get_field(name), ProseField):
            return prose.render(value, cite=marks, clinic_field=self.guide.clinic_field)
        return value


def marks(keys):
    """Keys of sources, each leading to what it says at the end of the page."""
    links = format_html_join(" ", '<a href="#s-{0}">{0}</a>', ((key,) for key in keys))
    return format_html(' <span class="keys-cited">{}</span>', links)


def _signed_before(version) -> Version | None:
    """What was signed last of the unit before these words; these words themselves where they are signed."""
    if version.signed_at:
        return version
    signed = version.unit.versions.filter(language=version.language, number__lt=version.number)
    return signed.exclude(signed_at=None).select_related("unit", "signed_by").order_by("-number").first()


def _label(record, name):
    if name == "sources":
        return capfirst(str(record._meta.get_field("sources").verbose_name))
    return capfirst(str(record._meta.get_field(name).verbose_name))


def _is_text(record, name):
    return isinstance(record._meta.get_field(name), ProseField) or name in ("heading", "question", "summary")
