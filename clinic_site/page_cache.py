"""
Published pages are rendered once and served from memory, compressed, until their content changes.

An edit shows at the next request in every process, and a planned change when the clock says so.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import wraps

import brotli
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.views.decorators.gzip import gzip_page

from clinic_site.published import KeptUntilChanged

ENCODERS = {"br": lambda body: brotli.compress(body, quality=11), "gzip": lambda body: gzip.compress(body, mtime=0)}

pages = KeptUntilChanged(most=500)  # a guide has about thirty, and as many cards


@dataclass(frozen=True)
class KeptPage:
    status: int
    content_type: str
    etag: str
    bodies: dict[str, bytes]
    leads_to: str = ""  # of an address that a page had before


def published(view):
    """For a view whose page depends on its address and on published content alone: the same for every reader."""

    @wraps(view)
    def kept(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
            return gzip_page(view)(request, *args, **kwargs)
        return _answer(request, pages.get(request.path, lambda: _compressed(view(request, *args, **kwargs))))

    return kept


def _compressed(response):
    body = response.content
    if response["Content-Type"].startswith("text/html"):  # what templates leave between lines weighs a paragraph
        body = re.sub(rb"\s*\n\s*", b"\n", body)
    encoders = ENCODERS if response["Content-Type"].startswith("text/") else {}  # pictures are compressed already
    bodies = {"": body} | {name: encode(body) for name, encode in encoders.items()}
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return KeptPage(response.status_code, response["Content-Type"], etag, bodies, response.get("Location", ""))


def _answer(request, page):
    if page.etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        encoding = _best_encoding(request.headers.get("Accept-Encoding", ""), page.bodies)
        response = HttpResponse(page.bodies[encoding], status=page.status, content_type=page.content_type)
        if encoding:
            response["Content-Encoding"] = encoding
    if page.leads_to:
        response["Location"] = page.leads_to
    response["ETag"] = page.etag
    response["Cache-Control"] = (
        "no-cache"  # may be stored, and is asked for again each time, which costs 304 and no body
    )
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _best_encoding(accepted, bodies):
    """The smallest body that the browser takes; an encoding of quality zero is refused (RFC 9110, 12.5.3)."""
    offered = {}
    for part in accepted.split(","):
        name, _semicolon, quality = part.partition(";")
        offered[name.strip().lower()] = quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in bodies if name and offered.get(name)), "")
