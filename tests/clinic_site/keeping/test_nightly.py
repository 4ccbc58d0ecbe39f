import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from clinic_site.keeping import made
from clinic_site.keeping.backing_up import back_up
from clinic_site.keeping.checking import check
from clinic_site.tasks import back_up_at_night

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.BACKUP_TO = tmp_path / "backups"
    settings.BACKUP_TO.mkdir()
    return settings.BACKUP_TO


def place(folder, *moments):
    for moment in moments:
        (folder / made.name_at(moment)).touch()


def days_kept(folder):
    made.rotate(folder)
    return sorted((NOON.date() - datetime.strptime(path.name, made.NAMED).date()).days for path in folder.iterdir())


def test_the_last_of_seven_days_and_of_four_weeks_are_kept(folder):
    place(folder, *(NOON - timedelta(days=days) for days in range(60)))
    # The 27th is a Friday: the weeks end on the Sundays before it, 5, 12 and 19 days ago.
    assert days_kept(folder) == [0, 1, 2, 3, 4, 5, 6, 12, 19]


def test_of_one_day_the_last_is_kept(folder):
    place(folder, NOON, NOON - timedelta(hours=3), NOON - timedelta(hours=6))
    made.rotate(folder)
    assert [path.name for path in folder.iterdir()] == [made.name_at(NOON)]


def test_after_a_long_pause_the_last_ones_are_kept_however_old(folder):
    place(folder, NOON - timedelta(days=400), NOON - timedelta(days=300))
    assert days_kept(folder) == [300, 400]


def test_files_with_other_names_are_left_alone(folder):
    for name in ("clinic.backup", "clinic-before-the-move.backup", "erasures.jsonl"):
        (folder / name).touch()
    made.rotate(folder)
    assert len(list(folder.iterdir())) == 3


def test_the_worker_backs_up_where_it_is_told_to(installation, backups, settings):
    settings.BACKUP_TO = backups
    back_up_at_night.call_local()
    [path] = backups.iterdir()
    assert check(path) and made.is_recent(timezone.now())


def test_without_a_place_the_worker_makes_no_backup(installation, settings):
    settings.BACKUP_TO = None
    back_up_at_night.call_local()
    assert made.last() is None


def test_a_backup_made_by_hand_counts_until_it_is_a_day_old_or_gone(backup, installation, settings):
    settings.BACKUP_TO = None
    at = made.last()
    assert made.is_recent(at + timedelta(hours=24)) and not made.is_recent(at + timedelta(hours=24, seconds=1))
    backup.unlink()
    assert made.last() is None


def test_notes_that_are_spoiled_are_written_anew(backup, installation):
    (installation / "backups_made").write_text("{")
    assert made.last() is None
    back_up(backup)
    assert list(json.loads((installation / "backups_made").read_text())) == [str(backup.parent)]
