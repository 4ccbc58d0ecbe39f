"""
Text as it reads, whatever it is written with: look-alike letters, hidden characters and broken lines taken away.

Look-alikes follow the Unicode consortium's table of confusables (UTS 39), as far as they stand for Latin letters.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

# fmt: off
LOOK_ALIKES = {
    # Cyrillic
    0x0430: "a", 0x0435: "e", 0x043E: "o", 0x0440: "p", 0x0441: "c", 0x0443: "y", 0x0445: "x", 0x0456: "i",
    0x0455: "s", 0x0458: "j", 0x04BB: "h", 0x0501: "d", 0x04CF: "l", 0x0432: "b", 0x043A: "k", 0x043C: "m",
    0x043D: "h", 0x0442: "t", 0x0433: "r", 0x043F: "n", 0x0410: "A", 0x0412: "B", 0x0415: "E", 0x041A: "K",
    0x041C: "M", 0x041D: "H", 0x041E: "O", 0x0420: "P", 0x0421: "C", 0x0422: "T", 0x0423: "Y", 0x0425: "X",
    0x0406: "I", 0x0405: "S", 0x0408: "J",
    # Greek
    0x03BF: "o", 0x03B1: "a", 0x03B5: "e", 0x03BD: "v", 0x03B9: "i", 0x03C1: "p", 0x03C4: "t", 0x03C5: "u",
    0x03BA: "k", 0x03C7: "x", 0x03C9: "w", 0x0391: "A", 0x0392: "B", 0x0395: "E", 0x0396: "Z", 0x0397: "H",
    0x0399: "I", 0x039A: "K", 0x039C: "M", 0x039D: "N", 0x039F: "O", 0x03A1: "P", 0x03A4: "T", 0x03A5: "Y",
    0x03A7: "X",
    # Latin
    0x0131: "i", 0x0251: "a", 0x0261: "g", 0x0269: "i", 0x028B: "u",
}
# fmt: on
DIGITS_AS_LETTERS = {one: str.maketrans("013457@$", f"o{one}eastas") for one in "li"}  # a 1 may be either
HIDDEN = re.compile("[\N{SOFT HYPHEN}\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
HYPHENS = re.compile("[\u2010\u2011\u2212\ufe63\uff0d]")
SPELLED_OUT = re.compile(r"\b(?:\w[ .*_]){3,}\w\b")
LETTER_AND_DIGIT = re.compile(
    r"(?<![\w@$])(?=[a-z]+[\d@$]|[A-Za-z]{2,}[\d@$]|[A-Za-z]+[\d@$]+[A-Za-z]|[\d@$]+[A-Za-z]{3})[A-Za-z013457@$]+(?![\w@$])"
)
WAYS = [("-", False), ("", False), ("", True)]  # what stands for a hyphen at a line's end; whether l e t t e r s join


@dataclass(frozen=True)
class Reading:
    """A paragraph on one line, as it may be read, and where in it each line of the text begins."""

    text: str
    begins: tuple[int, ...]
    first_line: int

    def line_at(self, place):
        """The number of the line (from 1) of the text that stands at a place of this reading."""
        return self.first_line + bisect_right(self.begins, place) - 1


def readings_of(text):
    """Each paragraph of a text, as a list of its readings: a word broken at a line's end has a hyphen, or has not."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first_line, lines = 1, []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            first_line = first_line if lines else number
            lines.append(line)
        elif lines:
            ones = "li" if any("1" in unicodedata.normalize("NFKC", each) for each in lines) else "l"
            readings = [_read(lines, first_line, *way, one) for one in ones for way in WAYS]
            yield list({reading.text: reading for reading in reversed(readings)}.values())[::-1]
            lines = []


def _read(lines, first_line, hyphen, joined, one):
    read, begins = "", []
    for line in lines:
        if read.endswith("-") and read[-2:-1].isalnum():
            read = read[:-1] + hyphen
        elif read:
            read += " "
        begins.append(len(read))
        read += plain(line, joined, one)
    return Reading(read, tuple(begins), first_line)


def plain(text, joined=False, one="l"):
    """
    The letters as a reader sees them, on one line.

    `joined` also puts letters together that stand apart: c u r e. `one` is the letter that a 1 in a word stands for.
    """
    text = HYPHENS.sub("-", HIDDEN.sub("", unicodedata.normalize("NFKC", text)))
    text = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    ).translate(LOOK_ALIKES)
    text = LETTER_AND_DIGIT.sub(lambda match: match[0].translate(DIGITS_AS_LETTERS[one]), text)
    if joined:
        text = SPELLED_OUT.sub(lambda match: re.sub(r"[ .*_]", "", match[0]), text)
    return " ".join(text.replace("’", "'").split())
