"""The write lock of SQLite, held by another program."""

import sqlite3
import time
from contextlib import contextmanager
from threading import Timer

import pytest
from django.db import connection

only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one lock")


@contextmanager
def write_lock_taken(seconds=None):
    """Takes the lock; gives it back at the end, or after so many seconds. Yields when it was taken."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    back = Timer(seconds or 60, other.execute, ["ROLLBACK"])
    back.start()
    try:
        yield time.monotonic()
    finally:
        back.cancel()
        back.join()
        if other.in_transaction:
            other.execute("ROLLBACK")
        other.close()
