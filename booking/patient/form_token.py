"""What tells one opened form from another, and when it was opened: signed, as it travels through the browser."""

import secrets
from datetime import UTC, datetime

from django.core import signing
from django.utils import timezone

_signer = signing.Signer(salt="booking.forms.token")


def new_form_token(opened=None):
    """One form, opened now or at that moment: sent twice it is known by it, and so is how long it was filled in."""
    opened = opened or timezone.now()
    return _signer.sign(f"{secrets.token_urlsafe(16)}.{round(opened.timestamp() * 1000)}")


def nonce_of(token):
    """What is in the token of a form. Raises BadSignature where it is none of ours."""
    return _signer.unsign(token)


def opened_at(nonce):
    """The moment at which the form of that nonce was opened."""
    _random, _dot, opened = nonce.rpartition(".")
    return datetime.fromtimestamp(int(opened) / 1000, UTC)
