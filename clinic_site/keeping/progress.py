"""How far a long command is, on one line that is written over; only for somebody who sits before a terminal."""

import time
from collections.abc import Iterable, Iterator


class Progress:
    def __init__(self, stream=None):
        self._stream = stream if stream is not None and stream.isatty() else None
        self._told = 0.0

    def counted(self, doing: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts, while the line says how many megabytes have passed."""
        size = 0
        for part in parts:
            size += len(part)
            self.say(f"{doing}: {size / 1e6:.0f} MB")
            yield part

    def at(self, doing: str, number: int):
        """How many were done so far."""
        self.say(f"{doing}: {number:,}")

    def done(self):
        if self._stream:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def say(self, text):
        if self._stream and time.monotonic() - self._told > 0.2:
            self._told = time.monotonic()
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()
