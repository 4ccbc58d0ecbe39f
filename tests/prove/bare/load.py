"""
Readers and senders, all over https, until a line is typed: then says as JSON what each of them had.

`load SENDERS [EDITED]`. A request counts as acknowledged when its answer was 303; readers ask for a page, a style
sheet, the health address and the form, each again and again. EDITED is a page that says 'edit 7': which was seen when.
"""

import http.client
import json
import re
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock
from urllib.parse import urlencode

from tests.prove.bare import ACKNOWLEDGED, NAME

FASTEST = 4  # seconds that a person takes over the form
PAUSE = 0.5  # seconds between two readings
READ = {"page": "/privacy/", "health": "/healthz", "form": "/consultation/"}

TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE


class Crowd:
    def __init__(self, senders, edited=""):
        self.done, self.lock, self.began = Event(), Lock(), int(time.time())
        self.senders, self.number = senders, 0
        self.read_pages = READ | ({"edited": edited} if edited else {})
        self.edits: list = []  # (when it was asked for, the number that was seen)
        self.answers = {kind: [] for kind in [*self.read_pages, "style", "sender"]}  # (status, seconds)
        self.acknowledged, self.health = [], []

    def ask(self, kind, method, path, body=None, source=""):
        """Status, headers and text; a connection of its own each time, as from another reader."""
        began = time.monotonic()
        try:
            connection = http.client.HTTPSConnection(
                NAME, timeout=60, context=TRUSTING, source_address=(source, 0) if source else None
            )
            form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            connection.request(method, path, body, form)
            answer = connection.getresponse()
            status, headers, text = answer.status, answer.headers, answer.read().decode(errors="replace")
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            status, headers, text = type(error).__name__, {}, ""
        self.answers[kind].append((status, time.monotonic() - began))
        return status, headers, text

    def read(self, kind):
        path = (
            self.read_pages.get(kind)
            or re.search(r'href="(/static/css/site[^"]*)"', self.ask("page", "GET", "/")[2])[1]
        )
        while not self.done.wait(PAUSE):
            began = time.time()
            status, _headers, text = self.ask(kind, "GET", path)
            if kind == "edited" and (seen := re.search(r"\bedit (\d+)", text)):
                self.edits.append((began, int(seen[1])))
            if kind == "health" and status == 200:
                self.health.append(text.strip())

    def send(self, nth):
        """One request after the other, each from another place."""
        while not self.done.is_set():
            with self.lock:
                self.number += 1
                number = self.number
            _status, _headers, form = self.ask("form", "GET", "/consultation/")
            token = re.search(r'name="form_token"[^>]*value="([^"]+)"', form)
            if self.done.wait(FASTEST) or token is None:
                continue
            email = f"load{number}-{self.began}@patient.example"
            answers = {"name": f"Load {number}", "contact_by": "email", "email": email, "consent": "on"}
            body = urlencode(answers | {"form_token": token[1]})
            status, headers, _text = self.ask("sender", "POST", "/consultation/", body, f"127.0.1.{nth + 1}")
            if status == 303:
                self.acknowledged.append((email, headers["Location"]))
                Path(ACKNOWLEDGED).write_text(str(len(self.acknowledged)))

    def run(self):
        kinds = [*self.read_pages, *self.read_pages, "style"]
        with ThreadPoolExecutor(len(kinds) + self.senders) as pool:
            work = [pool.submit(self.read, kind) for kind in kinds]
            work += [pool.submit(self.send, nth) for nth in range(self.senders)]
            print("ready", flush=True)
            sys.stdin.readline()
            self.done.set()
            for each in work:
                each.result()
        there = [email for email, address in self.acknowledged if self.ask("page", "GET", address)[0] == 200]
        found = {"answers": self.answers, "acknowledged": [email for email, _address in self.acknowledged]}
        print(json.dumps(found | {"there": there, "health": self.health, "edits": self.edits}), flush=True)


if __name__ == "__main__":
    Crowd(int(sys.argv[1]), *sys.argv[2:]).run()
