"""
What a log line may say: what happened and where in the program, never what somebody typed.

Of a request it says the method and the route, not the address; of an error its kind and place, not its text; of what
libraries report, their own words without the values in them.
"""

import re
import traceback
from functools import cache
from pathlib import Path

from django.urls import get_resolver

OURS = ("clinic_site", "treatments", "booking")
PROJECT = Path(__file__).resolve().parent.parent.parent
FRAMES = 4
SECRET = re.compile(r"(?<=/)[^\s/]{20,}")


def message_of(record) -> str:
    """A record in words, on one line."""
    if request := getattr(record, "request", None):
        return _request_in_words(record, request)
    words = record.getMessage() if _is_trusted(record) else _without_values(record)
    return SECRET.sub("…", " ".join(words.split()))


def error_of(record) -> str:
    """The kind of error that a record carries, with what caused it, or nothing."""
    error = record.exc_info[1] if record.exc_info else None
    kinds = []
    while error is not None and len(kinds) < FRAMES:
        kinds.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " < ".join(kinds)


def place_of(record) -> str:
    """Where in the program that error came from: the innermost place, and which of our own led there."""
    if is_refused(record):
        return ""
    steps = list(traceback.walk_tb(record.exc_info[2])) if record.exc_info else []
    if not steps:
        return "no place" if record.exc_info else ""
    inner, ours = steps[-1], [step for step in steps[:-1] if _is_our_file(step[0].f_code.co_filename)]
    return " < ".join(
        f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
        for frame, line in [inner, *reversed(ours)][:FRAMES]
    )


def is_refused(record) -> bool:
    """Whether it is about a request that the site would not take, which is no fault of the program's."""
    return 400 <= getattr(record, "status_code", 0) < 500


def _request_in_words(record, request):
    route = getattr(getattr(request, "resolver_match", None), "route", None)
    address = f"/{route}" if route is not None else _masked(request.path)
    return f"{getattr(record, 'status_code', '')} {request.method} {address}".strip()


def _masked(path):
    """An address that leads nowhere: which part of the site it was meant for, and no more."""
    first, _slash, more = path.lstrip("/").partition("/")
    return f"/{first if first in _parts_of_the_site() else '…' if first else ''}{'/…' if more else ''}"


@cache
def _parts_of_the_site() -> set[str]:
    """What the addresses of this site begin with."""
    waiting, parts = list(get_resolver().url_patterns), set()
    while waiting:
        route = str((pattern := waiting.pop()).pattern)
        if route:
            parts.add(route.partition("/")[0])
        else:
            waiting += getattr(pattern, "url_patterns", [])
    return parts


def _is_trusted(record):
    """Our own words name no person, and what a server says of its own start is not about one."""
    return record.name.partition(".")[0] in OURS or (record.name == "gunicorn.error" and record.levelname == "INFO")


def _without_values(record):
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    if not isinstance(record.args, tuple):
        return record.msg
    values = tuple(value if isinstance(value, int | float) else "…" for value in record.args)
    try:
        return record.msg % values
    except (TypeError, ValueError):
        return record.msg


def _is_our_file(name):
    path = Path(name)
    return path.is_relative_to(PROJECT) and ".venv" not in path.parts


def _short(name):
    path = Path(name)
    return path.relative_to(PROJECT).as_posix() if _is_our_file(name) else "/".join(path.parts[-2:])
