"""The directions of imports are held by import-linter; these plant what it must not let pass."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def planted(tmp_path):
    """A copy of the project's Python, into which a test writes; returns a function that checks it."""
    for package in ("clinic_site", "treatments", "booking"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=lambda _folder, names: [n for n in names if n == "__pycache__"]
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    def check(module, line):
        path = tmp_path / module
        path.write_text(f"{line}\n{path.read_text() if path.exists() else ''}")
        command = [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout

    return check


def test_the_project_keeps_its_directions(planted):
    code, said = planted("booking/states.py", "")
    assert code == 0, said


def test_an_import_of_a_higher_app_is_refused(planted):
    code, said = planted("treatments/guide/search/index.py", "import booking.models")
    assert (code, "treatments.guide.search.index -> booking.models" in said) == (1, True)


def test_an_import_of_a_higher_room_is_refused(planted):
    code, said = planted("booking/schedule/times.py", "from booking.desk import due")
    assert (code, "booking.schedule.times -> booking.desk.due" in said) == (1, True)


def test_an_import_between_rooms_side_by_side_is_refused(planted):
    code, said = planted("booking/desk/due.py", "from booking.patient import spam")
    assert (code, "booking.desk.due -> booking.patient.spam" in said) == (1, True)


def test_a_circle_within_a_room_is_refused(planted):
    code, said = planted("booking/mail/quiet_hours.py", "from booking.mail import sending")
    assert (code, "No cycles are allowed in booking.mail" in said) == (1, True)


def test_a_late_import_counts_as_well(planted):
    code, said = planted("booking/mail/quiet_hours.py", "def late():\n    from booking.mail import sending")
    assert (code, "No cycles are allowed in booking.mail" in said) == (1, True)


def test_a_module_without_a_place_is_refused(planted):
    code, said = planted("booking/attic.py", "")
    assert (code, "- booking.attic" in said) == (1, True)
