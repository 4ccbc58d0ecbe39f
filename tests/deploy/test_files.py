"""What deploy/ holds can be used as it is: the programs that read it say so, where they are there."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.clinic_site.test_environment import DEPLOYMENT, python

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
# Every name that the settings ask the environment for.
ASKED = """
import json
from clinic_site import environment
asked = set()
class Noting(dict):
    def get(self, name, default=None):
        asked.add(name)
        return super().get(name, default)
begin = environment.Environment.__init__
environment.Environment.__init__ = lambda self, given, **named: begin(self, Noting(given), **named)
import clinic_site.settings
print(json.dumps(sorted(asked)))
"""


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, **options)


@pytest.fixture(scope="module")
def variables(tmp_path_factory):
    """All variables of the environment, as the settings ask for them."""
    shown = python("-c", ASKED, DATA_DIR=str(tmp_path_factory.mktemp("data")), **DEPLOYMENT)
    assert shown.stderr == ""
    return set(json.loads(shown.stdout))


def test_the_example_names_every_variable(variables):
    example = (DEPLOY / "environment.example").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == variables


def test_operations_explain_every_variable(variables):
    told = (ROOT / "docs" / "operations.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", told, re.MULTILINE)) == variables


def test_the_example_starts_with_the_secrets_that_are_made(tmp_path):
    made = run(ROOT / "scripts" / "make-secrets").stdout
    example = (DEPLOY / "environment.example").read_text().replace("STATIC_DIR=/srv", f"STATIC_DIR={tmp_path}")
    (tmp_path / "environment").write_text(f"{example}\n{made}DATA_DIR={tmp_path}\n")
    began = run("sh", "-c", f"set -a; . {tmp_path}/environment; .venv/bin/python manage.py check", cwd=ROOT, env={})
    assert (began.returncode, began.stderr) == (0, "")


@needs("systemd-analyze")
def test_the_units_can_be_used():
    units = sorted((DEPLOY / "systemd").iterdir())
    checked = run("systemd-analyze", "verify", *units)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_next_release_is_served_as_the_one_that_runs():
    def lines(name):
        text = (DEPLOY / "systemd" / name).read_text().partition("\n[Install]")[0]
        return [line for line in text.splitlines()[1:] if not line.startswith(("Description=", "WorkingDirectory="))]

    assert lines("clinic-web.service") == lines("clinic-web-next.service")


@needs("nginx")
def test_nginx_takes_its_file(tmp_path):
    conf = (DEPLOY / "nginx" / "clinic.conf").read_text()
    subject = ["-subj", "/CN=www.clinic.example", "-days", "2", "-keyout", tmp_path / "privkey.pem"]
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *subject,
        "-out", tmp_path / "fullchain.pem")  # fmt: skip
    site = conf.replace("/etc/clinic/tls", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"include /etc/nginx/modules-enabled/*.conf;\npid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{ include /etc/nginx/mime.types; include {tmp_path}/site.conf; }}\n"
    )
    checked = run("nginx", "-t", "-q", "-c", tmp_path / "nginx.conf")
    assert (checked.returncode, checked.stderr) == (0, "")


@needs("caddy")
def test_caddy_takes_its_file(tmp_path):
    checked = run("caddy", "validate", "--config", DEPLOY / "caddy" / "Caddyfile", env={"HOME": str(tmp_path)})
    assert (checked.returncode, '"level":"error"' in checked.stderr) == (0, False), checked.stderr


def test_no_log_of_a_proxy_can_hold_an_address():
    nginx = (DEPLOY / "nginx" / "clinic.conf").read_text()
    [form] = re.findall(r"log_format clinic '([^']*)'", nginx)
    assert not {"$request", "$uri", "$request_uri", "$remote_addr", "$args", "$http_referer"} & set(form.split())
    assert set(re.findall(r"access_log \S+ (\S+)", nginx)) == {"clinic"}
    assert set(re.findall(r"error_log \S+ (\S+);", nginx)) == {"emerg"}
    assert "exclude http.log http.handlers" in (DEPLOY / "caddy" / "Caddyfile").read_text()


@needs("docker-compose")
def test_the_compose_file_can_be_read(tmp_path):
    file = tmp_path / "compose.yaml"
    file.write_text((DEPLOY / "container" / "compose.yaml").read_text())
    (tmp_path / "environment").write_text((DEPLOY / "environment.example").read_text())
    checked = run("docker-compose", "--file", file, "config", "--quiet")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_nobody_built_says_so():
    for name in ("Dockerfile", "compose.yaml"):
        assert (DEPLOY / "container" / name).read_text().startswith("# Not built by our tests.\n")


def test_the_image_has_a_python_that_the_project_takes():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert needed == ">=3.11" and "FROM python:3.12" in (DEPLOY / "container" / "Dockerfile").read_text()


def test_an_update_begins_nowhere_but_in_a_folder_of_releases():
    done = run(ROOT / "scripts" / "update")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(("A release is a folder in ", "Run this as root"))
