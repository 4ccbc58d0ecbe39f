"""nginx with the shipped file, in front of a web server that is away, and of one that answers."""

import getpass
import http.client
import re
import shutil
import ssl
import subprocess
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.urls import get_resolver

from tests.site import free_port

CONF = (Path(__file__).parent.parent.parent / "deploy" / "nginx" / "clinic.conf").read_text()
pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
NAME, TOKEN = "www.clinic.example", "aVeryLongPrivateTokenThatNobodyMayRead"
MAIN = """user {user}; daemon off; pid {folder}/pid; error_log stderr;
include /etc/nginx/modules-enabled/*.conf;
events {{}}
http {{ include /etc/nginx/mime.types; include {folder}/site.conf; }}
"""


class Answering(BaseHTTPRequestHandler):
    """A web server that says what it was asked, and by whom."""

    def do_GET(self):
        said = (
            f"{self.path} {self.headers['Host']} {self.headers['X-Forwarded-For']} {self.headers['X-Forwarded-Proto']}"
        )
        self.send_response(503 if "unwell" in self.path else 200)
        if self.path.startswith("/pictures/"):
            self.send_header("X-Accel-Redirect", f"/media{self.path}")
            self.send_header("Content-Type", "image/webp")
            self.send_header("Cache-Control", "public, max-age=86400")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_words):
        pass


@contextmanager
def nginx(folder, servers):
    """nginx with the shipped file and these lines for its web servers; gives its ports in clear and over TLS."""
    clear, safe = free_port(), free_port()
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run(["openssl", "req", "-x509", *curve, *files], check=True, capture_output=True)
    conf = re.sub(r"^ *listen \[::\].*\n", "", CONF, flags=re.MULTILINE)
    for shipped, here in {
        "listen 80 ": f"listen 127.0.0.1:{clear} ",
        "listen 443 ": f"listen 127.0.0.1:{safe} ",
        "server 127.0.0.1:8000 max_fails=0;": servers,
        "/etc/clinic/tls": str(folder),
        "/var/log/nginx": str(folder),
        "root /srv/clinic": f"root {folder}",
    }.items():
        assert shipped in conf, shipped
        conf = conf.replace(shipped, here)
    (folder / "site.conf").write_text(conf)
    (folder / "nginx.conf").write_text(MAIN.format(user=getpass.getuser(), folder=folder))
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")])
    give_up = time.monotonic() + 60
    while not (folder / "pid").exists() and time.monotonic() < give_up:
        time.sleep(0.05)
    yield clear, safe
    process.terminate()
    process.wait(60)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """The folder of a running nginx, and its ports in clear and over TLS; and of the web server behind it."""
    folder, behind = tmp_path_factory.mktemp("nginx"), free_port()
    (folder / "static" / "css").mkdir(parents=True)
    (folder / "media" / "pictures").mkdir(parents=True)
    (folder / "media" / "pictures" / "cheek.webp").write_text("a cheek")
    (folder / "static" / "away.html").write_text("<h1>The site is briefly unavailable</h1>")
    (folder / "static" / "css" / "site.0123456789ab.css").write_text("a {}")
    with nginx(folder, f"server 127.0.0.1:{behind} max_fails=0;") as ports:
        yield folder, *ports, behind


@contextmanager
def answers_at(port):
    server = ThreadingHTTPServer(("127.0.0.1", port), Answering)
    Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def answering(proxy):
    with answers_at(proxy[3]):
        yield


@pytest.fixture
def before_two(tmp_path):
    """nginx before two web servers, with the lines that its file shows for each; and the ports of the two."""
    of_each = " ".join(f"{line}" for line in re.findall(r"`(server 10\.0\.0\.11:8000 [^`]*;)`", CONF))
    assert of_each.count("server ") == 2
    behind = free_port(), free_port()
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "away.html").write_text("<h1>The site is briefly unavailable</h1>")
    servers = "\n".join(of_each.replace("10.0.0.11:8000", f"127.0.0.1:{port}") for port in behind)
    with nginx(tmp_path, servers) as ports:
        yield (tmp_path, *ports, 0), behind


