"""What belongs to an installation: its database, its keys, and the migrations that its program knows."""

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader

from clinic_site.keeping import postgresql, sqlite
from clinic_site.keeping.archive import fingerprint


def database():
    return connections[DEFAULT_DB_ALIAS]


def engine():
    """The module that copies and loads this kind of database."""
    return {"postgresql": postgresql, "sqlite": sqlite}[database().vendor]


def migrations() -> dict[str, list[str]]:
    """The last migrations of each app, as the program has them."""
    last: dict[str, list[str]] = {}
    for app, name in MigrationLoader(None).graph.leaf_nodes():
        last.setdefault(app, []).append(name)
    return last


def unknown_migrations(of_backup: dict[str, list[str]]) -> list[str]:
    """Those that this program does not have: it is older than the one that made the backup."""
    known = MigrationLoader(None).disk_migrations
    return [f"{app}.{name}" for app, names in of_backup.items() for name in names if (app, name) not in known]


def keys() -> dict[str, list[str]]:
    """The fingerprints of the keys that the database needs."""
    needed = {
        "SECRET_KEY": [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS],
        "FIELD_KEYS": settings.FIELD_KEYS,
        "AUDIT_KEY": settings.AUDIT_KEYS,
    }
    return {name: [fingerprint(key) for key in listed] for name, listed in needed.items()}
