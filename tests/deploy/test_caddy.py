"""Caddy with the shipped file, in front of a web server that is away, and of one that answers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_nginx import NAME, answers_at, ask
from tests.site import free_port, wait_for

CONF = (Path(__file__).parent.parent.parent / "deploy" / "caddy" / "Caddyfile").read_text()
pytestmark = pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """The folder of a running Caddy, and its ports in clear and over TLS; and of the web server behind it."""
    folder, clear, safe, behind = tmp_path_factory.mktemp("caddy"), free_port(), free_port(), free_port()
    (folder / "static" / "css").mkdir(parents=True)
    (folder / "static" / "away.html").write_text("<h1>The site is briefly unavailable</h1>")
    (folder / "static" / "css" / "site.0123456789ab.css").write_text("a {}")
    (folder / "media" / "pictures").mkdir(parents=True)
    (folder / "media" / "pictures" / "cheek.webp").write_text("a cheek")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    names = ["-addext", f"subjectAltName=DNS:{NAME}"]
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run(["openssl", "req", "-x509", *curve, *names, *files], check=True, capture_output=True)
    conf = CONF.replace("{\n", f"{{\n\tadmin off\n\thttp_port {clear}\n\thttps_port {safe}\n", 1)
    for shipped, here in {
        f"\n{NAME} {{\n": f"\n{NAME} {{\n\ttls {folder}/fullchain.pem {folder}/privkey.pem\n",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "/srv/clinic": str(folder),
    }.items():
        assert shipped in conf, shipped
        conf = conf.replace(shipped, here)
    (folder / "Caddyfile").write_text(conf)
    process = subprocess.Popen(
        ["caddy", "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"],
        env={"HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    running = folder, clear, safe, behind
    wait_for(lambda: answers(running))
    yield running
    process.terminate()
    process.wait(60)


def answers(proxy):
    try:
        return ask(proxy, "/static/css/site.0123456789ab.css")[0] == 200
    except OSError:
        return False


@pytest.fixture
def answering(proxy):
    with answers_at(proxy[3]):
        yield


def test_while_the_web_server_is_away_its_page_is_shown(proxy):
    status, headers, text = ask(proxy, "/consultation/")
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (502, "10", "no-store")
    assert "briefly unavailable" in text


def test_a_picture_comes_from_the_disk_when_the_site_says_so_and_never_else(proxy, answering):
    status, headers, text = ask(proxy, "/pictures/cheek.webp")
    assert (status, text, headers["Content-Type"]) == (200, "a cheek", "image/webp")
    assert (headers["Cache-Control"], headers["X-Accel-Redirect"]) == ("public, max-age=86400", None)
    assert ask(proxy, "/media/pictures/cheek.webp")[2] != "a cheek"


def test_what_the_site_says_of_its_own_trouble_passes(proxy, answering):
    status, _headers, text = ask(proxy, "/consultation/unwell")
    assert (status, text.startswith("/consultation/unwell")) == (503, True)
