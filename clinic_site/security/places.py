"""Gives rows that are there already a place of their own, in one statement: what a migration needs for a BoundModel."""

RANDOM = {
    # A UUID of version 4 (RFC 9562, 5.4), as Django stores it on SQLite: 32 digits.
    "sqlite": """
        lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) ||
        substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))
    """,
    "postgresql": "gen_random_uuid()",
}


def give_places(table):
    """A function for `RunPython` that does so for the rows of that table which have none."""

    def give(apps, schema_editor):
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET place = {RANDOM[connection.vendor]} WHERE place IS NULL")

    return give
