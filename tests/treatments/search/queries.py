"""Lists of queries in patients' words, each with what it asks about, and where that is answered."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.clinic_site.addresses import GUIDE

HERE = Path(__file__).parent
TOPICS = tomllib.loads((HERE / "topics.toml").read_text())
# In the order in which they were opened.
LISTS = {
    name: HERE / f"{name}.txt"
    for name in ("tuning", "sealed", "blind", "blind_again", "tuning_again", "fresh", "tuning_third", "late", "last")
}


@dataclass(frozen=True)
class Query:
    """What somebody types, and where it is answered: addresses, in which a star stands for every passage of a page."""

    words: str
    answers: tuple[str, ...]

    def is_answered_by(self, found):
        """Whether one of these addresses answers; a query that the guide has no answer to should find nothing."""
        return (
            not found if not self.answers else any(fnmatchcase(url, answer) for url in found for answer in self.answers)
        )

    def is_answered_on(self, pages):
        """The same of an engine that finds pages and not passages: whether a page has one of the answers."""
        own = {answer.partition("#")[0] for answer in self.answers}
        return not pages if not own else not own.isdisjoint(pages)


def queries(file):
    """The queries of a list, in its order."""
    lines = [line.split("\t") for line in file.read_text().splitlines()]
    return [Query(words, _answers(topics)) for words, topics in lines]


def _answers(topics):
    addresses = [address for topic in topics.split() for address in TOPICS[topic]]
    return tuple(address if address.startswith("/") else GUIDE + address for address in addresses)
