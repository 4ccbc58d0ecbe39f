import socket
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clinic_site.own_run import OwnRun


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


def test_a_port_that_an_earlier_run_holds_is_named_with_that_run(settings, taken_port, tmp_path):
    settings.PORT, settings.DATA_DIR = taken_port, tmp_path
    settings.SITE_URL = f"http://127.0.0.1:{taken_port}"
    with OwnRun(tmp_path / "run") as earlier, pytest.raises(CommandError) as stopped:
        earlier.begin(1234, taken_port)
        call_command("run_site")
    assert str(stopped.value) == (
        f"Port {taken_port} is taken by an earlier run of this site (process 1234): open "
        f"http://127.0.0.1:{taken_port}/, or stop that run with Ctrl-C where it was started, or with: kill 1234"
    )


def test_an_earlier_run_on_another_port_is_not_blamed(settings, taken_port, tmp_path):
    settings.PORT, settings.DATA_DIR = taken_port, tmp_path
    with OwnRun(tmp_path / "run") as earlier, pytest.raises(CommandError) as stopped:
        earlier.begin(1234, taken_port + 1)
        call_command("run_site")
    assert "is taken by another program" in str(stopped.value)
