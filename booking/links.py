"""The private link of a request: a token that is worked out, never stored."""

import base64
import hashlib
import hmac

from django.conf import settings

TOKEN_BYTES = 20  # 160 bits


def token_for(request_pk: int, generation: int, secret: str) -> str:
    """The token of a request's generation: HMAC-SHA-256 (RFC 2104) with a key that is outside the database."""
    key = hashlib.sha256(b"private link of a consultation request:" + secret.encode()).digest()
    mac = hmac.new(key, f"{request_pk}:{generation}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What the database keeps of a token: enough to find the request, not enough to open it."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_with_digest(request_pk: int, generation: int, digest: str) -> str:
    """The token behind a stored digest, also while SECRET_KEY is being changed."""
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        token = token_for(request_pk, generation, secret)
        if hmac.compare_digest(digest_of(token), digest):
            return token
    raise LookupError("the SECRET_KEY that made this link is gone; a new generation of the link is needed")
