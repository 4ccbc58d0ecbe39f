"""The encrypted file by itself: any length comes back, and little is held in memory."""

import io
import tracemalloc

import pytest

from clinic_site.keeping.archive import PIECE, TAG, ArchiveReader, ArchiveWriter, BackupError

KEY = "a long random text for the backups of tests"


def written(content):
    file = io.BytesIO()
    archive = ArchiveWriter(file, KEY)
    archive.write(content)
    archive.close()
    file.seek(0)
    return file


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7])
def test_content_of_any_length_comes_back(size):
    content = bytes(number % 251 for number in range(size))
    archive = ArchiveReader(written(content), [KEY])
    assert archive.read(size) == content
    archive.expect_end()


WHAT_HAPPENS_TO_IT = {
    "a byte is flipped": lambda one, two, three: [bytes([one[0] ^ 1]) + one[1:], two, three],
    "two pieces change places": lambda one, two, three: [two, one, three],
    "a piece is left out": lambda one, two, three: [one, three],
    "its last piece is cut off": lambda one, two, three: [one, two],
    "a piece comes twice": lambda one, two, three: [one, two, three, three],
}


@pytest.mark.parametrize("happens", WHAT_HAPPENS_TO_IT)
def test_whatever_happens_to_its_pieces_is_noticed_as_they_are_read(happens):
    file = written(bytes(3 * PIECE))
    line, whole = file.readline(), PIECE + TAG
    pieces = WHAT_HAPPENS_TO_IT[happens](*(file.read(whole) for _piece in range(3)))
    archive = ArchiveReader(io.BytesIO(line + b"".join(pieces)), [KEY])
    with pytest.raises(BackupError, match="is damaged or cut short"):
        for _piece in pieces:
            archive.read(PIECE)


def test_more_than_is_there_cannot_be_read():
    archive = ArchiveReader(written(b"ten bytes!"), [KEY])
    with pytest.raises(BackupError, match="is cut short"):
        archive.read(11)


def test_less_than_is_there_is_no_end():
    archive = ArchiveReader(written(b"ten bytes!"), [KEY])
    archive.read(9)
    with pytest.raises(BackupError, match="holds more than it should"):
        archive.expect_end()


def test_the_same_content_is_never_written_twice_alike():
    assert written(b"the same").getvalue() != written(b"the same").getvalue()


def test_a_large_content_is_never_whole_in_memory(tmp_path):
    path, part, parts = tmp_path / "large", bytes(1_000_000), 40
    tracemalloc.start()
    with path.open("wb") as file:
        archive = ArchiveWriter(file, KEY)
        for _number in range(parts):
            archive.write(part)
        archive.close()
    with path.open("rb") as file:
        archive = ArchiveReader(file, [KEY])
        for _number in range(parts):
            archive.read(len(part))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * len(part)
