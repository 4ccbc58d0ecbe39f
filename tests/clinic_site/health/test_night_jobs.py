import pytest

from clinic_site.health.checks import Level, findings
from clinic_site.keeping.archive import BackupError
from clinic_site.models import NightJob, StaffSession
from clinic_site.tasks import back_up_at_night, clear_up_at_night


def words():
    return [finding.words for finding in findings(Level.TROUBLE) if finding.name == "nightly work"]


@pytest.fixture
def place_for_backups(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.BACKUP_TO = tmp_path / "backups"
    return settings.BACKUP_TO


def fail():
    with pytest.raises(BackupError):
        back_up_at_night.call_local()


def test_a_night_whose_work_failed_is_trouble_until_it_went_through(place_for_backups, settings):
    fail()
    [said] = words()
    assert said.startswith("Nightly work failed and is tried again each hour: backup (BackupError, ")
    settings.BACKUP_TO = None  # nothing to do is well done
    back_up_at_night.call_local()
    assert words() == []


def test_work_that_failed_after_a_good_night_is_trouble(place_for_backups, settings):
    folder, settings.BACKUP_TO = settings.BACKUP_TO, None
    back_up_at_night.call_local()
    settings.BACKUP_TO = folder
    fail()
    assert len(words()) == 1


def test_a_disk_that_is_not_mounted_gets_no_file_in_its_place(place_for_backups):
    fail()
    assert not place_for_backups.exists()


def test_good_nights_are_noted(db):
    clear_up_at_night.call_local()
    job = NightJob.objects.get(name="clearing up")
    assert (job.done_at is not None, job.failed_at, words()) == (True, None, [])


def test_all_that_failed_is_named_together(place_for_backups, monkeypatch):
    fail()
    monkeypatch.setattr(StaffSession.objects, "ended", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clear_up_at_night.call_local()
    [said] = words()
    assert said.count("backup (BackupError") == said.count("clearing up (ZeroDivisionError") == 1


def test_work_that_failed_is_tried_again_each_hour():
    task = back_up_at_night.s()
    assert (task.retries, task.retry_delay) == (6, 3600)
