"""A backup that is damaged or does not fit is refused in a sentence, and nothing is changed."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, connections

from clinic_site.keeping.archive import PIECE, TAG, fingerprint
from clinic_site.keeping.installation import engine
from tests.clinic_site.keeping.conftest import KEY

DAMAGED = "is damaged or cut short: use another backup"


def refused(path):
    """What `restore` says, having left no table and no file behind."""
    with pytest.raises(CommandError) as stopped:
        call_command("restore", str(path))
    assert engine().is_empty(connection)
    assert connection.vendor == "postgresql" or not Path(connection.settings_dict["NAME"]).exists()
    connections.close_all()
    return str(stopped.value).removeprefix(f"{path} ")


def files_in(folder):
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def change(empty_place):
    """Writes a changed copy of the backup: a function takes its bytes and gives those of the copy."""

    def write(changed):
        path = empty_place.with_name("changed.backup")
        path.write_bytes(changed(bytearray(empty_place.read_bytes())))
        return path

    return write


def line_of(content):
    return content.index(b"\n") + 1


def flipped(content, place):
    content[place] ^= 1
    return content


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        pytest.param(lambda whole: whole[:0], "is not a backup of this site, or its beginning is damaged", id="empty"),
        pytest.param(lambda whole: whole[:40], "is not a backup of this site, or its beginning is damaged", id="line"),
        pytest.param(lambda whole: whole[: line_of(whole)], DAMAGED, id="after the line"),
        pytest.param(lambda whole: whole[: line_of(whole) + PIECE + TAG], DAMAGED, id="after the first piece"),
        pytest.param(lambda whole: whole[: len(whole) // 2], DAMAGED, id="in the middle"),
        pytest.param(lambda whole: whole[:-1], DAMAGED, id="the last byte"),
        pytest.param(lambda whole: whole + b"x", DAMAGED, id="one byte more"),
    ],
)
def test_a_file_that_is_cut_is_refused(change, settings, cut, says):
    assert refused(change(cut)) == f"{says}. Nothing was changed."
    assert files_in(settings.DATA_DIR) == []


@pytest.mark.parametrize(
    ("place", "says"),
    [
        pytest.param(lambda whole: 0, "is not a backup of this site", id="name"),
        pytest.param(lambda whole: whole.index(b" ") + 1, "has format 0, and this program reads 1", id="format"),
        pytest.param(lambda whole: 18, "was made with the BACKUP_KEY whose fingerprint is", id="fingerprint"),
        pytest.param(lambda whole: line_of(whole) - 2, DAMAGED, id="salt"),
        pytest.param(lambda whole: line_of(whole) - 1, "is not a backup of this site", id="end of the line"),
        pytest.param(lambda whole: line_of(whole), DAMAGED, id="first byte"),
        pytest.param(lambda whole: line_of(whole) + PIECE + 3, DAMAGED, id="a tag"),
        pytest.param(lambda whole: len(whole) // 2, DAMAGED, id="database"),
        pytest.param(lambda whole: len(whole) - 100, DAMAGED, id="manifest"),
        pytest.param(lambda whole: len(whole) - 1, DAMAGED, id="last byte"),
    ],
)
def test_a_file_of_which_one_byte_is_flipped_is_refused(change, settings, place, says):
    assert refused(change(lambda whole: flipped(whole, place(whole)))).startswith(says)
    assert files_in(settings.DATA_DIR) == []


def test_two_pieces_that_changed_places_are_refused(change):
    def swap(whole):
        first, size = line_of(whole), PIECE + TAG
        one, two = whole[first : first + size], whole[first + size : first + 2 * size]
        return whole[:first] + two + one + whole[first + 2 * size :]

    assert refused(change(swap)) == f"{DAMAGED}. Nothing was changed."


def test_another_backup_key_is_refused_and_the_right_one_is_named_by_its_fingerprint(empty_place, settings):
    settings.BACKUP_KEYS = ["another long random text for the backups"]
    assert refused(empty_place) == (
        f"was made with the BACKUP_KEY whose fingerprint is {fingerprint(KEY)}, and BACKUP_KEY is another: "
        "put that key back. Nothing was changed."
    )


def test_an_older_backup_key_reads_what_it_wrote(empty_place, settings):
    settings.BACKUP_KEYS = ["another long random text for the backups", KEY]
    call_command("restore", str(empty_place))


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("SECRET_KEY", "another one", "SECRET_KEY"),
        ("FIELD_KEYS", [Fernet.generate_key().decode()], "FIELD_KEYS"),
        ("AUDIT_KEYS", ["another one"], "AUDIT_KEY"),
    ],
)
def test_other_keys_of_the_data_are_refused_by_name(empty_place, settings, setting, value, name):
    was = getattr(settings, setting)
    lacking = fingerprint(was if isinstance(was, str) else was[0])
    setattr(settings, setting, value)
    assert refused(empty_place) == (
        f"needs other keys. {name} lacks the key with the fingerprint {lacking}. Put them back first. "
        "Nothing was changed."
    )


def test_keys_that_were_rotated_since_still_restore(empty_place, settings):
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    call_command("restore", str(empty_place))


def test_a_full_database_is_refused(backup, settings):
    with pytest.raises(CommandError) as stopped:
        call_command("restore", str(backup))
    assert str(stopped.value) == (
        f"{backup} cannot be restored here, as the database has tables already: name an empty one. Nothing was changed."
    )


def test_a_place_with_media_is_refused(empty_place, settings):
    (settings.MEDIA_ROOT / "theirs").mkdir(parents=True)
    (settings.MEDIA_ROOT / "theirs" / "cheek.webp").write_bytes(b"theirs")
    assert refused(empty_place) == (
        f"cannot be restored here, as there are files in {settings.MEDIA_ROOT}: move them away. Nothing was changed."
    )
    assert files_in(settings.DATA_DIR) == ["cheek.webp"]


def test_a_file_that_is_not_there_is_named(empty_place):
    missing = empty_place.with_name("missing.backup")
    assert refused(missing) == f"was not restored: [Errno 2] No such file or directory: '{missing}'."


def test_where_the_media_cannot_be_written_nothing_is_restored(empty_place, settings):
    settings.MEDIA_ROOT.symlink_to("/proc/nowhere")
    assert refused(empty_place).startswith("was not restored: ")
    settings.MEDIA_ROOT.unlink()
    call_command("restore", str(empty_place))
    assert files_in(settings.MEDIA_ROOT) == ["cheek.webp"]
