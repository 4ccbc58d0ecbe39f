import re
import resource
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from threading import Event, Thread

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from booking.models import ConsultationRequest, OutboxMail
from booking.models.overlap_guard import is_installed
from booking.retention import redact
from clinic_site.health.checks import stop_unless_safe_to_start
from clinic_site.keeping.backing_up import back_up, one_at_a_time
from clinic_site.keeping.checking import check
from clinic_site.keeping.restoring import restore
from tests.factories import make_request

TYPED = ["Nadia Kassab", "nadia@patient.example", "+13135550142", "My cheeks are scarred since school."]


def make_typed_request():
    name, email, phone, concern = TYPED
    return make_request(name=name, email=email, phone=phone, concern=concern, safety={"pregnant": "not-sure"})


def run(*arguments):
    said = StringIO()
    call_command(*map(str, arguments), stdout=said, stderr=said)
    return said.getvalue()


def test_what_was_backed_up_is_there_again(installation, backups, move_to_empty_place, client, settings):
    request = make_typed_request()
    link = request.private_url
    said = run("backup", backups / "clinic.backup")
    assert said.startswith(f"{backups / 'clinic.backup'} is made, read back and whole: ")
    move_to_empty_place()
    said = run("restore", backups / "clinic.backup")
    assert "rows and 1 media files, each as it was. 0 erasures made since were carried out again." in said
    again = ConsultationRequest.objects.get(pk=request.pk)
    assert [again.name, again.email, str(again.phone), again.concern] == TYPED
    assert again.safety == {"pregnant": "not-sure"}
    assert client.get(link).status_code == 200
    assert (settings.MEDIA_ROOT / "pictures" / "cheek.webp").read_bytes() == bytes(range(256)) * 1000
    assert is_installed("default")


def test_no_typed_word_stands_in_a_backup(installation, backups):
    make_typed_request()
    back_up(backups)
    [path] = backups.glob("clinic-*.backup")
    content = path.read_bytes()
    for word in [*TYPED, "booking_consultationrequest", "CREATE TABLE", "manifest", "cheek.webp"]:
        assert word.encode() not in content


def test_rows_that_are_written_meanwhile_are_in_it_whole_or_not_at_all(installation, backups, move_to_empty_place):
    before = [make_request().pk for _time in range(5)]
    acknowledged, enough, over = [], Event(), Event()

    def write():
        while not over.is_set():
            acknowledged.append(make_request().pk)
            if len(acknowledged) == 3:
                enough.set()
        connections.close_all()

    writer = Thread(target=write)
    writer.start()
    enough.wait()
    path = back_up(backups)
    over.set()
    writer.join()
    tables = check(path)["tables"]
    move_to_empty_place()
    restore(path)
    kept = list(ConsultationRequest.objects.order_by("pk").values_list("pk", flat=True))
    assert len(kept) == tables["booking_consultationrequest"]["rows"]
    assert kept == [*before, *acknowledged][: len(kept)] and len(kept) >= 8
    assert OutboxMail.objects.filter(kind="received").count() == len(kept)


def test_a_backup_says_what_made_it(backup):
    manifest = check(backup)
    assert manifest["database"] == connection.vendor
    assert re.match(r"5\.2", manifest["django"])
    assert {"booking", "clinic_site", "treatments"} <= manifest["migrations"].keys()
    assert manifest["members"].keys() == {"database", "media/pictures/cheek.webp"}


def test_it_is_for_its_owner_alone_and_nothing_is_left_beside_it(backup, installation):
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    assert [file.name for file in backup.parent.iterdir()] == ["clinic.backup"]
    assert {file.name for file in installation.iterdir()} == {"media", "backup.lock", "backups_made"}


def test_a_backup_is_replaced_by_the_next_of_its_name(backup):
    first = backup.read_bytes()
    make_request()
    assert back_up(backup) == backup
    assert backup.read_bytes() != first and check(backup)


def test_a_folder_that_is_not_there_is_named(installation, tmp_path):
    with pytest.raises(CommandError) as stopped:
        run("backup", tmp_path / "away" / "clinic.backup")
    assert str(stopped.value) == (
        f"The folder {tmp_path / 'away'} is not there: make it, or name another. No backup was made."
    )


def test_a_full_disk_is_said_and_the_backup_of_before_is_kept(backup, files_stay_small):
    before = backup.read_bytes()
    with files_stay_small, pytest.raises(CommandError) as stopped:
        run("backup", backup)
    assert str(stopped.value).startswith(f"No backup was made at {backup}: ")
    assert backup.read_bytes() == before
    assert [file.name for file in backup.parent.iterdir()] == ["clinic.backup"]


@pytest.fixture
def files_stay_small():
    """Within it, no file grows beyond what a small disk has room for."""

    @contextmanager
    def limit():
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    return limit()


