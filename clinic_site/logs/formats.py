"""A line for each happening: for a person to read, or as JSON for a program (LOG_FORMAT)."""

import json
import logging
from datetime import datetime

from clinic_site.logs.request_ids import id_of
from clinic_site.logs.wording import error_of, message_of, place_of


class LineFormatter(logging.Formatter):
    """`2026-11-27T10:15:00-05:00 ERROR django.request: 500 GET /visit/ (KeyError in a.py:1 b) [abcd-efgh]`."""

    def format(self, record):
        happening = happening_of(record)
        words = f"{happening['time']} {happening['level']} {happening['logger']}: {happening['message']}"
        if "error" in happening:
            words += f" ({' in '.join(happening[name] for name in ('error', 'where') if name in happening)})"
        if "left_out" in happening:
            words += f" ({happening['left_out']})"
        return f"{words} [{happening['request']}]" if "request" in happening else words


class JsonFormatter(logging.Formatter):
    """The same as one JSON object; what there is nothing to say about is left out."""

    def format(self, record):
        return json.dumps(happening_of(record), ensure_ascii=False)


def happening_of(record) -> dict[str, str]:
    happening = {
        "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": message_of(record),
        "error": error_of(record),
        "where": place_of(record),
        "left_out": getattr(record, "left_out", ""),
        "request": id_of(record),
    }
    return {name: value for name, value in happening.items() if value}
