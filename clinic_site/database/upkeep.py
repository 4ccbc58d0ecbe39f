"""What the database has to be told now and then, to choose its ways by how the tables are."""

from django.db import connection

ROWS_LOOKED_AT = 1000  # of each index, so that it takes as long among a million


def tell_planner():
    """Have the database look at a sample of each table; PostgreSQL does so by itself, too, but not at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")
