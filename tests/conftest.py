from uuid import uuid4

import pytest
from django.conf import settings


def pytest_configure(config):
    """Leave out what only costs time in tests: slow password hashes, and file names that need collecting first."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # On disk, as in production: threads and processes see one database.
        database.setdefault("TEST", {})["NAME"] = str(settings.DATA_DIR / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test begins on a fresh installation: the shipped guide is live, and the sample clinic is there."""
    from treatments.loading import load_guide

    with django_db_blocker.unblock():
        load_guide(live=True)


@pytest.fixture(autouse=True)
def fresh_pages():
    """A test that is rolled back takes its revision numbers back too, so nothing kept outlives its test."""
    from clinic_site import page_cache
    from treatments import content_report, finding

    page_cache.pages.forget()
    finding.indexes.forget()
    content_report.kept.forget()


@pytest.fixture(autouse=True)
def own_cache(settings):
    """Redis is shared with other processes and rolls nothing back, so each test counts under keys of its own."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def committed(transactional_db):
    """The same fresh installation for tests whose threads or processes must see committed rows."""
    from treatments.loading import load_guide

    load_guide(live=True)


@pytest.fixture
def as_staff(client, db):
    """Sign in as a member of staff in a role: `as_staff("frontdesk")` gives the client."""
    from tests.factories import make_staff

    def sign_in(role):
        client.force_login(make_staff(role))
        return client

    return sign_in
