import json
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from clinic_site.environment import Environment

KEY = Fernet.generate_key().decode()
DEPLOYMENT = {
    "SECRET_KEY": "a long random text for links alone",
    "FIELD_KEYS": KEY,
    "BACKUP_KEY": "a long random text for backups alone",
    "AUDIT_KEY": "a long random text for the audit alone",
    "SITE_URL": "https://www.clinic.example",
    "ALLOWED_HOSTS": "www.clinic.example",
    "OWNER_EMAIL": "owner@clinic.example",
    "EMAIL_URL": "smtp+tls://desk:secret@mail.clinic.example:587",
}
HEADING = "The site cannot start. Mend this in the environment (docs/operations.md lists all settings):\n"


def python(*arguments, **variables):
    """Run Python in the project's folder with these variables and no others of the project's."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


def settings_with(tmp_path, *names, **variables):
    """What these settings come to in a process with those variables."""
    told = f"json.dumps([getattr(s, n) for n in {names}], default=str)"
    show = f"import json; from clinic_site import settings as s; print({told})"
    shown = python("-c", show, DATA_DIR=str(tmp_path), **variables)
    assert shown.stderr == ""
    return json.loads(shown.stdout)


def environment(tmp_path, **variables):
    return Environment(variables, default_data_dir=tmp_path)


def test_all_that_a_deployment_lacks_is_named_in_one_message(tmp_path):
    stopped = python("manage.py", "check", DATA_DIR=str(tmp_path))
    assert (stopped.returncode, stopped.stdout, list(tmp_path.iterdir())) == (1, "", [])
    assert stopped.stderr == HEADING + (
        "- SECRET_KEY is missing: a long random text that signs links.\n"
        "- FIELD_KEYS is missing: keys that encrypt what patients write.\n"
        "- BACKUP_KEY is missing: a long random text that encrypts backups.\n"
        "- AUDIT_KEY is missing: a long random text that the audit is chained with.\n"
        "- SITE_URL is missing: the site's own address, such as https://www.clinic.example.\n"
        "- ALLOWED_HOSTS is missing: the host names that the site answers to.\n"
        "- OWNER_EMAIL is missing: where the operator reads about trouble.\n"
        "- EMAIL_URL is missing: the mail server, such as smtp+tls://user:password@host:587.\n"
    )


def test_all_that_is_bad_is_named_in_one_message(tmp_path):
    bad = {
        "PORT": "eighty",
        "TRUSTED_PROXIES": "-1",
        "FIELD_KEYS": f"{KEY},too-short",
        "BACKUP_KEY": "31 letters which are one short.",
        "AUDIT_KEY": f"{'a' * 32},weak",
        "BACKUP_TO": "backups",
        "HSTS_SECONDS": "a year",
        "HSTS_SUBDOMAINS": "1",
        "STATIC_DIR": "static",
        "MEDIA_DIR": "media",
        "REDIS_URL": "http://redis.example",
        "DATABASE_URL": "mysql://db.example/clinic",
        "EMAIL_URL": "https://mail.example",
        "OWNER_EMAIL": "the owner",
        "ALERT_URL": "http://alerts.example/token",
        "WATCHDOG_URL": "ftp://watchdog.example",
        "LOG_FORMAT": "xml",
        "MEDIA_STORE": "s3://pictures.example/clinic",
    }
    stopped = python("manage.py", "check", DATA_DIR=str(tmp_path), **(DEPLOYMENT | bad))
    assert stopped.returncode == 1
    assert stopped.stderr == HEADING + (
        "- PORT is 'eighty', but must be a whole number from 1 to 65535.\n"
        "- FIELD_KEYS: key 2 is not a Fernet key (44 letters); put the right one back.\n"
        "- BACKUP_KEY: key 1 is weak; it needs 32 letters or more.\n"
        "- AUDIT_KEY: key 2 is weak; it needs 32 letters or more.\n"
        "- BACKUP_TO is 'backups', but must be a whole path, such as /srv/backups.\n"
        "- STATIC_DIR is 'static', but must be a whole path, such as /srv/backups.\n"
        "- MEDIA_DIR is 'media', but must be a whole path, such as /srv/backups.\n"
        "- OWNER_EMAIL must be one email address, such as owner@clinic.example.\n"
        "- ALERT_URL begins with http://, so anybody on the way could read or change it: use https://.\n"
        "- WATCHDOG_URL must be an address like https://… or http://…, with a host.\n"
        "- LOG_FORMAT is 'xml', but must be line or json.\n"
        "- TRUSTED_PROXIES is '-1', but must be a whole number up to 9.\n"
        "- HSTS_SECONDS is 'a year', but must be a whole number up to 63072000.\n"
        "- HSTS_SUBDOMAINS is '1', but must be no or yes.\n"
        "- REDIS_URL must be an address like redis://… or rediss://…, with a host.\n"
        "- DATABASE_URL must be an address like sqlite://… or postgres://… or postgresql://…, "
        "with a host.\n"
        "- MEDIA_STORE must be an address like s3://KEY:SECRET@HOST/BUCKET.\n"
        "- EMAIL_URL must be an address like smtp://… or smtp+tls://… or smtp+ssl://…, "
        "with a host.\n"
    )


def test_a_secret_is_not_repeated_in_the_message(tmp_path):
    stopped = python("manage.py", "check", DATA_DIR=str(tmp_path), **(DEPLOYMENT | {"FIELD_KEYS": "half-a-secret"}))
    assert "FIELD_KEYS" in stopped.stderr and "half-a-secret" not in stopped.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "99999"),
        ("PORT", "0"),
        ("SITE_URL", "www.clinic.example"),
        ("DATABASE_URL", "postgres://db.example:port/clinic"),
        ("EMAIL_URL", "smtp://mail.example:port"),
        ("EMAIL_URL", "smtp://"),
        ("SECRET_KEY", ","),
        ("SECRET_KEY", "x" * 31),
        ("SECRET_KEY_FALLBACKS", "x" * 31),
        ("DEMO", "true"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "https://www.clinic.example"),
        ("ALLOWED_HOSTS", "www.clinic.example:443"),
        ("SITE_URL", "https://www.clinic.example/guide"),
        ("SITE_URL", "https://www.clinic.example?from=mail"),
        ("SITE_URL", "https://desk@www.clinic.example"),
        ("DATABASE_URL", "postgres://db.example"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite://clinic.sqlite3"),
        ("ALLOWED_HOSTS", "www.clinic.example, *"),
        ("SITE_URL", "http://www.clinic.example"),
        ("SITE_URL", "http://10.0.0.1"),
        ("OWNER_EMAIL", "one@clinic.example, two@clinic.example"),
        ("WATCHDOG_URL", "http://10.0.0.1/ping"),
        ("MEDIA_STORE", "s3://key:secret@pictures.example"),
        ("MEDIA_STORE", "s3://key:secret@pictures.example/The Bucket"),
        ("MEDIA_STORE", "s3://key:secret@pictures.example:port/clinic"),
        ("MEDIA_STORE", "s3+http://key:secret@pictures.example/clinic"),
        ("MEDIA_STORE", "s3+http://key:secret@8.8.8.8/clinic"),
    ],
)
def test_a_value_that_cannot_work_is_named_and_not_a_traceback(tmp_path, name, value):
    stopped = python("-c", "import clinic_site.settings", DATA_DIR=str(tmp_path), **(DEPLOYMENT | {name: value}))
    assert (stopped.returncode, stopped.stderr.startswith(f"{HEADING}- {name}")) == (1, True), stopped.stderr


def test_a_deployment_with_all_it_needs_starts_without_keys_of_its_own(tmp_path):
    started = python("manage.py", "check", DATA_DIR=str(tmp_path), **DEPLOYMENT)
    assert (started.returncode, started.stderr) == (0, "")
    assert {file.name for file in tmp_path.iterdir()} == {"queue.sqlite3"}


@pytest.mark.parametrize("variables", [DEPLOYMENT, {"DEMO": "1"}], ids=["deployment", "demonstration"])
@pytest.mark.parametrize("place", ["a file", "a file/below it", "/proc/nowhere"])
def test_a_bad_place_for_data_is_one_sentence(tmp_path, place, variables):
    (tmp_path / "a file").touch()
    stopped = python("manage.py", "check", **(variables | {"DATA_DIR": str(tmp_path / place)}))
    assert (stopped.returncode, stopped.stdout) == (1, "")
    [problem] = stopped.stderr.removeprefix(HEADING).splitlines()
    assert problem.startswith(f"- DATA_DIR is {tmp_path / place}, which ")


def test_what_was_open_to_others_is_closed(tmp_path):
    started = python("manage.py", "check", DATA_DIR=str(tmp_path), DEMO="1")
    assert started.returncode == 0, started.stderr
    tmp_path.chmod(0o755)
    for name in ("secret_key", "field_keys", "audit_key", "backup_key"):
        (tmp_path / name).chmod(0o644)
    python("manage.py", "check", DATA_DIR=str(tmp_path), DEMO="1")
    modes = {path.name: path.stat().st_mode & 0o777 for path in [tmp_path, *tmp_path.iterdir()]}
    assert {mode for name, mode in modes.items() if name != tmp_path.name} == {0o600}
    assert modes[tmp_path.name] == 0o700


def test_host_names_may_be_written_with_spaces_between_them(tmp_path):
    variables = DEPLOYMENT | {"ALLOWED_HOSTS": "www.clinic.example, clinic.example"}
    assert settings_with(tmp_path, "ALLOWED_HOSTS", **variables) == [["www.clinic.example", "clinic.example"]]


def test_a_deployment_over_https_marks_its_cookies_and_asks_for_https(tmp_path):
    names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG"]
    assert settings_with(tmp_path, *names, **DEPLOYMENT) == ["__Host-staff", True, True, True, False]


def test_redis_carries_the_work_where_it_is_named(tmp_path):
    [huey] = settings_with(tmp_path, "HUEY", **DEPLOYMENT, REDIS_URL="redis://queue.example:6380/2")
    url = "redis://queue.example:6380/2?socket_connect_timeout=1&socket_timeout=1.5"
    assert (huey["huey_class"], huey["connection"]) == ("huey.RedisHuey", {"url": url})


def test_a_file_carries_the_work_where_redis_is_not_named(tmp_path):
    [huey] = settings_with(tmp_path, "HUEY", **DEPLOYMENT)
    connection = {"filename": f"{tmp_path}/queue.sqlite3", "timeout": 1}
    assert (huey["huey_class"], huey["connection"]) == ("huey.SqliteHuey", connection)


def test_a_postgres_address_is_taken_apart(tmp_path):
    database = environment(tmp_path, DATABASE_URL="postgres://clinic:p%40ss@db.example:5433/guide").database()
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "db.example",
        "PORT": 5433,
        "NAME": "guide",
        "USER": "clinic",
        "PASSWORD": "p@ss",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c jit=off"},
    }


def test_what_the_address_says_of_the_connection_goes_before(tmp_path):
    address = "postgres://db.example/clinic?sslmode=require&options=-c%20jit%3Don"
    options = environment(tmp_path, DATABASE_URL=address).database()["OPTIONS"]
    assert options == {"sslmode": "require", "options": "-c jit=on"}


def test_postgres_may_be_asked_by_a_socket_of_the_machine(tmp_path):
    database = environment(tmp_path, DATABASE_URL="postgres://%2Fvar%2Frun%2Fpostgresql/clinic").database()
    assert [database[name] for name in ("HOST", "NAME", "USER", "PORT")] == ["/var/run/postgresql", "clinic", "", ""]


def test_sqlite_keeps_what_it_has_acknowledged(tmp_path):
    options = environment(tmp_path).database()["OPTIONS"]
    assert options == {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON;",
    }


@pytest.mark.parametrize("folder", ["data", "with a space", "with#hash", "with?mark", "with%20percent"])
def test_the_database_lies_in_the_data_folder_whatever_its_name(tmp_path, folder):
    data = tmp_path / folder
    assert environment(tmp_path, DATA_DIR=str(data)).database()["NAME"] == str(data / "db.sqlite3")


@pytest.mark.parametrize(
    ("url", "safety"),
    [
        ("smtp://desk:p%40ss@mail.example:25", {}),
        ("smtp+tls://desk:p%40ss@mail.example:25", {"EMAIL_USE_TLS": True}),
        ("smtp+ssl://desk:p%40ss@mail.example:25", {"EMAIL_USE_SSL": True}),
    ],
)
def test_a_mail_address_is_taken_apart(tmp_path, url, safety):
    assert (
        environment(tmp_path, EMAIL_URL=url).mail()
        == {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "mail.example",
            "EMAIL_PORT": 25,
            "EMAIL_HOST_USER": "desk",
            "EMAIL_HOST_PASSWORD": "p@ss",
            "EMAIL_TIMEOUT": 20,
        }
        | safety
    )


def test_a_demonstration_writes_mail_to_files_unless_a_server_is_named(tmp_path):
    files = environment(tmp_path, DEMO="1").mail()
    server = environment(tmp_path, DEMO="1", EMAIL_URL="smtp://127.0.0.1:1025").mail()
    assert files == {
        "EMAIL_BACKEND": "clinic_site.mail_files.EmlFileBackend",
        "EMAIL_FILE_PATH": str(tmp_path / "mail"),
    }
    assert (server["EMAIL_HOST"], server["EMAIL_PORT"]) == ("127.0.0.1", 1025)


def test_a_demonstration_makes_its_keys_once(tmp_path):
    first = environment(tmp_path / "new", DEMO="1")
    made = first.secret_keys(), first.field_keys()
    (tmp_path / "new" / "db.sqlite3").touch()
    second = environment(tmp_path / "new", DEMO="1")
    assert (second.secret_keys(), second.field_keys()) == made
    assert (first.problems, second.problems) == ([], [])
    kept = {file.name: oct(file.stat().st_mode & 0o777) for file in (tmp_path / "new").iterdir()}
    assert kept == {"secret_key": "0o600", "field_keys": "0o600", "db.sqlite3": kept["db.sqlite3"]}


def test_keys_that_no_data_needs_are_added_once_to_an_older_folder(tmp_path):
    (tmp_path / "db.sqlite3").touch()
    first, second = environment(tmp_path, DEMO="1"), environment(tmp_path, DEMO="1")
    made = first.backup_keys(), first.audit_keys()
    assert (second.backup_keys(), second.audit_keys(), first.problems) == (*made, [])
    assert made[0] != made[1]
    assert {oct((tmp_path / name).stat().st_mode & 0o777) for name in ("backup_key", "audit_key")} == {"0o600"}


def test_no_key_is_made_where_a_backup_is_restored(tmp_path):
    stopped = python("manage.py", "restore", "a.backup", DEMO="1", DATA_DIR=str(tmp_path))
    assert (stopped.returncode, stopped.stdout, list(tmp_path.iterdir())) == (1, "", [])
    assert stopped.stderr == HEADING + "".join(
        f"- {tmp_path / name} is missing: put the key of the installation that was backed up there.\n"
        for name in ("secret_key", "field_keys", "backup_key", "audit_key")
    )


@pytest.mark.parametrize("name", ["secret_key", "field_keys"])
def test_no_new_key_is_made_beside_data_that_needs_the_lost_one(tmp_path, name):
    (tmp_path / "db.sqlite3").touch()
    env = environment(tmp_path, DEMO="1")
    env.secret_keys() if name == "secret_key" else env.field_keys()
    assert env.problems == [f"{tmp_path / name} is missing, and the data beside it needs it: put the file back."]
    assert [file.name for file in tmp_path.iterdir()] == ["db.sqlite3"]


def test_an_empty_list_of_field_keys_is_named_beside_other_trouble(tmp_path):
    env = environment(tmp_path, FIELD_KEYS=",")
    env.secret_keys()
    env.field_keys()
    assert [problem.split()[0] for problem in env.problems] == ["SECRET_KEY", "FIELD_KEYS"]


def test_older_keys_still_check_what_they_signed(tmp_path):
    new = "n" * 32
    env = environment(tmp_path, SECRET_KEY=new, SECRET_KEY_FALLBACKS=f"{'o' * 32}, {'p' * 32}")
    assert (env.secret_keys(), env.problems) == ([new, "o" * 32, "p" * 32], [])


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "https://10.0.0.1"]
)
def test_an_address_in_clear_is_let_through_on_this_machine_alone(tmp_path, url):
    env = environment(tmp_path, SITE_URL=url)
    assert (env.site_url(in_demo=""), env.problems) == (url, [])


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9000/ping", "https://watchdog.example/ping/secret"])
def test_an_outside_address_is_taken_where_nobody_can_read_it_on_the_way(tmp_path, url):
    env = environment(tmp_path, WATCHDOG_URL=url)
    assert (env.outside_address("WATCHDOG_URL"), env.problems) == (url, [])


@pytest.mark.parametrize(("text", "format_of_logs"), [("", "line"), ("line", "line"), ("json", "json")])
def test_logs_are_lines_unless_json_is_asked_for(tmp_path, text, format_of_logs):
    assert environment(tmp_path, LOG_FORMAT=text).one_of("LOG_FORMAT", ["line", "json"]) == format_of_logs


@pytest.mark.parametrize(("asked", "bound"), [({}, False), ({"HSTS_SUBDOMAINS": "yes"}, True)])
def test_browsers_are_bound_to_https_for_this_name_alone_unless_more_is_asked(tmp_path, asked, bound):
    names = ["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert settings_with(tmp_path, *names, **DEPLOYMENT, HSTS_SECONDS="3600", **asked) == [3600, bound]


def test_static_files_are_put_where_a_proxy_can_read_them(tmp_path):
    [root] = settings_with(tmp_path, "STATIC_ROOT", **DEPLOYMENT, STATIC_DIR="/srv/clinic/static")
    [own] = settings_with(tmp_path, "STATIC_ROOT", **DEPLOYMENT)
    assert (root, own) == ("/srv/clinic/static", f"{tmp_path}/static")
