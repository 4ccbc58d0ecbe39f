"""Two wordings word by word: texts, rows and the sources of claims."""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from treatments.models import Passage, Version
from treatments.models.rows import ROW_MODELS
from treatments.prose import plain
from treatments.words.digest import SIGNED_FIELDS, value_of

WORDS = re.compile(r"\s+|[^\s]+")
LONGEST_LABEL = 50  # letters
UNSHOWN = {"key", "position"}


@dataclass(frozen=True)
class Piece:
    """A stretch of words: 'same', 'removed' or 'added'."""

    kind: str
    words: str


@dataclass(frozen=True)
class Change:
    """One field in two wordings. `old` and `new` are its pieces; both together are the field in one text."""

    label: str
    old: list[Piece]
    new: list[Piece]
    pieces: list[Piece]

    @property
    def added(self):
        return sum(len(piece.words.split()) for piece in self.pieces if piece.kind == "added")

    @property
    def removed(self):
        return sum(len(piece.words.split()) for piece in self.pieces if piece.kind == "removed")


@dataclass
class Differences:
    """What differs, and what does not: `same` has the names of the fields and rows that are alike."""

    changes: list[Change] = field(default_factory=list)
    same: list[str] = field(default_factory=list)

    @property
    def added(self):
        return sum(change.added for change in self.changes)

    @property
    def removed(self):
        return sum(change.removed for change in self.changes)

    @property
    def fields(self):
        return len(self.changes) + len(self.same)


def compare(old, new) -> Differences:
    """What was changed from one wording to another. Rows belong together by their keys, wherever they stand."""
    differences = Differences()
    for name in SIGNED_FIELDS[Version]:
        label = capfirst(_name_of(old.version, name))
        _add(differences, label, [(label, getattr(old.version, name), getattr(new.version, name))])
    for model in ROW_MODELS:
        olds = {row.key: row for row in old.rows_of(model)}
        news = {row.key: row for row in new.rows_of(model)}
        for key in [*news, *(key for key in olds if key not in news)]:
            row = news.get(key) or olds[key]
            _add(differences, label_of(row), list(_fields_of(old, new, olds.get(key), news.get(key))))
    return differences


def _add(differences, label, fields):
    """Fields that differ are changes of their own; a row of which none differs is named once."""
    changed = [Change(name, *pieces_of(before, after)) for name, before, after in fields if before != after]
    differences.changes += changed
    if not changed:
        differences.same.append(label)


def _fields_of(old, new, before, after):
    row = after or before
    for name in SIGNED_FIELDS[type(row)]:
        belongs_to_same = name == "claim" and before and after and before.claim.key == after.claim.key
        if name not in UNSHOWN and not belongs_to_same:
            yield (
                f"{label_of(row)}: {_name_of(row, name)}",
                shown_value(old, before, name) if before else "",
                shown_value(new, after, name) if after else "",
            )
    if before and after and before.position != after.position:
        yield f"{label_of(row)}: {_('order')}", str(before.position), str(after.position)


def label_of(row):
    """What staff call a row: a passage by its heading, another by its kind and its first words."""
    if isinstance(row, Passage):
        return row.heading
    names = ("heading", "question", "situation", "label", "name", "topic", "sentence", "result", "text")
    words = next(plain(getattr(row, name)) for name in names if hasattr(row, name))
    return f"{capfirst(row._meta.verbose_name)} “{Truncator(words).chars(LONGEST_LABEL)}”"


def _name_of(record, name):
    return _("sources") if name == "sources" else str(record._meta.get_field(name).verbose_name)


def shown_value(wording, row, name):
    """A field's value in words: a choice by its label, sources by their keys."""
    if name == "claim":
        return plain(row.claim.sentence)
    value = value_of(wording, row, name)
    if name == "sources":
        return " ".join(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    display = getattr(row, f"get_{name}_display", None)
    return str(display() if display and value else "" if value is None else value)


def pieces_of(before, after):
    """The old words, the new words, and both in one text, each in pieces."""
    if before == after:
        alike = [Piece("same", after)] if after else []
        return alike, alike, alike
    a, b = WORDS.findall(before), WORDS.findall(after)
    old, new, both = [], [], []
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        gone, come = "".join(a[i:j]), "".join(b[k:m])
        if kind == "equal":
            for pieces in (old, new, both):
                pieces.append(Piece("same", come))
            continue
        if gone:
            old.append(Piece("removed", gone))
            both.append(Piece("removed", gone))
        if come:
            new.append(Piece("added", come))
            both.append(Piece("added", come))
    return old, new, both
