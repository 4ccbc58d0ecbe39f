"""
What holds, in the database itself, that entries of the audit are added and never changed.

A seal may be set once; an entry or a seal may go once a purge names its seal; no table is emptied in one stroke.
SQLite loses triggers without a word whenever Django remakes a table, so they are made anew after each migration.
"""

from django.db import connections

ENTRY, SEAL, PURGE = "clinic_site_auditentry", "clinic_site_auditseal", "clinic_site_auditpurge"
WRITTEN = "id, at, staff_id, role, device, action, page, about, details, nonce, mac"
GUARDED = [  # name, event, table, and when it is refused
    ("audit_entry_changed", f"UPDATE OF {WRITTEN}", ENTRY, "1 = 1"),
    ("audit_entry_sealed_anew", "UPDATE OF seal", ENTRY, "OLD.seal IS NOT NULL"),
    ("audit_entry_removed", "DELETE", ENTRY, f"NOT EXISTS (SELECT 1 FROM {PURGE} WHERE through >= OLD.seal)"),
    ("audit_seal_changed", "UPDATE", SEAL, "1 = 1"),
    ("audit_seal_removed", "DELETE", SEAL, f"NOT EXISTS (SELECT 1 FROM {PURGE} WHERE through >= OLD.number)"),
    ("audit_purge_changed", "UPDATE", PURGE, "1 = 1"),
    ("audit_purge_removed", "DELETE", PURGE, "1 = 1"),
]
EMPTIED = [("audit_entry_emptied", ENTRY), ("audit_seal_emptied", SEAL), ("audit_purge_emptied", PURGE)]
ON_POSTGRESQL_ALONE = [(name, "TRUNCATE", table, f"EXISTS (SELECT 1 FROM {table})") for name, table in EMPTIED]
REFUSAL = "the audit is added to and never changed"
ON_SQLITE = (
    "CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
)
FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql
"""
ON_POSTGRESQL = "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"


def _guarded(connection):
    """The triggers of that kind of database: SQLite has no TRUNCATE, and its DELETE goes row by row."""
    return GUARDED + (ON_POSTGRESQL_ALONE if connection.vendor == "postgresql" else [])


def install(alias):
    """Make the guard of that database anew. Can be run twice."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for name, event, table, condition in _guarded(connection):
            words = {"name": name, "event": event, "table": table, "condition": condition, "refusal": REFUSAL}
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(ON_SQLITE.format(**words))
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(FUNCTION.format(**words))
                cursor.execute(ON_POSTGRESQL.format(each="STATEMENT" if event == "TRUNCATE" else "ROW", **words))


def remove(alias):
    """Take the guard away, for a migration that goes back."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for name, _event, table, _condition in _guarded(connection):
            on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def is_installed(alias) -> bool:
    """Whether the database refuses what is not allowed."""
    connection = connections[alias]
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        return {name for name, *_rest in _guarded(connection)} <= {name for (name,) in cursor.fetchall()}


def install_after_migrations(sender, using, **_signal):
    """Receiver of post_migrate; not on the way back to where there are no such tables."""
    if {ENTRY, SEAL, PURGE} <= set(connections[using].introspection.table_names()) and not is_installed(using):
        install(using)
