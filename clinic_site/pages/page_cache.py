"""
Published pages, answered before Django: rendered once and kept in memory until content or the clock changes them.

The key of a page is its path, and nothing else that a client can send. What is kept was rendered for a request of our
own that carries no cookie, no query and no header of anybody.
"""

import gzip
import hashlib
import logging
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache, wraps
from io import BytesIO
from threading import Lock, Thread
from urllib.parse import urlsplit

import brotli
from django.conf import settings
from django.core import signals
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, connection
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.views.decorators.gzip import gzip_page

from clinic_site.content_revision import ContentRevision, changes, next_change
from clinic_site.languages import language_and_path

logger = logging.getLogger(__name__)

BROWSERS_TAKE = "br"
ENCODERS = {"br": lambda body: brotli.compress(body, quality=11), "gzip": lambda body: gzip.compress(body, mtime=0)}
MOST_PAGES = 500  # a guide has about thirty, and as many cards
MOST_TRIES = 10  # of rendering a page while its content is being changed
LOOK_EVERY = 0.5  # seconds, at the database, for what other machines and killed processes changed
WAITS = 2  # seconds for a page that another thread renders
REFUSED = [("Content-Type", "text/plain; charset=utf-8")]


def published(view):
    """For a view whose page depends on its path and on published content alone: the same for every reader."""

    @wraps(view)
    def marked(request, *args, **kwargs):
        response = gzip_page(view)(request, *args, **kwargs)
        response["Cache-Control"] = "no-cache"  # may be stored, and is asked for again each time: a 304 has no body
        patch_vary_headers(response, ["Accept-Encoding"])
        response.is_published = True
        return response

    marked.is_published = True
    return marked


@dataclass(frozen=True)
class KeptPage:
    """A page as it is sent, and the moment until which it holds, if the clock ever changes it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    change: int
    until: datetime | None
    encoded: dict[str, tuple[list[tuple[str, str]], bytes]] = field(default_factory=dict)

    @property
    def holds(self):
        """Whether neither content nor the clock has changed it."""
        return self.change == changes.number and (self.until is None or timezone.now() < self.until)

    @property
    def is_text(self):
        """Whether it is worth compressing; pictures are compressed already."""
        return dict(self.headers)["Content-Type"].startswith("text/")

    @cached_property
    def not_modified(self):
        """The headers for a browser that has it already."""
        return [(name, value) for name, value in self.headers if name != "Content-Type"]

    def in_encoding(self, encoding):
        """Headers and body in that encoding, worked out when it is first asked for."""
        if encoding not in self.encoded:
            encode = ENCODERS.get(encoding) if self.is_text else None
            body = encode(self.body) if encode else self.body
            own = [("Content-Encoding", encoding)] if encode else []
            self.encoded[encoding] = [*self.headers, *own, ("Content-Length", str(len(body)))], body
        return self.encoded[encoding]


class PublishedPages:
    """
    The WSGI application in front of Django: answers GET and HEAD of published pages, and hands all else on.

    Whoever is signed in, comes by another host or scheme than the site's own, or asks for what is not published,
    reaches Django as ever.
    """

    def __init__(self, django):
        self.django = django
        self.kept: dict[str, KeptPage] = {}
        self.rendering = Lock()
        self.scheme = urlsplit(settings.SITE_URL).scheme
        self.session_cookie = settings.SESSION_COOKIE_NAME
        self.scheme_header, self.secure = settings.SECURE_PROXY_SSL_HEADER or (None, None)

    def __call__(self, environ, start_response):
        if environ.get("SCRIPT_NAME"):  # we live at the root of a host: who sends a prefix wants to confuse us
            start_response("400 Bad Request", REFUSED)
            return [b"No prefix is served here.\n"]
        path = environ["PATH_INFO"]
        page = self.kept.get(path)
        if (page is None and not is_published(path)) or not self.is_reader(environ):
            return self.django(environ, start_response)
        if page is None or not page.holds:
            try:
                page = self.rendered(path)
            except DatabaseError:  # what was kept is out of date: Django tries, and says so where it cannot
                return self.django(environ, start_response)
        return answer(page, environ, start_response)

    def is_reader(self, environ) -> bool:
        """Whether somebody who is not signed in reads the site at its own address."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and self.session_cookie not in environ.get("HTTP_COOKIE", "")
            and is_our_host(environ.get("HTTP_HOST", ""))
            and self._scheme_of(environ) == self.scheme
        )

    def _scheme_of(self, environ):
        """As HttpRequest.scheme works it out."""
        told = environ.get(self.scheme_header) if self.scheme_header else None
        if told is None:
            return environ["wsgi.url_scheme"]
        return "https" if told.split(",", 1)[0].strip() == self.secure else "http"

    def rendered(self, path) -> KeptPage:
        """
        The page as it is now, rendered by one thread at a time. What is there for readers is kept, a 404 is not.

        Raises DatabaseError where the database does not answer: what was kept is out of date by then.
        """
        if not self.rendering.acquire(timeout=WAITS):
            raise DatabaseError("another thread has been rendering for too long")
        try:
            page = self.kept.get(path)
            if page is not None and page.holds:
                return page
            page, lasts = self._render(path)
            if len(self.kept) >= MOST_PAGES:
                self.kept.clear()
            if lasts:
                self.kept[path] = page
            else:
                self.kept.pop(path, None)
            return page
        finally:
            self.rendering.release()

    def _render(self, path):
        for _try in range(MOST_TRIES):
            change, revision, now = changes.number, ContentRevision.current(), timezone.now()
            response = self._ask_django(path)
            if ContentRevision.current() == revision:  # else it may be of two minds, and is made anew
                lasts = getattr(response, "is_published", False) and response.status_code in (200, 301)
                return page_of(response, change, next_change(now)), lasts
        raise DatabaseError("the content changes faster than the page is rendered")

    def _ask_django(self, path):
        environ = our_own_environ(path)
        signals.request_started.send(sender=type(self.django), environ=environ)
        response = self.django.get_response(WSGIRequest(environ))
        response.close()
        return response

    def render_all(self, paths):
        """Render the published ones of these, before the first reader asks. A database that is away stops nothing."""
        for path in paths:
            try:
                if is_published(path):
                    self.rendered(path).in_encoding(BROWSERS_TAKE)
            except DatabaseError as error:
                logger.warning("Pages are not rendered ahead: %s.", type(error).__name__)
                return

    def watch(self):
        """Follow, in a thread of its own, what other machines and killed processes changed in the database."""
        Thread(target=_follow_for_ever, name="content-revision", daemon=True).start()


