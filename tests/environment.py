"""Loaded before Django's settings (pyproject.toml): tests run as a demonstration, on data of their own."""

import os
from pathlib import Path

os.environ["DEMO"] = "1"
os.environ.setdefault("DATA_DIR", str(Path(__file__).parent.parent / "var" / "tests"))
