"""For the proof of faults: looks and sweeps come every second or two, and a process can have its own clock."""

import os
from datetime import timedelta
from pathlib import Path

from tests import site_settings
from tests.site_settings import *  # noqa: F403

LOOKS_APART = timedelta(seconds=1)
EMAIL_TIMEOUT = 3  # seconds
if own_clock := os.environ.get("OWN_CLOCK"):
    site_settings._ahead = Path(own_clock)
