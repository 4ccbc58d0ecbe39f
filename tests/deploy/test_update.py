"""scripts/update where something fails: the release that runs goes on, and whoever typed it reads the way out."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

UPDATE = Path(__file__).parent.parent.parent / "scripts" / "update"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="it needs root")

# Its own /etc, in a mount namespace.
IN_A_PLACE_OF_ITS_OWN = """
set -e
mount -t tmpfs none "$PLACE/own"
mkdir "$PLACE/own/up" "$PLACE/own/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$PLACE/own/up,workdir=$PLACE/own/work" /etc
mkdir -p /etc/clinic
printf 'DATA_DIR=%s\\nSTATIC_DIR=%s\\nBACKUP_TO=%s\\n' "$PLACE" "$PLACE/static" "$PLACE" > /etc/clinic/environment
exec "$PLACE/releases/$RELEASE_TO_BE/scripts/update" $WAY
"""
# What the script calls: it notes what was typed, writes a list of static files, and fails at what it is told to.
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> "$PLACE/typed"
case "$*" in *collectstatic*) echo "of ${RELEASE:-none}" > "$PLACE/static/staticfiles.json" ;; esac
case "$(basename "$0") $*" in $FAILS) echo "what the command said"; exit 3 ;; esac
"""


class Place:
    """A folder of releases, and commands that only note what was typed."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("own", "static", "bin", "releases"):
            (folder / name).mkdir()
        for command in ("clinic", "systemctl"):
            self._program(folder / "bin" / command)
        for release in "12":
            self._release(folder / "releases" / release)

    def _program(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PROGRAM)
        path.chmod(0o755)

    def _release(self, folder):
        self._program(folder / "scripts" / "set-up")
        self._program(folder / ".venv" / "bin" / "python")
        shutil.copy(UPDATE, folder / "scripts" / "update")
        shutil.copytree(UPDATE.parent.parent / "deploy" / "systemd", folder / "deploy" / "systemd")

    def update(self, release, fails="nothing", way=""):
        """Exit code, and all that was said."""
        (self.folder / "typed").write_text("")
        own = {"PLACE": self.folder, "FAILS": fails, "RELEASE_TO_BE": release, "WAY": way}
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", IN_A_PLACE_OF_ITS_OWN],
            env={name: str(value) for name, value in own.items()} | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def typed(self):
        return (self.folder / "typed").read_text()

    def runs(self):
        return (self.folder / "current").resolve().name

    def static_files(self):
        return (self.folder / "static" / "staticfiles.json").read_text().strip()


@pytest.fixture
def place(tmp_path):
    """Release 1 is in place."""
    place = Place(tmp_path)
    code, said = place.update("1")
    assert (code, place.runs(), "1 is in place" in said) == (0, "1", True), said
    (tmp_path / "static" / "staticfiles.json.1").write_text("of 1")
    return place


def test_an_update_hands_over_and_leads_back(place):
    assert place.update("2")[0] == 0
    assert (place.runs(), place.static_files()) == ("2", "of next")
    handing_over = [line for line in place.typed().splitlines() if line.startswith("systemctl")]
    assert handing_over == [
        "systemctl start clinic-web-next.service",
        "systemctl restart clinic-web.service",
        "systemctl stop clinic-web-next.service",
        "systemctl try-restart clinic-worker.service",
    ]
    assert place.update("2", way="--back")[0] == 0
    assert (place.runs(), place.static_files()) == ("1", "of 1")


FAILURES = {
    "a backup": ("clinic backup*", "Making a backup…"),
    "set-up": ("set-up*", "Installing what 2 needs…"),
    "settings": ("clinic check*", "Installing what 2 needs…"),
    "a migration": ("clinic migrate*", "Bringing the database up to date…"),
    "static files": ("clinic collectstatic*", "Collecting static files…"),
    "a start": ("systemctl start*", "Starting the web server of 2 beside that of 1…"),
}


@pytest.mark.parametrize(("fails", "step"), FAILURES.values(), ids=FAILURES)
def test_where_it_stops_before_the_handing_over_the_old_release_goes_on(place, fails, step):
    code, said = place.update("2", fails)
    assert code != 0 and "what the command said" in said
    assert f"This update stopped at: {step}\n1 goes on, and no reader noticed. There is nothing to undo" in said
    assert (place.runs(), place.static_files()) == ("1", "of 1")
    assert "systemctl restart" not in place.typed()
    assert place.typed().endswith("systemctl stop clinic-web-next.service\n")  # systemd would try it for ever


def test_a_release_that_does_not_start_is_named_with_the_log_that_says_why(place):
    _code, said = place.update("2", "systemctl start*")
    assert "2 does not start: journalctl -u clinic-web-next says why." in said


def test_where_the_handing_over_fails_the_next_one_answers_and_the_way_back_is_named(place):
    code, said = place.update("2", "systemctl restart clinic-web.service")
    assert code != 0 and "systemctl stop" not in place.typed()
    assert f"To go back to 1: {place.folder}/current/scripts/update --back" in said


def test_a_first_installation_that_fails_is_typed_again(tmp_path):
    code, said = Place(tmp_path).update("1", "clinic migrate*")
    assert code != 0 and not (tmp_path / "current").exists()
    assert said.endswith("Nothing runs yet. Mend what is said above, and type the same again.\n")
