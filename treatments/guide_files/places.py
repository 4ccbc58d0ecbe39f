"""Where things stand in a TOML file: the parser says what is in it, and not in which line."""

import re
from collections import Counter

TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""'  # what stands in quotes is no header, though it may look like one
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r'|^[ \t]*\[\[?(?P<table>[^\[\]\n"#]+)\]\]?'
    r"|^[ \t]*(?P<key>[\w-]+)[ \t]*=",
    re.DOTALL | re.MULTILINE,
)


def line_of(text: str, place: tuple) -> int:
    """
    The line of a place, such as ("claim", 3, "finding", 0, "result"); of what is not there, the line of what is around.
    """
    lines = _lines(text)
    while place and place not in lines and (*place, 0) not in lines:
        place = place[:-1]
    return lines.get(place) or lines.get((*place, 0), 1)


def _lines(text):
    lines: dict[tuple, int] = {}
    counts: Counter = Counter()
    table: tuple = ()
    for token in TOKEN.finditer(text):
        line = text.count("\n", 0, token.start("table") if token["table"] else token.start("key")) + 1
        if token["table"]:
            table = _place_of(token["table"].strip(), counts)
            lines.setdefault(table, line)
        elif token["key"]:
            lines.setdefault((*table, token["key"]), line)
    return lines


def _place_of(name, counts):
    """The place of one more table of that name: a finding belongs to the claim before it."""
    place: tuple = ()
    parts = [part.strip() for part in name.split(".")]
    for part in parts[:-1]:
        place = (*place, part, max(counts[(*place, part)] - 1, 0))
    whole = (*place, parts[-1])
    counts[whole] += 1
    return (*whole, counts[whole] - 1)
