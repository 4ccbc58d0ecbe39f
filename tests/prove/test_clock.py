"""The time-bound tests, the axe screens among them, hold at each of the twelve moments."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.moments import MOMENTS
from tests.site import ROOT

pytestmark = pytest.mark.prove

KEPT_IN = ROOT / "docs" / "proofs" / "clock.md"
HEADING = """# The suite at twelve moments

The tests marked `clock` (`tests/moments.py`) and the axe screens among them,
run at each moment by `make prove ARGS=clock`.

| Moment | Clinic time | Looked at from | Passed | Failed |
| --- | --- | --- | --- | --- |
"""


@pytest.fixture(scope="module")
def table():
    """Rows that are written down once all are there."""
    rows = []
    yield rows
    KEPT_IN.write_text(HEADING + "\n".join(rows) + "\n")


@pytest.mark.parametrize("name", MOMENTS)
def test_the_time_bound_tests_pass(name, table, tmp_path):
    results = tmp_path / "results.xml"
    options = f"-q -n 3 --dist loadfile --moment {name} --junitxml={results}"
    command = [sys.executable, "-m", "pytest", *options.split(), "-m", "clock and not timeless"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    suite = ElementTree.parse(results).find("testsuite")
    run, *amiss = (int(suite.get(count)) for count in ("tests", "failures", "errors", "skipped"))
    at, zone = MOMENTS[name].at, MOMENTS[name].zone
    table.append(f"| {name} | {at:%a %b} {at.day}, {at:%Y, %H:%M %Z} | {zone} | {run - sum(amiss)} | {sum(amiss)} |")
    assert run > 0 and sum(amiss) == 0, printed[-5000:]
