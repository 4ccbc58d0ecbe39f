"""
What reading a page costs the server, beside a ten-line WSGI program with the same bytes under the same gunicorn.

Both run at once. Processor time is that of all processes of a server, by the scheduler's clock. A round is many short
turns (ours, theirs, theirs, ours), so that other work on the machine meets both alike, and its ratio is that of their
sums. Each turn has connections of its own: which of them share a worker is chance, and costs more than what is measured
here. How far the measure itself is from the truth, the ten-line program beside itself shows.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")

from bench import results  # noqa: E402 - needs the path above
from bench.asking import Client  # noqa: E402
from tests.site import RunningSite, free_port  # noqa: E402 - needs the settings above too

PAGE = "/treatments/microneedling/benefits/scars/"
ROUNDS = 15
CONNECTIONS, TURNS, TURN = 4, 20, 100  # so many reads a turn, and so many turns of each side a round
MANY_CONNECTIONS, TURNS_OF_MANY, TURN_OF_MANY = 32, 4, 500
FEW_READS, MANY_READS = 1_000, 100_000
SAME_GUNICORN = ["-c", "/dev/null", "-k", "gthread", "-w", "2", "--threads", "4", "--no-control-socket"]
LARGEST_PAINT = """() => new Promise(resolve => new PerformanceObserver(
    list => resolve(list.getEntries().at(-1).startTime)
).observe({type: "largest-contentful-paint", buffered: true}))"""
SCHEDULED = 2  # the kind of clock, in the low bits of its number (clock_getcpuclockid)
TEN_LINES = "a ten-line program"
SAME_HEADERS = f"{TEN_LINES} with the same headers"


def cpu_seconds(pids):
    """Processor time of these processes until now, by the clock that Linux keeps of each: ticks are too coarse."""
    return sum(time.clock_gettime(~pid << 3 | SCHEDULED) for pid in pids)


def family(pid):
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


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
                with self.client():
                    return
            except OSError:
                time.sleep(0.2)
        raise SystemExit(f"{self.name} does not answer")

    def client(self, headers=(), connections=1):
        return Client(self.port, PAGE, ["Accept-Encoding: br", *headers], connections)

    def cost(self, headers):
        """Processor seconds of a turn, over connections that are open by then."""
        pids = family(self.process.pid)
        with self.client(headers, CONNECTIONS) as client:
            client.ask(2 * CONNECTIONS)
            before = cpu_seconds(pids)
            client.ask(TURN)
            return cpu_seconds(pids) - before

    def seconds(self):
        """What a turn over many connections takes by the clock, and the slowest of a hundred answers in it."""
        with self.client(connections=MANY_CONNECTIONS) as client:
            client.ask(MANY_CONNECTIONS)
            began = time.perf_counter()
            taken = client.ask(TURN_OF_MANY)
            return time.perf_counter() - began, sorted(taken)[int(len(taken) * 0.99)]

    def memory(self):
        """Resident kilobytes of the workers."""
        status = [Path(f"/proc/{pid}/status").read_text() for pid in family(self.process.pid)[1:]]
        return sum(int(text.split("VmRSS:")[1].split()[0]) for text in status)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


@contextmanager
def servers(folder):
    """The site, and the ten-line program: with the same bytes, and twice with the same headers as well."""
    site_port = free_port()
    data = {"DATA_DIR": str(folder / "data"), "DEMO": "1", "PORT": str(site_port)}
    with RunningSite(folder / "data"):
        pass  # sets a demonstration up, and stops
    started = [Server("site", "clinic_site.wsgi", site_port, data, ["-c", "clinic_site/gunicorn.conf.py"])]
    try:
        headers, body = answer_of(site_port)
        (folder / "body").write_bytes(body)
        few = [pair for pair in headers if pair[0] in ("Content-Type", "Content-Length", "Content-Encoding", "ETag")]
        for name, chosen in (("ten lines", few), ("ten lines, same headers", headers), ("the same again", headers)):
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
        site, plain, same_headers, same_again = started
        unchanged = [f"If-None-Match: {etag}"]
        compared = [
            ("guide page, processor time", TEN_LINES, "≤ 1.3", partial(site.cost, []), partial(plain.cost, [])),
            (
                "guide page, processor time",
                SAME_HEADERS,
                "≤ 1.15",
                partial(site.cost, []),
                partial(same_headers.cost, []),
            ),
            (
                "the same, not changed (304), processor time",
                TEN_LINES,
                "≤ 1.2",
                partial(site.cost, unchanged),
                partial(plain.cost, ['If-None-Match: "same"']),
            ),
            (SAME_HEADERS, "itself, started twice", "", partial(same_again.cost, []), partial(same_headers.cost, [])),
        ]
        over_many = [
            (
                f"answers a second over {MANY_CONNECTIONS} connections",
                TEN_LINES,
                "≥ 0.75",
                lambda: plain.seconds()[0],
                lambda: site.seconds()[0],
            ),
            (
                f"slowest of 100 over {MANY_CONNECTIONS} connections",
                TEN_LINES,
                "",
                lambda: site.seconds()[1],
                lambda: plain.seconds()[1],
            ),
        ]
        memory = memory_row(site)  # first, as it counts the reads of this server
        for server in started:
            server.seconds()  # Python runs what it has run often faster, in each worker
        rows = [results.rounds_of(*each, rounds=ROUNDS, turns=TURNS) for each in compared]
        rows += [results.rounds_of(*each, rounds=ROUNDS, turns=TURNS_OF_MANY) for each in over_many]
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
    with site.client(connections=CONNECTIONS) as client:
        client.ask(FEW_READS)
    early, done = site.memory(), FEW_READS
    while done < MANY_READS:
        with site.client(connections=CONNECTIONS) as client:
            done += len(client.ask(min(10_000, MANY_READS - done)))
        print(f"\r{what}: {done:,}", end="", flush=True)
    row = results.Row(what, f"itself after {FEW_READS:,}", "≤ 1.1", [site.memory() / early])
    print(f"\r{row}          ")
    return row


if __name__ == "__main__":
    main()
