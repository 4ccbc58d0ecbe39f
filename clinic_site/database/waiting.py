"""How long the database is waited for: by the web for moments, as somebody sits before it, by all else for longer."""

import time
from threading import Lock

from django.db import DEFAULT_DB_ALIAS, connections

MOMENT = 0.5  # seconds: a burst of honest writes is through by then
FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.025  # seconds between two tries


class Writers:
    """
    The threads of this process that wait for SQLite's write lock, in the order in which they came.

    Each waits for `seconds`. Where `most` is set, no more than so many wait for a lock that has been taken for longer
    than a moment: the others are told at once, so that threads are left for whoever only reads.
    """

    def __init__(self, seconds=20, most=None):
        self.seconds, self.most = seconds, most
        self._waiting: dict[object, float] = {}
        self._taken_since = self._seen_taken = 0.0
        self._lock = Lock()

    def wait_for(self, act, is_busy, takes_the_lock=False):
        """What `act()` returns, tried until it is no longer refused as busy. Raises its last refusal."""
        me, pause, refused = object(), FIRST_PAUSE, False
        try:
            while True:
                try:
                    done = act()
                except Exception as error:
                    refused = is_busy(error)
                    if not refused or not self._may_go_on(me):
                        raise
                else:
                    if takes_the_lock or refused:
                        self._seen_taken = 0.0
                    return done
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            if refused:
                with self._lock:
                    self._waiting.pop(me, None)

    def _may_go_on(self, me):
        now = time.monotonic()
        with self._lock:
            if now - self._seen_taken > 2 * MOMENT:  # free in between, or nobody looked
                self._taken_since = now
            self._seen_taken = now
            began = self._waiting.setdefault(me, now)
            place = list(self._waiting).index(me)
        if now - began >= self.seconds:
            return False
        return self.most is None or place < self.most or now - self._taken_since < MOMENT


writers = Writers()

# PostgreSQL, where the web asks: seconds to connect, and milliseconds.
SOON = {
    "connect_timeout": 2,
    "tcp_user_timeout": 4000,  # for a server whose network is gone
    "options": "-c lock_timeout=2000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=60000",
}


def answer_soon():
    """For the process of a web worker, before it opens a connection: nobody is kept waiting for the database."""
    database = connections.settings[DEFAULT_DB_ALIAS]
    writers.seconds, writers.most = 2, 2
    if database["ENGINE"].endswith("postgresql"):
        database["OPTIONS"] = {**database["OPTIONS"], **SOON}
