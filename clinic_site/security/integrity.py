"""Browsers hold the scripts and styles of the staff's pages against a digest in the page (Subresource Integrity)."""

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha384

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

STAFF = "/admin/"
TAG = re.compile(rb'<(?:script|link)\b[^>]*?\s(?:src|href)="(?P<address>[^"]+)"')
COLLECTED = re.compile(r"\.[0-9a-f]{12}\.(?:css|js)\Z")  # whoever changes such a file changes its name


def add_digests(get_response):
    """To pages of the staff alone: what patients read is served from memory, and runs no script that it needs."""

    def middleware(request):
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and request.path_info.startswith(STAFF):
            response.content = with_digests(response.content)
        return response

    return middleware


def with_digests(page: bytes) -> bytes:
    """The page with a digest in each tag of a script or style that was collected."""
    return TAG.sub(_with_digest, page)


def _with_digest(tag):
    digest = digest_of(tag["address"].decode())
    return b'%b integrity="%b"' % (tag[0], digest.encode()) if digest else tag[0]


@lru_cache
def digest_of(address: str) -> str:
    """The digest of a collected file, as a tag has it; nothing where there is none at that address."""
    name = address.removeprefix(settings.STATIC_URL)
    if name == address or not COLLECTED.search(name):
        return ""
    try:
        with staticfiles_storage.open(name) as file:
            return f"sha384-{b64encode(sha384(file.read()).digest()).decode()}"
    except OSError:
        return ""
