"""
The file of a backup: one line in clear, then the content, encrypted and authenticated piece by piece.

The line names the format, the fingerprint of the BACKUP_KEY and a salt. From both comes a key that serves this file
alone, so the number of a piece can be its nonce. Each piece is bound to the line, to its number and to whether it is
the last: none can be changed, moved, left out or cut off without notice.
"""

import hashlib
import secrets
from itertools import count

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NAME, FORMAT = "clinic-backup", 1
PIECE = 64 * 1024  # bytes in clear
TAG = 16
LONGEST_LINE = 200


class BackupError(Exception):
    """Why a backup was not made, or cannot be used: a sentence for the operator."""


def fingerprint(key: str) -> str:
    """What a key is called where it must not be written: enough to tell it from others, not to find it."""
    return hashlib.sha256(f"fingerprint of a key of the clinic's site:{key}".encode()).hexdigest()[:16]


class ArchiveWriter:
    """Writes bytes to a file, encrypted with that key. `close` ends the content; without it the file is not good."""

    def __init__(self, file, key: str):
        line = f"{NAME} {FORMAT} {fingerprint(key)} {secrets.token_hex(16)}\n".encode()
        file.write(line)
        self._file, self._line = file, line
        self._cipher = _cipher(key, line)
        self._numbers = count()
        self._waiting = bytearray()

    def write(self, data: bytes):
        self._waiting += data
        while len(self._waiting) > PIECE:  # the last piece may be full, so a full one waits for what follows
            self._write_piece(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def close(self):
        self._write_piece(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _write_piece(self, piece, is_last):
        number = next(self._numbers)
        self._file.write(self._cipher.encrypt(_nonce(number), piece, _bound_to(self._line, number, is_last)))


class ArchiveReader:
    """Reads what ArchiveWriter wrote, with whichever of the keys it was written with."""

    def __init__(self, file, keys: list[str]):
        line = file.readline(LONGEST_LINE)
        self._file, self._line = file, line
        self._cipher = _cipher(_fitting_key(line, keys), line)
        self._numbers = count()
        self._next = file.read(PIECE + TAG)
        self._clear = memoryview(b"")
        self._at_end = False

    def read(self, size: int) -> bytes:
        """Exactly so many bytes, each of them authenticated."""
        parts = []
        while size:
            if not self._clear:
                self._clear = memoryview(self._read_piece())
            part = self._clear[:size]
            self._clear = self._clear[len(part) :]
            size -= len(part)
            parts.append(bytes(part))
        return b"".join(parts)

    def expect_end(self):
        """Nothing may follow what was read."""
        if self._clear or (not self._at_end and self._read_piece()):
            raise BackupError("holds more than it should")

    def _read_piece(self) -> bytes:
        if self._at_end:
            raise BackupError("is cut short")
        piece, self._next = self._next, self._file.read(PIECE + TAG)
        self._at_end = not self._next
        number = next(self._numbers)
        try:
            return self._cipher.decrypt(_nonce(number), piece, _bound_to(self._line, number, self._at_end))
        except (InvalidTag, ValueError) as error:
            raise BackupError("is damaged or cut short: use another backup") from error


def _fitting_key(line: bytes, keys):
    name, _space, rest = line.decode(errors="replace").partition(" ")
    words = rest.split()
    if name != NAME or len(words) != 3 or not line.endswith(b"\n"):
        raise BackupError("is not a backup of this site, or its beginning is damaged")
    version, of_key, _salt = words
    if version != str(FORMAT):
        raise BackupError(f"has format {version}, and this program reads {FORMAT}: use the program that made it")
    for key in keys:
        if fingerprint(key) == of_key:
            return key
    raise BackupError(
        f"was made with the BACKUP_KEY whose fingerprint is {of_key}, and BACKUP_KEY is another: put that key back"
    )


def _cipher(key: str, line: bytes):
    return AESGCM(HKDF(SHA256(), length=32, salt=line, info=b"one backup of the clinic's site").derive(key.encode()))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound_to(line: bytes, number: int, is_last: bool) -> bytes:
    return line + number.to_bytes(8, "big") + (b"last" if is_last else b"more")
