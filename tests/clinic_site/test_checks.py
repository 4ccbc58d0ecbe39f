import os
import shutil
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking.models import OutboxMail
from clinic_site.health.checks import stop_unless_safe_to_start
from clinic_site.models import FieldKeyCheck, WorkerBeat
from tests.factories import make_request

WRONG_KEYS = (
    "FIELD_KEYS are not the keys that this database was encrypted with: put the right ones back. Nothing was changed."
)
OLD_DATABASE = "The database is older than the program: run manage.py migrate."


each_start = pytest.mark.parametrize(
    "start",
    [
        pytest.param(["manage.py", "run_worker"], id="the worker"),
        pytest.param(["manage.py", "run_site"], id="the demonstration"),
        pytest.param(["-m", "gunicorn", "-c", "clinic_site/gunicorn.conf.py"], id="the web server"),
    ],
)


def forget_a_migration():
    MigrationRecorder.Migration.objects.filter(app="booking").delete()


def make_mail_wait(**fields):
    make_request()
    OutboxMail.objects.update(due_at=timezone.now() - timedelta(minutes=11), **fields)


@pytest.fixture
def working(db):
    WorkerBeat.beat()


def readiness(client):
    response = client.get("/readyz")
    return response.status_code, response.json()


READY, NOT_READY = (200, {"ready": True}), (503, {"ready": False})


def test_the_process_is_up_without_asking_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response["Cache-Control"]


def test_a_site_that_works_is_ready(client, working):
    assert readiness(client) == READY


@pytest.mark.parametrize("host", ["10.0.0.7", "10.0.0.7:8000", "balancer.internal", "not a host!"])
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_probe_may_call_the_machine_as_it_likes(client, working, address, host):
    assert client.get(address, headers={"host": host}).status_code == 200
    assert client.get("/visit/", headers={"host": host}).status_code == 400


@pytest.mark.django_db
def test_a_probe_leaves_no_line_in_the_log(client, caplog):
    assert readiness(client) == NOT_READY
    client.get("/healthz", headers={"host": "10.0.0.7"})
    assert caplog.records == []


def test_the_answer_about_readiness_is_never_kept(client, working):
    assert "no-store" in client.get("/readyz")["Cache-Control"]


@pytest.mark.django_db
def test_a_site_whose_worker_never_spoke_is_not_ready(client):
    assert readiness(client) == NOT_READY


def test_a_worker_that_fell_silent_stops_the_site_after_three_minutes(client, working):
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=2, seconds=30))
    assert readiness(client) == READY
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=3, seconds=1))
    assert readiness(client) == NOT_READY


def test_a_worker_that_speaks_again_mends_it(client, working):
    WorkerBeat.objects.update(at=timezone.now() - timedelta(hours=1))
    WorkerBeat.beat()
    assert (readiness(client), WorkerBeat.objects.count()) == (READY, 1)


def test_a_site_on_an_old_database_is_not_ready(client, working):
    forget_a_migration()
    assert readiness(client) == NOT_READY


def test_a_site_whose_mail_waits_is_ready_all_the_same(client, working):
    make_mail_wait()
    assert readiness(client) == READY


def test_a_site_whose_database_is_away_is_not_ready_and_its_address_is_not_told(client, working):
    with away():
        assert readiness(client) == NOT_READY


def away():
    def refuse(*call):
        raise OperationalError("could not connect to secret-host")

    return connection.execute_wrapper(refuse)


@pytest.mark.django_db
def test_the_right_keys_may_start_and_start_again():
    FieldKeyCheck.objects.all().delete()
    stop_unless_safe_to_start()
    stop_unless_safe_to_start()
    assert FieldKeyCheck.objects.count() == 1


@pytest.mark.django_db
def test_wrong_keys_may_not_start_and_write_nothing(settings):
    FieldKeyCheck.keys_fit()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with CaptureQueriesContext(connection) as queries, pytest.raises(SystemExit) as stopped:
        stop_unless_safe_to_start()
    assert stopped.value.code == WRONG_KEYS
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


@pytest.mark.django_db
def test_an_old_database_may_not_start_and_is_not_touched():
    FieldKeyCheck.objects.all().delete()
    forget_a_migration()
    with pytest.raises(SystemExit) as stopped:
        stop_unless_safe_to_start()
    assert (stopped.value.code, FieldKeyCheck.objects.count()) == (OLD_DATABASE, 0)


def run(folder, *arguments, **variables):
    """Run Python in the project's folder on the demonstration's data in that folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DEMO": "1", "DATA_DIR": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A folder with a migrated database whose keys are noted."""
    folder = tmp_path_factory.mktemp("data")
    note = "import django; django.setup(); from clinic_site.health.checks import stop_unless_safe_to_start as s; s()"
    for arguments in [("manage.py", "migrate", "--verbosity=0"), ("-c", note)]:
        done = run(folder, *arguments, DJANGO_SETTINGS_MODULE="clinic_site.settings")
        assert (done.returncode, done.stderr) == (0, "")
    return folder


@each_start
def test_nothing_starts_with_wrong_keys_and_the_database_stays_as_it_was(installation, unused_port, start):
    before = (installation / "db.sqlite3").read_bytes()
    stopped = run(installation, *start, FIELD_KEYS=Fernet.generate_key().decode(), PORT=unused_port)
    assert (stopped.returncode, "Traceback" in stopped.stderr) == (1, False)
    assert stopped.stderr.splitlines()[-1] == WRONG_KEYS
    assert (installation / "db.sqlite3").read_bytes() == before
    log = installation / "db.sqlite3-wal"
    assert not log.exists() or log.read_bytes() == b""


@each_start
def test_nothing_starts_on_a_file_that_is_no_database(installation, unused_port, start, tmp_path):
    folder = shutil.copytree(installation, tmp_path / "data", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    (folder / "db.sqlite3").write_bytes(b"no database at all " * 400)
    stopped = run(folder, *start, PORT=unused_port)
    assert (stopped.returncode, "Traceback" in stopped.stderr) == (1, False), stopped.stderr
    assert stopped.stderr.splitlines()[-1].startswith("The database file is damaged, or is none")


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
