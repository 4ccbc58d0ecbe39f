import pytest
from huey.contrib.djhuey import HUEY

from tests.mail_server import mail_server

__all__ = ["mail_server"]


@pytest.fixture
def at_once():
    """Queued work is done in the thread that queues it."""
    HUEY.immediate = True
    yield HUEY
    HUEY.immediate = False
