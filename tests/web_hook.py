"""A real web server on loopback that keeps what is posted to it, and can refuse, lead elsewhere and stay silent."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebHook(ThreadingHTTPServer):
    """`taken` holds (path, content) of each request; `status` is the answer; none while `silence` is cleared."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken, self.status, self.silence = [], 200, threading.Event()
        self.silence.set()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def messages(self):
        return [content for _path, content in self.taken if content is not None]

    @property
    def pings(self):
        return [path for path, content in self.taken if content is None]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self._take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self):
        self._take(None)

    def _take(self, content):
        self.server.silence.wait(60)
        self.server.taken.append((self.path, content))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"{self.server.address}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        pass


@contextmanager
def web_hook():
    server = WebHook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.silence.set()
        server.shutdown()
        thread.join()
        server.server_close()
