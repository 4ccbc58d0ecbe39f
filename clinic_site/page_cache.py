"""
Published pages are rendered once and served from memory, compressed, until their content changes.

A page belongs to the content revision at which it was rendered, and lasts at most until the clock changes its words
(`next_change`). Each request reads the revision, one number, so an edit shows at the next request in every process.
"""

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

import brotli
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from clinic_site.published import ContentRevision, next_change

MOST_PAGES = 500  # a guide has about thirty
ENCODERS = {"br": lambda body: brotli.compress(body, quality=9), "gzip": lambda body: gzip.compress(body, mtime=0)}

_pages: dict[str, "KeptPage"] = {}


@dataclass(frozen=True)
class KeptPage:
    revision: int
    until: datetime | None
    content_type: str
    etag: str
    bodies: dict[str, bytes]

    def holds_at(self, revision, moment):
        return self.revision == revision and (self.until is None or moment < self.until)


def published(view):
    """For a view whose page depends on its address and on published content alone: the same for every reader."""

    @wraps(view)
    def kept(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
            return view(request, *args, **kwargs)
        revision, moment = ContentRevision.current(), timezone.now()
        page = _pages.get(request.path)
        if page is None or not page.holds_at(revision, moment):
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            page = _keep(request.path, response, revision, moment)
        return _answer(request, page)

    return kept


def forget():
    """Forget every page; the next request renders it anew."""
    _pages.clear()


def _keep(path, response, revision, moment):
    body = response.content
    bodies = {"": body} | {name: encode(body) for name, encode in ENCODERS.items()}
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    page = KeptPage(revision, next_change(moment), response["Content-Type"], etag, bodies)
    if len(_pages) >= MOST_PAGES:
        forget()
    _pages[path] = page
    return page


def _answer(request, page):
    if page.etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        encoding = _best_encoding(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(page.bodies[encoding], content_type=page.content_type)
        if encoding:
            response["Content-Encoding"] = encoding
    response["ETag"] = page.etag
    response["Cache-Control"] = (
        "no-cache"  # may be stored, and is asked for again each time, which costs 304 and no body
    )
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _best_encoding(accepted):
    """The smallest encoding that the browser takes; an encoding of quality zero is refused (RFC 9110, 12.5.3)."""
    offered = {}
    for part in accepted.split(","):
        name, _semicolon, quality = part.partition(";")
        offered[name.strip().lower()] = quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ENCODERS if offered.get(name)), "")
