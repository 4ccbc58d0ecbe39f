"""Files that any parser of TOML reads back to the letter, and the lines of what stands in them."""

import tomllib
from datetime import date
from decimal import Decimal

import pytest

from treatments.guide_files import toml
from treatments.guide_files.places import line_of

TEXTS = [
    "",
    "plain",
    'quotes " and \\ and \\u0041',
    "two\nlines",
    "\nbegins and ends\n",
    'three """ in a row\nand at the end"""',
    'ends with one"\n"',
    "[[claim]]\nkey = 'no row'\n# no comment",
    "\ttab, \x7f, \x01, “é”, العربية, 😀",
    "back\\\nslash at the end of a line\\",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_to_the_letter(text):
    assert tomllib.loads(toml.table("", {"text": text})) == {"text": text}


def test_other_values_come_back_as_what_they_are():
    fields = {
        "yes": True,
        "no": False,
        "many": 12,
        "half": Decimal("0.50"),
        "day": date(2027, 3, 1),
        "keys": ["S1", "S2"],
    }
    read = tomllib.loads(toml.table("", fields), parse_float=Decimal)
    assert read == fields


FILE = """\
title = "A page"

[[claim]]
key = "one"

[[claim]]
key = '''
[[claim]]
'''
[[claim.finding]]
result = \"\"\"
[[claim]]
key = "no"
\"\"\"
people = 3  # [[claim]]

[[passage]]
key = "last"
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("title",), 1),
        (("claim", 0), 3),
        (("claim", 1, "key"), 7),
        (("claim", 1, "finding", 0), 10),
        (("claim", 1, "finding", 0, "people"), 15),
        (("claim", 1, "finding", 0, "source"), 10),
        (("claim", 2), 3),
        (("passage", 0, "key"), 18),
        ((), 1),
    ],
)
def test_a_place_has_its_line_whatever_stands_in_quotes(place, line):
    assert line_of(FILE, place) == line
