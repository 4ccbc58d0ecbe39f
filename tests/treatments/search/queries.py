"""Lists of queries in patients' words, each with what it asks about, and where that is answered."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.clinic_site.addresses import GUIDE

HERE = Path(__file__).parent
TOPICS = tomllib.loads((HERE / "topics.toml").read_text())
TUNING, SEALED = HERE / "tuning.txt", HERE / "sealed.txt"


@dataclass(frozen=True)
class Query:
    words: str
    answers: tuple[str, ...]  # addresses; a star stands for every passage of a page

    def is_answered_at(self, url):
        return any(fnmatchcase(url, answer) for answer in self.answers)

    def is_answered_on(self, page):
        """Whether that page has one of the answers, for an engine that finds pages and not passages."""
        return any(answer.partition("#")[0] == page for answer in self.answers)


def queries(file):
    """The queries of a list, in its order."""
    lines = [line.split("\t") for line in file.read_text().splitlines()]
    return [Query(words, _answers(topics)) for words, topics in lines]


def _answers(topics):
    addresses = [address for topic in topics.split() for address in TOPICS[topic]]
    return tuple(address if address.startswith("/") else GUIDE + address for address in addresses)
