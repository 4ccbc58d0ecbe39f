"""What is asked of addresses outside: in seconds, without following them elsewhere, and without anything personal."""

import json
import logging
import urllib.error
import urllib.request

from django.conf import settings

SECONDS = 5
logger = logging.getLogger(__name__)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_kwargs):
        return None  # another address was never checked


_opener = urllib.request.build_opener(_NoRedirect)


def post(address: str, content: dict):
    """Post JSON there. Raises OSError where it was not taken (an answer of 300 or more, no answer, no connection)."""
    request = urllib.request.Request(
        address, json.dumps(content).encode(), {"Content-Type": "application/json", "User-Agent": "clinic-site"}
    )
    with _opener.open(request, timeout=SECONDS):
        pass


def ping_watchdog():
    """Tell WATCHDOG_URL that the sweep went through. Whoever listens there says so when this stops."""
    if not settings.WATCHDOG_URL:
        return
    try:
        request = urllib.request.Request(settings.WATCHDOG_URL, headers={"User-Agent": "clinic-site"})
        with _opener.open(request, timeout=SECONDS):
            pass
    except OSError as error:
        logger.warning("WATCHDOG_URL does not answer: %s.", type(error).__name__)
