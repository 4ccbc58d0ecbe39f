"""Numbers as they come from outside: in addresses and in forms, where anything can stand in their place."""

LONGEST = 18  # digits; any number of so many fits every column and every database


def number_in(text: str | None) -> int | None:
    """The number that a text is, such as a record's; None where it is none, or larger than any."""
    return int(text) if text and text.isdecimal() and len(text) <= LONGEST else None
