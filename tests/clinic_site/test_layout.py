"""The house stays easy to enter: no folder holds more modules than a reader can keep in mind."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MOST_MODULES = 15
# Django, or Python, looks for these by name.
LOOKED_FOR = {"__init__", "admin", "apps", "models", "settings", "tasks", "urls", "views", "wsgi"}
FOLDERS = sorted(
    {
        path.parent.relative_to(ROOT)
        for app in ("clinic_site", "treatments", "booking")
        for path in (ROOT / app).rglob("*.py")
    }
)


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder.name != "migrations"], ids=str)
def test_a_folder_has_few_modules_of_its_own(folder):
    own = {path.stem for path in (ROOT / folder).glob("*.py")} - LOOKED_FOR
    assert len(own) <= MOST_MODULES, sorted(own)
