"""`rotate_keys` among 20,000 requests is killed ten times, begun again, and then all is whole (about 3 minutes)."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from cryptography.fernet import Fernet

from tests.site import ROOT, RunningSite

pytestmark = pytest.mark.prove

REQUESTS, KILLS = 20_000, 10
FIRST_KILL, LATER = 2.0, 0.4  # seconds; each round a little longer
LOOK = """
import json
from clinic_site.keeping.rotating import left_under_old_keys
from clinic_site.security.encryption import bound_models
damaged = sum(bool(row.damaged) for model in bound_models() for row in model._base_manager.iterator())
print(json.dumps([left_under_old_keys(), damaged]))
"""


def test_a_rotation_that_is_killed_ten_times_ends_whole(tmp_path):
    with RunningSite(tmp_path) as site:
        site.manage("fill_requests", str(REQUESTS))
        site.stop()
        keys = tmp_path / "field_keys"
        new, old = Fernet.generate_key().decode(), keys.read_text().strip()
        keys.write_text(f"{new},{old}\n")
        lefts = [_left(site)[0]]
        for number in range(KILLS):
            process = subprocess.Popen(
                [sys.executable, "manage.py", "rotate_keys"],
                cwd=ROOT,
                env=site.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(FIRST_KILL + number * LATER)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            lefts.append(_left(site)[0])
        said = site.manage("rotate_keys")
        assert "Nothing is under an older key" in said
        keys.write_text(f"{new}\n")
        assert _left(site) == [0, 0]
    assert lefts[0] > 0 and sorted(lefts, reverse=True) == lefts
    path = ROOT / "docs" / "proofs" / "rotation.md"
    rows = [f"| {number} | {left} |" for number, left in enumerate(lefts)]
    head = [
        f"# Keys rotated among {REQUESTS:,} requests, killed {KILLS} times",
        "",
        f"Written by `make prove ARGS=rotating`, in one round: SIGKILL came {FIRST_KILL} s after the first start and "
        f"{LATER} s later",
        "each time. Then one run to the end; the new key alone read everything.",
        "",
        "| killed | rows left under the old key |",
        "|---:|---:|",
    ]
    path.write_text("\n".join([*head, *rows, ""]))


def _left(site):
    return json.loads(site.manage("shell", "-v0", "-c", LOOK))
