"""
`make prove`: lists the parts, or runs one of them.

A part is a file of this folder, `test_<part>.py`, or what is marked `prove` in a few files of the suite.
"""

import ast
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
PARTS = {file.stem.removeprefix("test_").replace("_", "-"): [file] for file in sorted(FOLDER.glob("test_*.py"))}
JOURNEYS = FOLDER.parent / "journeys"
PARTS["buttons"] = [FOLDER.parent / "booking" / "test_every_button.py"]
PARTS["links"] = [FOLDER.parent / "booking" / "patient" / "test_private_page.py"]
PARTS["numbers"] = [FOLDER.parent / "clinic_site" / "test_numbers_from_outside.py"]
PARTS["for-you"] = [FOLDER.parent / "treatments" / "guide" / "test_for_you.py", JOURNEYS / "test_for_you.py"]
PARTS["screens"] = [JOURNEYS / "test_screens.py"]
PARTS["accessibility"] = [
    *(JOURNEYS / f"test_{name}.py" for name in ("accessibility", "desk_accessibility", "empty_states", "private_page")),
]
PARTS["desk-stories"] = [JOURNEYS / f"test_{name}.py" for name in ("newcomer", "keyboard_day", "booking")]
PARTS["copy"] = [JOURNEYS / "test_copy.py"]


def main():
    """`part [arguments of pytest]` runs it; without a part, or with an unknown one, the parts are listed."""
    part, *arguments = sys.argv[1:] or [""]
    if part in PARTS:
        # In the order of the file: a proof is one story, and takes as long as it takes.
        return pytest.main(["-m", "prove", "-p", "no:randomly", "--durations=0", *map(str, PARTS[part]), *arguments])
    print("make prove ARGS=part runs a part and writes its table into docs/proofs/. The parts:\n")
    for name, files in PARTS.items():
        print(f"  {name:<18}{what_it_shows(files[0])}")
    print("\nWith DATABASE_URL and REDIS_URL set, it runs on those.")
    return 1 if part else 0


def what_it_shows(file):
    """The first line of the file's own words."""
    return (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
