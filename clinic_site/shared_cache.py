"""
The cache that all web processes share. What is in it may be lost at any moment, and nobody waits for it.

Counts of requests are kept here, away from the database and its write lock.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from huey.serializer import SignedSerializer
from redis.exceptions import RedisError

from clinic_site.breaker import breaker_of

TABLE = """
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_until ON kept (until);
"""


class NotOurs(RedisError):
    """What lies in the cache was written by somebody else, or under another key."""


class Signed:
    """Values as bytes that only the site can have written: nobody else's pickle is loaded (CWE-502)."""

    def dumps(self, value):
        """Whole numbers as they are, so that SQL and Redis can count them."""
        return value if type(value) is int else self._serializer().serialize(value)

    def loads(self, stored):
        if isinstance(stored, int):
            return stored
        try:
            return int(stored)
        except ValueError:
            pass
        try:
            return self._serializer().deserialize(stored)
        except ValueError as error:
            raise NotOurs from error

    def _serializer(self):
        return SignedSerializer(secret=settings.SECRET_KEY, salt="shared cache")


SIGNED = Signed()


class ForgivingCache(BaseCache):
    """A cache that is away is an empty one, and keeps nothing."""

    errors: tuple[type[Exception], ...] = ()
    address = ""

    def _ask(self, question, otherwise):
        return breaker_of(self.address).ask(question, otherwise, self.errors)

    def get(self, key, default=None, version=None):
        return self._ask(lambda: super(ForgivingCache, self).get(key, default, version), default)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask(lambda: super(ForgivingCache, self).set(key, value, timeout, version), None)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask(lambda: super(ForgivingCache, self).add(key, value, timeout, version), True)

    def incr(self, key, delta=1, version=None):
        return self._ask(lambda: super(ForgivingCache, self).incr(key, delta, version), delta)


class ForgivingRedisCache(ForgivingCache, RedisCache):
    errors = (RedisError,)

    def __init__(self, server, params):
        super().__init__(server, {**params, "OPTIONS": {"serializer": SIGNED, **params.get("OPTIONS", {})}})
        self.address = server.partition("?")[0]  # without its time-outs


class SqliteFileCache(BaseCache):
    """In a SQLite file, for the processes of one machine. A process that is killed leaves it whole."""

    def __init__(self, location, params):
        super().__init__(params)
        self.address = str(location)

    def _run(self, statement, *values):
        try:
            return self._run_once(statement, values)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # a power cut: it is worth less than the time to wait for the disk
            Path(self.address).unlink(missing_ok=True)
            return self._run_once(statement, values)

    def _run_once(self, statement, values):
        with closing(sqlite3.connect(self.address, timeout=0.5, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")
            if not file.execute("SELECT 1 FROM sqlite_schema WHERE name = 'kept_until'").fetchone():
                file.executescript(TABLE)
            return file.execute(statement, values).fetchone()

    def _until(self, timeout):
        seconds = self.get_backend_timeout(timeout)
        return float("inf") if seconds is None else seconds

    def get(self, key, default=None, version=None):
        key = self.make_and_validate_key(key, version)
        row = self._run("SELECT value FROM kept WHERE key = ? AND until > ?", key, time.time())
        try:
            return default if row is None else SIGNED.loads(row[0])
        except NotOurs:
            return default

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version)
        self._forget_what_has_ended()
        self._run("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", key, SIGNED.dumps(value), self._until(timeout))

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version)
        self._forget_what_has_ended()
        added = "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1"
        return self._run(added, key, SIGNED.dumps(value), self._until(timeout)) is not None

    def incr(self, key, delta=1, version=None):
        more = "UPDATE kept SET value = value + ? WHERE key = ? AND until > ? RETURNING value"
        row = self._run(more, delta, self.make_and_validate_key(key, version), time.time())
        if row is None:
            raise ValueError(f"Key '{key}' not found")
        return row[0]

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version)
        touched = "UPDATE kept SET until = ? WHERE key = ? AND until > ? RETURNING 1"
        return self._run(touched, self._until(timeout), key, time.time()) is not None

    def delete(self, key, version=None):
        key = self.make_and_validate_key(key, version)
        return self._run("DELETE FROM kept WHERE key = ? RETURNING 1", key) is not None

    def clear(self):
        self._run("DELETE FROM kept")

    def _forget_what_has_ended(self):
        self._run("DELETE FROM kept WHERE until <= ?", time.time())


class ForgivingFileCache(ForgivingCache, SqliteFileCache):
    errors = (sqlite3.Error,)
