"""
What holds, in the database itself, that no two times of one clinician overlap; withdrawn times do not count.

PostgreSQL has a constraint for that. SQLite has triggers, which are lost without a word whenever Django remakes the
table, as it does for many changes of a field; so they are made anew after each migration.
"""

from django.db import connections

EXCLUSION = "times_of_a_clinician_do_not_overlap"
TRIGGERS = {
    "open_time_overlaps_when_made": "INSERT",
    "open_time_overlaps_when_changed": "UPDATE OF starts_at, ends_at, state, clinician_id",
}
SQLITE_TRIGGER = """
CREATE TRIGGER {name} BEFORE {event} ON booking_opentime
WHEN NEW.state <> 'withdrawn'
BEGIN
    SELECT RAISE(ABORT, 'two times of one clinician overlap')
    WHERE julianday(NEW.ends_at) - julianday(NEW.starts_at) > 1 OR EXISTS (
        SELECT 1 FROM booking_opentime AS other
        WHERE other.clinician_id = NEW.clinician_id AND other.state <> 'withdrawn' AND other.id IS NOT NEW.id
        AND other.starts_at < NEW.ends_at AND other.starts_at > datetime(NEW.starts_at, '-1 day')
        AND other.ends_at > NEW.starts_at
    );
END
"""


def install(alias):
    """Make the guard of that database anew where it is not there. Can be run twice."""
    if is_installed(alias):
        return
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, event in TRIGGERS.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(SQLITE_TRIGGER.format(name=name, event=event))
        else:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            cursor.execute(
                f"ALTER TABLE booking_opentime ADD CONSTRAINT {EXCLUSION} EXCLUDE USING gist "
                "(clinician_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (state <> 'withdrawn')"
            )


def remove(alias):
    """Take the guard away, for a migration that goes back."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            cursor.execute(f"ALTER TABLE booking_opentime DROP CONSTRAINT IF EXISTS {EXCLUSION}")


def is_installed(alias) -> bool:
    """Whether the database guards against overlapping times."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            return set(TRIGGERS) <= {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [EXCLUSION])
        return cursor.fetchone() is not None


def install_after_migrations(sender, using, plan=(), **_signal):
    """Receiver of post_migrate; not on the way back to where there is no such table."""
    if "booking_opentime" in connections[using].introspection.table_names() and _stores_ends(using):
        install(using)


def _stores_ends(alias):
    connection = connections[alias]
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "booking_opentime")
    return "ends_at" in {column.name for column in columns}
