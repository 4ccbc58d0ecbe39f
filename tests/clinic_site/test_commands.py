"""What every command says where it cannot go on."""

import pytest

from tests.clinic_site.test_environment import python


@pytest.mark.parametrize("command", ["purge_requests", "load_guide", "verify_audit"])
def test_a_command_on_a_database_without_tables_says_what_to_do(tmp_path, command):
    stopped = python("manage.py", command, DATA_DIR=str(tmp_path), DEMO="1")
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert stopped.stderr == "The database is older than the program: run manage.py migrate.\n"


def test_a_command_on_a_database_that_is_half_migrated_says_what_to_do(tmp_path):
    here = {"DATA_DIR": str(tmp_path), "DEMO": "1"}
    python("manage.py", "migrate", "clinic_site", **here)  # which ends where it would give roles what is not there yet
    stopped = python("manage.py", "add_staff", "ines", "--role=frontdesk", **here)
    assert (stopped.returncode, stopped.stderr) == (
        1,
        "The database is older than the program: run manage.py migrate.\n",
    )


def test_a_command_without_its_database_says_what_to_do(tmp_path):
    away = {"DATA_DIR": str(tmp_path), "DEMO": "1", "DATABASE_URL": "postgres://nobody@127.0.0.1:9/clinic"}
    stopped = python("manage.py", "purge_requests", **away)
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert stopped.stderr == "The database does not answer (OperationalError): start it, or mend DATABASE_URL.\n"


def test_a_command_that_is_interrupted_says_no_more_than_that(tmp_path):
    pressed = "import signal, sys, manage; from types import SimpleNamespace as Has; "
    pressed += "sys.stdin = Has(read=lambda: signal.default_int_handler(signal.SIGINT, None)); manage.main()"
    stopped = python("-c", pressed, "copycheck", "-", DATA_DIR=str(tmp_path), DEMO="1")
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (130, "", "Stopped.\n")