def _follow_for_ever():
    while True:
        time.sleep(LOOK_EVERY)
        try:
            changes.follow(ContentRevision.current())
        except DatabaseError:
            connection.close()


@lru_cache(maxsize=1000)
def is_published(path) -> bool:
    """Whether the view of that path shows a published page."""
    try:
        return getattr(resolve(language_and_path(path)[1]).func, "is_published", False)
    except Resolver404:
        return False


@lru_cache(maxsize=100)
def is_our_host(host) -> bool:
    """Whether the site answers to this host name."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def our_own_environ(path):
    """A request for that path by the site itself."""
    site = urlsplit(settings.SITE_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if settings.SECURE_PROXY_SSL_HEADER:
        environ[settings.SECURE_PROXY_SSL_HEADER[0]] = site.scheme
    return environ


def page_of(response, change, until) -> KeptPage:
    """Django's answer as it is kept and sent; it holds until that moment, if any, while nothing is changed."""
    body = response.content
    if response["Content-Type"].startswith("text/html"):  # what templates leave between lines weighs a paragraph
        body = re.sub(rb"\s*\n\s*", b"\n", body)
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    status = f"{response.status_code} {response.reason_phrase}"
    headers = [(name, value) for name, value in response.items() if name != "Content-Length"] + [("ETag", etag)]
    return KeptPage(status, headers, body, etag, change, until)


def answer(page, environ, start_response):
    """Send a kept page: in the smallest form that the browser takes, or the word that it has it already."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and (known == page.etag or _names(known, page.etag)):
        start_response("304 Not Modified", page.not_modified)
        return []
    headers, body = page.in_encoding(_best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
    start_response(page.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _names(known, etag):
    """Compared weakly (RFC 9110, 13.1.2): ours are weak, as one stands for a page in all its encodings."""
    tags = parse_etags(known)
    return tags == ["*"] or etag in tags or etag.removeprefix("W/") in tags


@lru_cache(maxsize=200)
def _best_encoding(accepted):
    """The smallest form that the browser takes; an encoding of quality zero is refused (RFC 9110, 12.5.3)."""
    offered = {}
    for part in accepted.split(","):
        name, _semicolon, quality = part.partition(";")
        offered[name.strip().lower()] = quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ENCODERS if offered.get(name)), "")
