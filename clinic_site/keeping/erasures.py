"""
Erasures outlive the machine: each is written beside every backup, and done again when an older one is restored.

An app registers how its records are erased. A line holds a kind, a number and a time, and nothing of a person.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from clinic_site.keeping import made

FILE = "erasures.jsonl"
logger = logging.getLogger(__name__)


class Erasure(NamedTuple):
    kind: str
    pk: int
    at: datetime


class Erasable(NamedTuple):
    """What an app registers: its erasures so far, and how one is done again (False: there is nothing to do)."""

    done: Callable[[], Iterator[tuple[int, datetime]]]
    erase_again: Callable[[int, datetime], bool]


_kinds: dict[str, Erasable] = {}


def register_erasable(kind, done, erase_again):
    _kinds[kind] = Erasable(done, erase_again)


def record_erasure(kind, pk, at):
    """Once this is committed, note the erasure wherever backups are."""
    transaction.on_commit(lambda: _append_everywhere(Erasure(kind, pk, at)))


def write_all(folder: Path):
    """Add to a folder's file what it lacks of all erasures of this installation."""
    known = {(erasure.kind, erasure.pk) for erasure in read(folder)}
    done = (Erasure(kind, pk, at) for kind, erasable in _kinds.items() for pk, at in erasable.done())
    _append(folder, [erasure for erasure in done if (erasure.kind, erasure.pk) not in known])


def read(folder: Path) -> Iterator[Erasure]:
    """The erasures that stand in a folder. A line that was cut by a fault is left out: the next one stands after it."""
    path = folder / FILE
    for line in filter(None, path.read_text(errors="replace").splitlines()) if path.exists() else []:
        try:
            entry = json.loads(line)
            yield Erasure(entry["kind"], entry["id"], datetime.fromisoformat(entry["at"]))
        except (ValueError, KeyError, TypeError):
            logger.warning("A line of %s cannot be read and is left out.", path)


def erase_again(folder: Path) -> int:
    """Carry out the erasures that stand in a folder; returns how many there were to do."""
    return sum(_kinds[kind].erase_again(pk, at) for kind, pk, at in read(folder) if kind in _kinds)


def _append_everywhere(erasure):
    for folder in made.folders():
        try:
            _append(folder, [erasure])
        except OSError as error:  # a disk that is not in place gets it with its next backup
            logger.warning("An erasure was not noted in %s: %s.", folder, error.strerror)


def _append(folder, erasures):
    lines = [json.dumps({"kind": kind, "id": pk, "at": at.isoformat()}) for kind, pk, at in erasures]
    if not lines:
        return
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A new line first: a line that a power cut left unfinished spoils no other.
        os.write(descriptor, ("\n" + "\n".join(lines) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
