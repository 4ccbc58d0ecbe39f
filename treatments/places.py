"""The texts of a wording: each with what staff call it, and where on its page it is edited."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import CharField, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from treatments import prose
from treatments.models import Version
from treatments.signed_words import READ

LINKS = {"key", "position", "sources", "claim", "source", "image"}  # what is read of a record, and is no text


@dataclass(frozen=True)
class Place:
    """A field of a wording: its record and name, what staff call it, and its id on the page where it is edited."""

    record: object
    name: str
    where: str
    anchor: str

    @property
    def is_prose(self):
        """Whether it is written in sentences."""
        return isinstance(_field(self.record, self.name), TextField) or self.name in ("summary", "question")

    @property
    def spoken(self):
        """Its words alone, a blank line between its paragraphs."""
        text = getattr(self.record, self.name)
        return prose.spoken(text) if isinstance(_field(self.record, self.name), TextField) else text


def places(wording) -> Iterator[Place]:
    """Every text of a wording, in the order of the page."""
    for record in wording.records():
        for name in READ[type(record)]:
            if name not in LINKS and isinstance(_field(record, name), CharField | TextField):
                yield place_of(wording, record, name)


def place_of(wording, record, name):
    """The place of one field; 'sources' are those of a claim."""
    verbose = str(_field(record, name).verbose_name) if name != "sources" else _("sources")
    if isinstance(record, Version):
        return Place(record, name, capfirst(verbose), f"id_{name}")
    kind = record._meta.model_name
    number = wording.rows[type(record)].index(record)
    label = getattr(record, "heading", "") or f"{capfirst(record._meta.verbose_name)} {number + 1}"
    prefix = getattr(record, "prefix", f"{kind}-{number}")
    return Place(record, name, f"{label}: {verbose}", f"id_{prefix}-{name}")


def _field(record, name):
    return record._meta.get_field(name)
