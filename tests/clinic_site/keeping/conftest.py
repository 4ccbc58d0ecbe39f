import os
from contextlib import closing

import pytest
from django.db import connection, connections

from clinic_site.keeping.backing_up import back_up
from tests import databases

KEY = "a long random text for the backups of tests"
RESTORED = f"restored_{os.getpid()}"  # test processes each restore into a database of their own


@pytest.fixture
def installation(committed, settings, tmp_path):
    """A site with data and a key of its own, of which backups can be made."""
    settings.DATA_DIR = tmp_path / "site"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    settings.BACKUP_KEYS = [KEY]
    (settings.MEDIA_ROOT / "pictures").mkdir(parents=True)
    (settings.MEDIA_ROOT / "pictures" / "cheek.webp").write_bytes(bytes(range(256)) * 1000)
    return settings.DATA_DIR


@pytest.fixture
def backups(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def backup(installation, backups):
    """A backup of the installation as it comes."""
    return back_up(backups / "clinic.backup")


@pytest.fixture
def move_to_empty_place(installation, settings, tmp_path):
    """A function that leads the tests to a new machine: no database, no media, the same keys."""
    at_home = connection.settings_dict["NAME"]

    def move():
        connections.close_all()
        settings.DATA_DIR = tmp_path / "new machine"
        settings.MEDIA_ROOT = settings.DATA_DIR / "media"
        settings.DATA_DIR.mkdir()
        if databases.on_postgres():
            databases.drop(RESTORED)
            with closing(databases.server()) as server:
                server.execute(f'CREATE DATABASE "{databases.place_of(RESTORED)}" TEMPLATE template0 ENCODING UTF8')
            connection.settings_dict["NAME"] = databases.place_of(RESTORED)
        else:
            connection.settings_dict["NAME"] = str(settings.DATA_DIR / "db.sqlite3")

    yield move
    connections.close_all()
    connection.settings_dict["NAME"] = at_home
    databases.drop(RESTORED)


@pytest.fixture
def empty_place(backup, move_to_empty_place):
    """The backup is made, and this is a new machine."""
    move_to_empty_place()
    return backup
