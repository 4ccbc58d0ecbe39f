"""Writes TOML (https://toml.io/en/v1.0.0): the few kinds of values that a guide has."""

import json
import re
from datetime import date
from decimal import Decimal

TWO_QUOTES = re.compile(r'"(?="|\Z)')  # three would end the text
NAME_WIDTH = 12  # letters; longer names push their value to the right


def document(comment: str, *tables: str) -> str:
    return "\n\n".join([f"# {comment}", *filter(None, tables)]) + "\n"


def table(header: str, fields: dict) -> str:
    """Fields in a column, under a header such as [[claim]]; none for those that belong to no table."""
    lines = [f"{name:<{NAME_WIDTH}} = {value_of(value)}" for name, value in fields.items()]
    return "\n".join([header, *lines] if header else lines)


def value_of(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(value_of, value))}]"
    return _text(value)


def _text(text):
    """On one line, or as it stands where it has several."""
    if "\n" not in text:
        return _escaped(text)
    lines = (_escaped(line)[1:-1].replace('\\"', '"') for line in text.split("\n"))
    inside = TWO_QUOTES.sub('\\\\"', "\n".join(lines))
    return f'"""\n{inside}"""'


def _escaped(line):
    """JSON escapes what TOML does, but for one character."""
    return json.dumps(line, ensure_ascii=False).replace("\x7f", "\\u007f")
