"""A ten-line WSGI program that answers the bytes of a file: what a page would cost if it cost nothing to make."""

import json
import os
from pathlib import Path

BODY = Path(os.environ["BODY"]).read_bytes()
HEADERS = [tuple(header) for header in json.loads(os.environ["HEADERS"])]


def application(environ, start_response):
    if environ.get("HTTP_IF_NONE_MATCH") == '"same"':
        start_response("304 Not Modified", [pair for pair in HEADERS if not pair[0].startswith("Content-")])
        return []
    start_response("200 OK", HEADERS)
    return [BODY]
