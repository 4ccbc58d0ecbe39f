"""A reader who asks the application as gunicorn does, published pages from memory included."""

from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.utils.datastructures import CaseInsensitiveMapping

from clinic_site.pages.page_cache import PublishedPages, our_own_environ


@contextmanager
def connections_stay():
    """Between requests a server looks after its connections; a test's stands in a transaction, and has to stay."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    try:
        yield
    finally:
        signals.request_started.connect(close_old_connections)
        signals.request_finished.connect(close_old_connections)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: CaseInsensitiveMapping
    content: bytes

    @property
    def text(self):
        return self.content.decode()


class Reader:
    """One web worker and its reader."""

    def __init__(self):
        self.application = PublishedPages(WSGIHandler())

    def get(self, path, method="GET", headers=(), **environ):
        """Ask for a path; `headers` by their names, further names are of the WSGI environment."""
        named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in dict(headers).items()}
        path, _mark, query = path.partition("?")
        asked = our_own_environ(path) | {"QUERY_STRING": query, "REQUEST_METHOD": method, "wsgi.input": BytesIO()}
        started = []
        with connections_stay():
            parts = self.application(asked | named | environ, lambda status, headers: started.append((status, headers)))
            content = b"".join(parts)
            if hasattr(parts, "close"):
                parts.close()
        [(status, headers)] = started
        return Answer(int(status.split()[0]), CaseInsensitiveMapping(headers), content)
