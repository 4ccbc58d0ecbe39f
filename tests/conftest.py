import gc
from threading import Thread
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.template import Template
from django.test import TransactionTestCase
from django.test.signals import template_rendered

from tests.environment import STATIC, clear_up

LONGEST = {  # files, each a hundredth of the whole run or more
    *("test_numbers_from_outside", "test_page_cache", "test_full_loop", "test_consultations", "test_guesses"),
    *("test_worklist", "test_self_pick", "test_loading", "test_copy_steps", "test_checks", "test_retention"),
}


def pytest_configure(config):
    """
    Leave out what only costs time in tests: slow password hashes, file names that need collecting first, and the list
    of all static files, which each test's client would make anew.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_AUTOREFRESH = True  # a file is looked for when it is asked for
    settings.STATIC_ROOT = STATIC
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if getattr(config.option, "numprocesses", 0) and not hasattr(config, "workerinput"):
        from tests import databases

        # Those that share the work need it once they have found the tests; until then this process has nothing to do.
        config.template_made = Thread(target=databases.make_template)
        config.template_made.start()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        from tests import databases

        if hasattr(config, "template_made"):
            config.template_made.join()
        databases.drop_what_was_shared()
        clear_up()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """
    Of those that share the work, the first finds the tests alone: it leaves their files compiled, which takes longer
    than to find them, and the shared database is made meanwhile.
    """
    if not hasattr(session.config, "workerinput"):
        return (yield)
    from tests import databases

    with databases.first_of_a_run("found"):
        return (yield)


def pytest_collection_modifyitems(items):
    """
    Those that drive a browser first: they take longest and wait most. Then the longest others, so that no process is
    left with one of them when the others have done. Else the order stays as random as it is.
    """
    items.sort(key=lambda item: ("journeys" not in item.path.parts, item.path.stem not in LONGEST))


def pytest_collection_finish():
    """What is loaded by now stays: Python need not look through all of it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Every test begins on a fresh installation: the shipped guide is live, and the sample clinic is there."""
    from tests import databases, shipped_pages

    def restore(_test):
        databases.restore()

    TransactionTestCase._fixture_teardown = restore  # Django would empty the database, and no guide be left
    with django_db_blocker.unblock(), databases.own_database():
        shipped_pages.make()
        # While Playwright runs, Django keeps other connections, and a database that is restored leaves these dead.
        connections.close_all()
        yield
        shipped_pages.forget()


@pytest.fixture(scope="session", autouse=True)
def contexts_that_are_kept(django_test_environment):
    """A test's client copies the context of each template that is rendered, but for the thousand widgets of a form."""

    def render(template, context):
        if not str(template.name).startswith("django/forms/"):
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    Template._render = render  # in place of Django's, which is put back when all tests are done


@pytest.fixture(autouse=True)
def fresh_pages():
    """
    A test that is rolled back takes its revision numbers back too, so nothing kept outlives its test; each begins with
    what is kept of the shipped guide, as a process does that has shown its pages.
    """
    from tests import shipped_pages

    shipped_pages.keep()


@pytest.fixture
def nothing_kept(fresh_pages):
    """For a test that looks at what that costs: it begins as a process does that has shown no page."""
    from tests import shipped_pages

    shipped_pages.keep_nothing()


@pytest.fixture(autouse=True)
def own_cache(settings):
    """Redis is shared with other processes and rolls nothing back, so each test counts under keys of its own."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def committed(transactional_db):
    """The same fresh installation for tests whose threads or processes must see committed rows."""


@pytest.fixture
def as_staff(client, db):
    """Sign in as a member of staff in a role: `as_staff("frontdesk")` gives the client."""
    from tests.factories import make_staff
    from tests.signing_in import sign_in

    def signed_in(role):
        sign_in(client, make_staff(role))
        return client

    return signed_in
