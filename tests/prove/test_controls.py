"""Each control of docs/threats.md is taken out, one at a time, and its test goes red (about 10 minutes)."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.site import ROOT

pytestmark = pytest.mark.prove

CONTROLS = tomllib.loads(Path(__file__).with_name("controls.toml").read_text())["control"]
TABLE = ROOT / "docs" / "proofs" / "controls.md"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".pytest_cache", ".ruff_cache", "node_modules")
ENDED_RED = 1  # of pytest: tests ran, and some failed
_said: list[str] = []


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project, into which a test may write."""
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("controls") / "project", ignore=LEFT_OUT)


@pytest.fixture(scope="module", autouse=True)
def table():
    """Write what was found, once all of it is."""
    yield
    head = [
        "# Controls, each taken out once",
        "",
        "Written by `make prove ARGS=controls`. What each guards stands in [threats.md](../threats.md).",
        "",
        "| control | taken out of | test | without it |",
        "|---|---|---|---|",
    ]
    TABLE.write_text("\n".join([*head, *_said, ""]))


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control["name"])
def test_without_a_control_its_test_is_red(copy, control):
    file = copy / control["file"]
    before = file.read_text()
    assert before.count(control["old"]) >= 1, "what is taken out is not there any more: mend controls.toml"
    file.write_text(before.replace(control["old"], control["new"], 1))
    try:
        code = ends_with(copy, control["test"], makes_database=control.get("makes_database", False))
    finally:
        file.write_text(before)
    _said.append(
        f"| {control['name']} | `{control['file']}` | `{control['test']}` | {'red' if code else '**green**'} |"
    )
    assert code == ENDED_RED


def test_with_all_of_them_their_tests_are_green(copy):
    assert ends_with(copy, *dict.fromkeys(control["test"] for control in CONTROLS), stops=False) == 0


def ends_with(copy, *tests, stops=True, makes_database=False):
    """What pytest ends with in the copy; on the database of this run, but where the control is one of making it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    environment |= {"DATA_DIR": str(copy / "var" / "tests")}
    environment |= {} if makes_database else {"TEST_SHARED": os.environ["TEST_SHARED"]}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *(["-x"] if stops else [])]
    return subprocess.run([*command, *tests], cwd=copy, env=environment, capture_output=True, check=False).returncode
