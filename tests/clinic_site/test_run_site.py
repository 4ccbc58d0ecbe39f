import socket
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_named_in_one_sentence_before_anything_is_done(settings, taken_port):
    settings.PORT = taken_port
    said = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("run_site", stdout=said)
    assert str(stopped.value) == (
        f"Port {taken_port} is taken by another program: stop it, or choose another, as in PORT=8001."
    )
    assert said.getvalue() == ""


def test_a_deployment_is_not_served_as_a_demonstration(settings):
    settings.DEMO = False
    said = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("run_site", stdout=said)
    assert str(stopped.value) == "run_site is for trying the site out: set DEMO=1, or see docs/operations.md."
    assert said.getvalue() == ""
