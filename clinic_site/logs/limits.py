"""However often the same thing happens, the log stays readable and the disk free."""

import logging
import time
from collections import Counter

MOST = 6  # of a kind, in a minute and a process
KINDS = 100  # that are told apart in a minute


class AFewAMinute(logging.Filter):
    """
    Lets the first lines of a kind through, the last of them with a word that more are left out, and so each minute.

    A kind is who says it, its words before values are put in, and the kind of error.
    """

    def __init__(self):
        super().__init__()
        self._minute, self._seen, self._left_out = 0, Counter(), 0

    def filter(self, record):
        self._begin_minute(record)
        kind = self._kind_of(record)
        self._seen[kind] += 1
        if self._seen[kind] > MOST:
            self._left_out += 1
            return False
        if self._seen[kind] == MOST:
            record.left_out = "more of these are left out for a minute"
        return True

    def _begin_minute(self, record):
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            if self._left_out:
                record.left_out = f"{self._left_out} lines were left out before this one"
            self._minute, self._seen, self._left_out = minute, Counter(), 0

    def _kind_of(self, record):
        error = record.exc_info[0] if record.exc_info else None
        kind = (record.name, str(record.msg)[:80], getattr(record, "status_code", 0), error)
        return kind if kind in self._seen or len(self._seen) < KINDS else ("others",)
