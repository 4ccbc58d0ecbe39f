from datetime import timedelta

import pytest

from clinic_site.health.watching import LOOKS, look_after_site
from clinic_site.models import WorkerBeat
from tests.mail_server import mail_server
from tests.web_hook import web_hook

__all__ = ["mail_server"]


@pytest.fixture
def alert_address(settings):
    """Whatever ALERT_URL leads to: a web server that keeps what it takes."""
    with web_hook() as server:
        settings.ALERT_URL = f"{server.address}/alert"
        yield server


@pytest.fixture
def watched(settings, tmp_path, db):
    """A deployment that is well, which is looked after as often as a test likes."""
    settings.LOOKS_APART = timedelta(0)
    settings.DATA_DIR, settings.BACKUP_TO, settings.ALERT_URL = tmp_path, None, ""
    settings.SITE_URL = "https://www.clinic.example"
    settings.SECURE_HSTS_SECONDS = 31536000
    WorkerBeat.beat()


@pytest.fixture
def away(settings, tmp_path):
    """One thing that is wrong: the folder for backups is away. `away()` breaks it, `away(False)` mends it."""

    def is_away(really=True):
        settings.BACKUP_TO = tmp_path / "not mounted" if really else None

    return is_away


def look(times=LOOKS):
    for _time in range(times):
        look_after_site()
