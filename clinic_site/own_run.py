"""Which run of `make run` holds this data, so that it can be named when its port is asked for again."""

import fcntl
from pathlib import Path
from typing import NamedTuple


class Holder(NamedTuple):
    process: int
    port: int
    lives: bool  # else it was killed, and what it had started is just ending


class OwnRun:
    """A file that is locked as long as the run lasts: a process that is gone holds no lock, whatever its number."""

    def __init__(self, path: Path):
        self._file = path.open("a+")

    def earlier(self) -> Holder | None:
        """The run that holds the file, or that was killed while it did; None after one that ended in good order."""
        lives = not self._lock()
        self._file.seek(0)
        words = self._file.read().split()
        if len(words) != 2 or not all(word.isdecimal() for word in words):
            return None
        return Holder(int(words[0]), int(words[1]), lives)

    def begin(self, process: int, port: int):
        """Hold it, unless another run does."""
        if self._lock():
            self._write(f"{process} {port}\n")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self._lock():
            self._write("")
        self._file.close()

    def _lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _write(self, text):
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()
