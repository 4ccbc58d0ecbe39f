"""What entries are about. The app whose records those are says how they are found and called."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple


class Subject(NamedTuple):
    pk: int
    reference: str
    name: str
    url: str
    since: datetime


class Subjects(NamedTuple):
    """`find(text)` gives the subject of a reference that somebody typed; `references(numbers)` name nobody."""

    find: Callable[[str], Subject | None]
    references: Callable[[Iterable[int]], dict[int, str]]


_registered = [Subjects(lambda text: None, lambda numbers: {})]


def register_subjects(find, references):
    _registered.append(Subjects(find, references))


def find_subject(text: str) -> Subject | None:
    return _registered[-1].find(text)


def references(numbers: Iterable[int]) -> dict[int, str]:
    return _registered[-1].references(numbers)
