"""A number that all processes of a machine share, in a file that is mapped into their memory."""

import mmap
import os
from functools import cached_property
from pathlib import Path
from threading import Lock

CHANGES, REVISION = 0, 1  # the two numbers in it: how often something changed, and the revision that was told last
SIZE = 16  # bytes


class SharedCounter:
    """
    Counts changes of what pages show, for the web workers of one machine. Reading it costs a fraction of a microsecond.

    It is raised after a change was committed. Two processes that raise it at once may count as one: each reads the
    number after its own commit, so whoever sees the new number sees both changes. A process that is killed between its
    commit and this leaves it behind; a look at the database sets that right (`follow`).
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = Lock()

    @cached_property
    def _memory(self):
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(file).st_size < SIZE:
                os.ftruncate(file, SIZE)
            return memoryview(mmap.mmap(file, SIZE)).cast("Q")
        finally:
            os.close(file)

    @property
    def number(self) -> int:
        """How often something changed. Only whether it is the same as before means anything."""
        return self._memory[CHANGES]

    def raise_it(self, revision: int):
        """Say that content was changed, and that the database has this revision now."""
        with self._lock:
            self._memory[CHANGES] = (self.number + 1) % 2**64  # first: whoever is killed after it misses nothing
            self._memory[REVISION] = revision

    def follow(self, revision: int):
        """Raise it if the database has another revision than was told: from another machine, or a killed process."""
        if self._memory[REVISION] != revision:
            self.raise_it(revision)
