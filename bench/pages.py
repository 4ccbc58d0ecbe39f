"""
What reading a page costs the server, beside a ten-line WSGI program with the same bytes under the same gunicorn.

Both run at once and are asked in turns, so that other work on the machine meets both alike. Processor time is that of
all processes of each server. Ratios are medians of the rounds, with the smallest and the largest.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")

from bench import results  # noqa: E402 - needs the path above
from tests.site import RunningSite, free_port  # noqa: E402 - needs the settings above too

PAGE = "/treatments/microneedling/benefits/scars/"
ROUNDS = 15
READS = 2000  # a round
CONNECTIONS = 4
MANY_CONNECTIONS = 32
FEW_READS, MANY_READS = 1_000, 100_000
SAME_GUNICORN = ["-c", "/dev/null", "-k", "gthread", "-w", "2", "--threads", "4", "--no-control-socket"]
LARGEST_PAINT = """() => new Promise(resolve => new PerformanceObserver(
    list => resolve(list.getEntries().at(-1).startTime)
).observe({type: "largest-contentful-paint", buffered: true}))"""
SCHEDULED = 2  # the kind of clock, in the low bits of its number (clock_getcpuclockid)
TEN_LINES = "a ten-line program"


def cpu_seconds(pids):
    """Processor time of these processes until now, by the clock that Linux keeps of each: ticks are too coarse."""
    return sum(time.clock_gettime(~pid << 3 | SCHEDULED) for pid in pids)


def family(pid):
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def _raise(error):
    raise error


def _length_of_first(connection):
    """The bytes of a first answer, read to its end."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536) or _raise(ConnectionError("closed"))
    head, _blank, _body = got.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    size = len(head) + 4 + (int(lengths[0].partition(b":")[2]) if lengths else 0)
    while len(got) < size:
        got += connection.recv(size - len(got)) or _raise(ConnectionError("closed"))
    return size


