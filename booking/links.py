"""The private link of a request, and that of a clinician's feed: tokens that are worked out, never stored."""

import base64
import hashlib
import hmac
from functools import lru_cache, partial
from typing import NamedTuple

from django.conf import settings

TOKEN_BYTES = 20  # 160 bits


class Linked(NamedTuple):
    """What a link opens: its kind, which makes keys differ, the record's number, and the generation of its link."""

    kind: str
    pk: int
    generation: int


private_page = partial(Linked, "private link of a consultation request")
clinician_feed = partial(Linked, "calendar feed of a clinician")


def token_for(linked: Linked, secret: str) -> str:
    """The token of a record's generation: HMAC-SHA-256 (RFC 2104) with a key that is outside the database."""
    mac = _keyed(linked.kind, secret).copy()
    mac.update(f"{linked.pk}:{linked.generation}".encode())
    return base64.urlsafe_b64encode(mac.digest()[:TOKEN_BYTES]).decode().rstrip("=")


@lru_cache
def _keyed(kind, secret):
    return hmac.new(hashlib.sha256(f"{kind}:{secret}".encode()).digest(), digestmod=hashlib.sha256)


def digest_of(token: str) -> str:
    """What the database keeps of a token: enough to find the request, not enough to open it."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_lost(linked: Linked, digest: str) -> bool:
    """Whether no SECRET_KEY that there is made the token behind a stored digest."""
    try:
        token_with_digest(linked, digest)
    except LookupError:
        return True
    return False


def token_with_digest(linked: Linked, digest: str) -> str:
    """The token behind a stored digest, also while SECRET_KEY is being changed."""
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        token = token_for(linked, secret)
        if hmac.compare_digest(digest_of(token), digest):
            return token
    raise LookupError("the SECRET_KEY that made this link is gone; a new generation of the link is needed")
