"""A wording as a list of its fields: what each rule of copy walks over."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Model, TextField
from django.utils.text import capfirst

from treatments import prose
from treatments.models import Version
from treatments.words.digest import SIGNED_FIELDS, value_of

TIES = {"key", "position", "claim", "source"}  # they place a row among the others; nobody reads them as words


@dataclass(frozen=True)
class WordingField:
    """One field: its record and name, its value, and what staff call it."""

    record: Model
    name: str
    value: object
    label: str

    @property
    def is_text(self):
        return self.name != "image" and isinstance(self._meta, CharField | TextField)

    @property
    def is_prose(self):
        """Whether it is written in sentences."""
        return isinstance(self._meta, TextField) or self.name in ("summary", "question")

    @cached_property
    def spoken(self):
        """Its words alone, a blank line between its paragraphs."""
        return prose.spoken(self.value) if isinstance(self._meta, TextField) else self.value

    @property
    def _meta(self):
        return self.record._meta.get_field(self.name)


def fields_of(wording) -> list[WordingField]:
    """Every field that somebody writes, in the order of the page."""
    return [
        WordingField(record, name, value_of(wording, record, name), label)
        for record, row_label in _records(wording)
        for name, label in _names(record, row_label)
    ]


def _records(wording) -> Iterator[tuple[Model, str]]:
    """The version, then each row with what staff call it: by its heading, or by its kind and number."""
    yield wording.version, ""
    for model, rows in wording.rows.items():
        for number, row in enumerate(rows, start=1):
            yield row, getattr(row, "heading", "") or f"{capfirst(model._meta.verbose_name)} {number}"


def _names(record, row_label):
    for name in SIGNED_FIELDS[type(record)]:
        if name not in TIES:
            verbose = str(record._meta.get_field(name).verbose_name)
            yield name, capfirst(verbose) if isinstance(record, Version) else f"{row_label}: {verbose}"
