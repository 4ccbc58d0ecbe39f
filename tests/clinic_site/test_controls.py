"""What `make prove ARGS=controls` takes out is where it says: a control that moved is not taken for one that holds."""

import tomllib

from tests.site import ROOT

CONTROLS = tomllib.loads((ROOT / "tests" / "prove" / "controls.toml").read_text())["control"]


def test_each_control_stands_once_in_its_file_and_its_test_is_there():
    for control in CONTROLS:
        assert (ROOT / control["file"]).read_text().count(control["old"]) == 1, control["name"]
        file, _colons, name = control["test"].partition("::")
        path = ROOT / file
        assert path.exists() and (not name or f"def {name}(" in path.read_text()), control["name"]