class Server:
    """gunicorn with an application, and what it costs to be asked."""

    def __init__(self, name, application, port, environment, options):
        self.name, self.port = name, port
        command = [sys.executable, "-m", "gunicorn", *options, "--bind", f"127.0.0.1:{port}", application]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.wait()

    def wait(self):
        for _try in range(600):
            try:
                self.read(1, 1)
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit(f"{self.name} does not answer")

    def read(self, number, connections, headers=()):
        """Ask that often over so many connections; returns the seconds that each answer took."""
        taken: list[float] = []
        threads = [
            Thread(target=self._read_some, args=[number // connections, headers, taken]) for _n in range(connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not taken:
            raise OSError("no answer")
        return taken

    def _read_some(self, number, headers, taken):
        """By bare sockets, as the client must cost less than what it measures; each answer is as long as the first."""
        lines = [f"GET {PAGE} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept-Encoding: br", *headers]
        question = "\r\n".join([*lines, "", ""]).encode()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                connection.sendall(question)
                size = _length_of_first(connection)
                for _read in range(number):
                    began = time.perf_counter()
                    connection.sendall(question)
                    left = size
                    while left:
                        left -= len(connection.recv(left) or _raise(ConnectionError("closed")))
                    taken.append(time.perf_counter() - began)
        except OSError:
            return

    def cost(self, headers):
        """Processor seconds of a round."""
        pids = family(self.process.pid)
        before = cpu_seconds(pids)
        self.read(READS, CONNECTIONS, headers)
        return cpu_seconds(pids) - before

    def rate(self):
        """Answers a second, of a round over many connections."""
        began = time.perf_counter()
        taken = self.read(READS, MANY_CONNECTIONS)
        return len(taken) / (time.perf_counter() - began), sorted(taken)[int(len(taken) * 0.99)]

    def memory(self):
        """Resident kilobytes of the workers."""
        status = [Path(f"/proc/{pid}/status").read_text() for pid in family(self.process.pid)[1:]]
        return sum(int(text.split("VmRSS:")[1].split()[0]) for text in status)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


@contextmanager
def servers(folder):
    """The site, and the ten-line program twice: with the same bytes, and with the same headers as well."""
    site_port = free_port()
    data = {"DATA_DIR": str(folder / "data"), "DEMO": "1", "PORT": str(site_port)}
    with RunningSite(folder / "data"):
        pass  # sets a demonstration up, and stops
    started = [Server("site", "clinic_site.wsgi", site_port, data, ["-c", "clinic_site/gunicorn.conf.py"])]
    try:
        headers, body = answer_of(site_port)
        (folder / "body").write_bytes(body)
        few = [pair for pair in headers if pair[0] in ("Content-Type", "Content-Length", "Content-Encoding", "ETag")]
        for name, chosen in (("ten lines", few), ("ten lines, same headers", headers)):
            port = free_port()
            own = {
                "BODY": str(folder / "body"),
                "HEADERS": json.dumps(chosen),
                "PORT": str(port),
                "PYTHONPATH": "bench",
            }
            started.append(Server(name, "bench.ten_lines", port, own, SAME_GUNICORN))
        yield started, dict(headers)["ETag"]
    finally:
        for server in started:
            server.stop()


def answer_of(port):
    """The headers that the application sets, and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", PAGE, headers={"Accept-Encoding": "br"})
    response = connection.getresponse()
    by_gunicorn = ("server", "date", "connection")
    headers = [(name, value) for name, value in response.getheaders() if name.lower() not in by_gunicorn]
    headers.sort(key=lambda header: header[0].lower() != "content-type")
    return headers, response.read()


def main():
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as (started, etag):
        site, plain, same_headers = started
        unchanged = [f"If-None-Match: {etag}"]
        compared = [
            ("guide page, processor time", TEN_LINES, "≤ 1.3", lambda: site.cost([]), lambda: plain.cost([])),
            (
                "guide page, processor time",
                f"{TEN_LINES} with the same headers",
                "≤ 1.15",
                lambda: site.cost([]),
                lambda: same_headers.cost([]),
            ),
            (
                "the same, not changed (304), processor time",
                TEN_LINES,
                "≤ 1.2",
                lambda: site.cost(unchanged),
                lambda: plain.cost(['If-None-Match: "same"']),
            ),
            (
                f"answers a second over {MANY_CONNECTIONS} connections",
                TEN_LINES,
                "≥ 0.75",
                lambda: site.rate()[0],
                lambda: plain.rate()[0],
            ),
            (
                f"slowest of 100 over {MANY_CONNECTIONS} connections",
                TEN_LINES,
                "",
                lambda: site.rate()[1],
                lambda: plain.rate()[1],
            ),
        ]
        memory = memory_row(site)  # first, as it counts the reads of this server
        rows = [results.rounds_of(*each, rounds=ROUNDS) for each in compared]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=os.environ["CHROME_PATH"], args=["--no-sandbox"])
            paints = [partial(largest_paint, browser, server, site) for server in (site, plain)]
            what = "the largest part painted in a browser (LCP, phone)"
            rows.append(results.rounds_of(what, TEN_LINES, "", *paints, rounds=ROUNDS))
            browser.close()
    results.keep("pages", [*rows, memory])


def largest_paint(browser, server, site):
    """
    Milliseconds until the largest part of the page is painted, in a new browser without anything kept.

    Styles and fonts come from the site on both sides.
    """
    own, from_site = f"http://127.0.0.1:{server.port}", f"http://127.0.0.1:{site.port}"
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.route(
        "**/static/**",
        lambda route: route.fulfill(response=route.fetch(url=from_site + route.request.url.removeprefix(own))),
    )
    page.goto(own + PAGE)
    painted = page.evaluate(LARGEST_PAINT)
    page.unroute_all(behavior="wait")  # what the page still asks for is answered before its end
    context.close()
    return painted


def memory_row(site):
    """The web workers' memory after many reads, beside that after a few."""
    what = f"memory of the web workers after {MANY_READS:,} reads"
    site.read(FEW_READS, CONNECTIONS)
    early, done = site.memory(), FEW_READS
    while done < MANY_READS:
        done += len(site.read(min(10_000, MANY_READS - done), CONNECTIONS))
        print(f"\r{what}: {done:,}", end="", flush=True)
    row = results.Row(what, f"itself after {FEW_READS:,}", "≤ 1.1", [site.memory() / early])
    print(f"\r{row}          ")
    return row


if __name__ == "__main__":
    main()
