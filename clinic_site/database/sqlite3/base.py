"""
Django's SQLite, but for how a writer waits for the write lock: in Python, and not inside SQLite.

A statement that waits inside SQLite holds the mutex of its connection. Any other thread that frees a cursor of that
connection, which garbage collection does anywhere and with the interpreter's lock, then stands still with the whole
process until the wait is over, and that thread may be the one that holds the write lock.
"""

import sqlite3

from django.db.backends.sqlite3 import base

from clinic_site.database.waiting import writers


class PatientCursor(base.SQLiteCursorWrapper):
    """Tries again where the write lock is taken. Inside a transaction it is ours, and nothing waits."""

    def execute(self, query, params=None):
        if self.connection.in_transaction:
            return super().execute(query, params)
        run = super().execute
        return writers.wait_for(lambda: run(query, params), is_busy, takes_the_lock=query.startswith("BEGIN"))


def is_busy(error):
    """Whether another connection holds the lock."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    def create_cursor(self, name=None):
        return self.connection.cursor(factory=PatientCursor)