def test_two_backups_are_not_made_at_once(installation, backups):
    with one_at_a_time(), pytest.raises(CommandError) as stopped:
        run("backup", backups)
    assert str(stopped.value) == "Another backup is being made: wait until it has ended."


def test_an_erasure_made_after_the_backup_is_made_again(installation, backups, move_to_empty_place):
    erased, kept = make_typed_request(), make_typed_request()
    path = back_up(backups)
    redact(erased)
    move_to_empty_place()
    assert restore(path).erased == 1
    erased.refresh_from_db()
    kept.refresh_from_db()
    assert (erased.name, erased.concern, erased.redacted_at is not None) == ("", "", True)
    assert kept.name == TYPED[0]


def test_a_request_that_came_after_an_erasure_of_its_number_is_kept(installation, backups, move_to_empty_place):
    request = make_typed_request()
    path = back_up(backups)
    at = (request.received_at - timedelta(days=1)).isoformat()
    (backups / "erasures.jsonl").write_text(f'{{"kind": "consultation request", "id": {request.pk}, "at": "{at}"}}\n')
    move_to_empty_place()
    assert restore(path).erased == 0
    assert ConsultationRequest.objects.get(pk=request.pk).name == TYPED[0]


def test_a_line_that_was_cut_spoils_no_erasure(installation, backups, move_to_empty_place):
    erased = make_typed_request()
    path = back_up(backups)
    (backups / "erasures.jsonl").write_text('{"kind": "consultation req')
    redact(erased)
    move_to_empty_place()
    assert restore(path).erased == 1


def test_earlier_erasures_are_written_beside_the_next_backup(installation, backups, move_to_empty_place):
    request = make_typed_request()
    older = back_up(backups / "older.backup")
    (installation / "backups_made").unlink()  # so that nobody knows where that is
    redact(request)
    assert not (backups / "erasures.jsonl").exists()
    back_up(backups / "newer.backup")
    move_to_empty_place()
    assert restore(older).erased == 1


def test_an_erasure_that_a_backup_holds_is_not_made_again(installation, backups, move_to_empty_place):
    request = make_typed_request()
    back_up(backups / "older.backup")
    redact(request)
    newer = back_up(backups / "newer.backup")
    move_to_empty_place()
    assert restore(newer).erased == 0
    assert ConsultationRequest.objects.get(pk=request.pk).name == ""


def test_where_backups_are_away_an_erasure_is_done_all_the_same(backup):
    request = make_typed_request()
    backup.unlink()
    backup.parent.rmdir()
    redact(request)
    assert ConsultationRequest.objects.get(pk=request.pk).name == ""


def test_keys_that_are_lost_for_good_leave_all_else(empty_place, settings):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError):
        run("restore", empty_place)
    assert run("restore", empty_place, "--keys-are-lost").startswith("The backup of ")


def test_words_that_cannot_be_read_after_a_restore_are_named(installation, backups, move_to_empty_place, settings):
    make_typed_request()
    erased = make_typed_request()
    path = back_up(backups)
    redact(erased)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    settings.SECRET_KEY = "another one"
    move_to_empty_place()
    with pytest.raises(CommandError) as stopped:
        run("restore", path, "--keys-are-lost")
    unread, closed = str(stopped.value).splitlines()
    assert (
        unread.startswith("FIELD_KEYS do not read what is encrypted in ")
        and "consultation request (in the patient's own words)" in unread
    )
    assert unread.endswith(": it is empty here, and still in the backup, should the key turn up.")
    assert ConsultationRequest.objects.get(pk=erased.pk).name == ""
    assert closed.startswith("SECRET_KEY is not the one that private links were made with: put that one into")


def test_a_site_whose_field_keys_are_lost_starts_and_shows_the_rest(
    installation, backups, move_to_empty_place, settings
):
    request = make_typed_request()
    path = back_up(backups)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    move_to_empty_place()
    with pytest.raises(CommandError):
        run("restore", path, "--keys-are-lost")
    stop_unless_safe_to_start()
    kept = ConsultationRequest.objects.get(pk=request.pk)
    assert (kept.name, kept.concern, kept.safety, kept.needs) == (TYPED[0], "", {}, [])


def test_words_of_a_key_that_is_still_there_are_left_as_they_are(installation, backups, move_to_empty_place, settings):
    old = settings.FIELD_KEYS
    first = make_typed_request()
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *old]
    second = make_typed_request()
    path = back_up(backups)
    settings.FIELD_KEYS = old
    move_to_empty_place()
    with pytest.raises(CommandError):
        run("restore", path, "--keys-are-lost")
    words = [ConsultationRequest.objects.get(pk=one.pk).concern for one in (first, second)]
    assert words == [first.concern, ""]


def test_a_backup_is_no_older_than_the_moment_it_says(backup):
    assert check(backup)["made_at"] <= timezone.now().isoformat()
