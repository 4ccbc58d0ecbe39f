"""What a page of docs/ tells its reader to type, and to see."""

import re
from typing import NamedTuple

from tests.prove.bare import ROOT

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SEEN = re.compile(r"^You should see (.*)$", re.MULTILINE)


class Step(NamedTuple):
    title: str
    script: str
    seen: list[str]


def steps_of(section) -> list[Step]:
    """The steps of a section of operations.md: '**1. Programs.**' and what is typed up to the next."""
    text = (ROOT / "docs" / "operations.md").read_text()
    text = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    parts = re.split(r"^\*\*(\d+\. [^*]+)\.\*\*", text, flags=re.MULTILINE)[1:]
    return [Step(title, *typed_and_seen(words)) for title, words in zip(parts[::2], parts[1::2], strict=True)]


def typed_and_seen(words):
    sentence = " ".join(SEEN.findall(words))
    return "".join(BLOCK.findall(words)), re.findall(r"`([^`]+)`", sentence.partition(". ")[0])


def typed_in(section) -> list[str]:
    """All blocks of a section, each by itself."""
    text = (ROOT / "docs" / "operations.md").read_text()
    return BLOCK.findall(text.partition(f"\n## {section}\n")[2].partition("\n## ")[0])


def install(machine):
    """Type all of *Install* on a bare machine."""
    folder = ""
    for step in steps_of("Install"):
        machine.run(folder + step.script)
        folder = folder or ("cd /srv/clinic/releases/1\n" if "cd /srv/clinic/releases/1" in step.script else "")
