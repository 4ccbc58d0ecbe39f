"""What a table of a file says, held to the shape of its model before a record is made of it."""

from django.core.exceptions import ValidationError

from treatments.guide_files.folder import HIDDEN, TextFile
from treatments.guide_files.shape import is_taken

ARE_LISTS = {"sources", "finding"}  # of a row: the keys of its sources, and the tables of its findings


def tables_of(file: TextFile, array: str) -> list[dict]:
    """The tables of an array, each named by its place; empty where the file has none. Raises BadContent."""
    tables = file.data.get(array, [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise file.bad((array,), f"write it as [[{array}]], once for each.")
    return tables


def fields_of(file: TextFile, place: tuple, model, table: dict, allowed, what: str) -> dict:
    """The fields that a table gives of a record of that model. Raises BadContent for others, and for wrong values."""
    fields = {name: value for name, value in table.items() if name not in ARE_LISTS}
    for name, value in fields.items():
        at = (*place, name)
        if name not in allowed:
            raise file.bad(at, f"nothing is called '{name}' here.", what)
        if not is_taken(model, name, value):
            raise file.bad(at, f"{name} takes no such value: {str(value)[:40]}", what)
        refuse_hidden(file, at, value, what)
    return fields


def refuse_hidden(file, place, value, what=""):
    """Raises BadContent for a control character that was written as an escape."""
    if isinstance(value, str) and (strange := HIDDEN.search(value)):
        raise file.bad(place, f"a hidden character stands here (U+{ord(strange[0]):04X}). Delete it.", what)


def texts_in(file: TextFile, place: tuple, table: dict, name: str, what: str) -> list[str]:
    """A list of texts in a table, such as the keys of sources. Raises BadContent."""
    values = table.get(name, [])
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise file.bad((*place, name), f'{name} is a list of texts, as in ["S1", "S2"].', what)
    return values


def check_record(file: TextFile, place: tuple, record, what: str):
    """Hold a record to the rules that staff are held to. Raises BadContent."""
    try:
        record.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        at = place if name == "__all__" else (*place, name)
        named = "" if name == "__all__" else f"{name}: "
        raise file.bad(at, f"{named}{' '.join(messages)}", what) from None


def refuse_others(file: TextFile, known):
    """Raises BadContent for what stands at the top of a file and is not known there."""
    for name, value in file.data.items():
        if name not in known:
            raise file.bad((name,), f"nothing is called '{name}' here.")
        refuse_hidden(file, (name,), value)


def save_record(record, file: TextFile, place: tuple, what: str):
    """Save a record, held to the rules that staff are held to; returns it. Raises BadContent."""
    check_record(file, place, record, what)
    record.save()
    return record