def ask(proxy, path, name=NAME, safely=True, **headers):
    _folder, clear, safe, _behind = proxy
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if safely:
        connection = http.client.HTTPSConnection("127.0.0.1", safe, timeout=60, context=context)
        connection._tunnel_host = name  # the name that is asked for in TLS
        connection.set_tunnel = connection._tunnel = lambda *_named: None
    else:
        connection = http.client.HTTPConnection("127.0.0.1", clear, timeout=60)
    connection.request("GET", path, headers={"Host": name} | headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def log_of(proxy):
    return "".join(file.read_text() for file in proxy[0].glob("*.log"))


def test_while_the_web_server_is_away_its_page_is_shown(proxy):
    status, headers, text = ask(proxy, "/consultation/")
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (502, "10", "no-store")
    assert "briefly unavailable" in text
    assert ask(proxy, "/static/away.html")[0] in (404, 502)  # it has no address of its own
    assert " 502 GET /consultation " in log_of(proxy)


def test_what_the_site_says_of_its_own_trouble_passes(proxy, answering):
    status, _headers, text = ask(proxy, "/consultation/unwell")
    assert (status, text.startswith("/consultation/unwell")) == (503, True)


def test_the_site_hears_who_asked_for_what_over_https(proxy, answering):
    _status, _headers, text = ask(proxy, "/visit/", **{"X-Forwarded-For": "8.8.8.8"})
    assert text == f"/visit/ {NAME} 8.8.8.8, 127.0.0.1 https"


def test_static_files_come_from_the_disk_and_stay(proxy):
    status, headers, text = ask(proxy, "/static/css/site.0123456789ab.css")
    assert (status, text, headers["X-Content-Type-Options"]) == (200, "a {}", "nosniff")
    assert "immutable" in headers["Cache-Control"]


def test_a_web_server_that_is_gone_is_passed_over(before_two):
    proxy, (_gone, there) = before_two
    with answers_at(there):
        assert {ask(proxy, "/visit/")[0] for _time in range(20)} == {200}


def test_where_all_web_servers_failed_the_first_to_come_back_answers_at_once(before_two):
    proxy, (first, _second) = before_two
    assert {ask(proxy, "/visit/")[0] for _time in range(20)} == {502}
    with answers_at(first):
        assert ask(proxy, "/visit/")[0] == 200


def test_a_picture_comes_from_the_disk_when_the_site_says_so_and_never_else(proxy, answering):
    status, headers, text = ask(proxy, "/pictures/cheek.webp")
    assert (status, text, headers["Content-Type"]) == (200, "a cheek", "image/webp")
    assert (headers["Cache-Control"], headers["X-Accel-Redirect"]) == ("public, max-age=86400", None)
    assert ask(proxy, "/media/pictures/cheek.webp")[0] == 404


def test_a_reader_in_clear_is_led_to_https_and_a_probe_is_answered(proxy, answering):
    status, headers, _text = ask(proxy, "/visit/?a=b", "10.0.0.7", safely=False)
    assert (status, headers["Location"]) == (301, f"https://{NAME}/visit/?a=b")
    assert ask(proxy, "/readyz", "10.0.0.7", safely=False)[0] == 200


def test_another_name_gets_no_answer(proxy):
    with pytest.raises(ssl.SSLError):
        ask(proxy, "/", "evil.example")


def test_no_private_address_stays_in_a_log(proxy, answering):
    before = log_of(proxy)
    for path in (f"/consultation/r/{TOKEN}/", f"/{TOKEN}/", f"/search/?q={TOKEN}", f"/preview/{TOKEN}/", "/healthz"):
        ask(proxy, path, Referer=f"https://{NAME}/{TOKEN}", **{"User-Agent": TOKEN})
    ask(proxy, f"/consultation/{TOKEN}", safely=False)
    give_up = time.monotonic() + 60
    while (added := log_of(proxy).removeprefix(before)).count("\n") < 5 and time.monotonic() < give_up:
        time.sleep(0.05)
    parts = re.findall(r" GET (\S+) ", added)
    assert parts == ["/consultation", "/other", "/search", "/preview", "/consultation"], added
    assert TOKEN not in added and "127.0.0.1" not in added


def test_each_part_of_the_site_has_its_name_in_the_log():
    named = set(re.search(r"clinic_first>/\(\?:([^)]*)\)", CONF)[1].replace("\\", "").split("|"))
    waiting, parts = list(get_resolver().url_patterns), set()
    while waiting:
        pattern = waiting.pop()
        first = str(pattern.pattern).lstrip("^").partition("/")[0]
        if first:
            parts.add(first)
        else:
            waiting += getattr(pattern, "url_patterns", [])
    assert named == parts - {""} | {"static"}
