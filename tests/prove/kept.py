"""What a proof has found already, so that a run that was stopped goes on where it was."""

import hashlib
import json
from pathlib import Path


class Kept:
    """Things by name in a file of JSON, which is whole at any moment."""

    def __init__(self, file):
        self.file = file
        self.all = json.loads(file.read_text()) if file.exists() else {}

    def keep(self, name, thing):
        self.all[name] = thing
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.all))
        new.replace(self.file)


def digest_of(files):
    """A digest of what stands in these files."""
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in sorted(set(files)))).hexdigest()
