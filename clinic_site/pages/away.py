"""What a proxy shows while the web server says nothing: a file beside the static ones, in the site's look."""

import secrets
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from clinic_site.models import Clinic

NAME = "away.html"


def write_away_page():
    """Write it anew where the clinic's number, or the style, has changed. Without static files there is none."""
    folder = Path(settings.STATIC_ROOT)
    if not folder.is_dir():
        return
    page, words = folder / NAME, render_to_string("away.html", {"clinic": Clinic.profile()})
    if page.exists() and page.read_text() == words:
        return
    half_written = folder / f"{NAME}.{secrets.token_hex(4)}"
    half_written.write_text(words)
    half_written.chmod(0o644)  # the proxy reads it
    half_written.replace(page)
