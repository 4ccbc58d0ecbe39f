"""`manage.py doctor` on installations that are broken in one way each: what it says, and what it exits with."""

import re
import shutil
from collections import namedtuple
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from booking.models import OutboxMail, overlap_guard
from booking.models.outbox import Trouble
from clinic_site.audit import guard
from clinic_site.audit.sealing import head_file, seal_entries
from clinic_site.audit.verifying import verify_and_note
from clinic_site.keeping.made import name_at
from clinic_site.models import AuditEntry, Clinic, FieldKeyCheck, NightJob, Notice, OperatorMessage, Problem, WorkerBeat
from tests.factories import make_request
from treatments.models import Version

Disk = namedtuple("Disk", ["total", "used", "free"])


@pytest.fixture
def well(db, settings, tmp_path):
    """A deployment of which nothing is wrong; each test breaks one thing."""
    settings.DEMO, settings.SITE_URL, settings.SECURE_HSTS_SECONDS = False, "https://www.clinic.example", 31536000
    settings.DATA_DIR, settings.BACKUP_TO = tmp_path, tmp_path / "backups"
    settings.BACKUP_TO.mkdir()
    (settings.BACKUP_TO / name_at(timezone.now())).touch()
    WorkerBeat.beat()
    FieldKeyCheck.keys_fit()
    clinic = Clinic.profile()
    clinic.is_sample = False
    clinic.save()
    Version.objects.update(signed_at=timezone.now())
    Notice.objects.undecided().update(not_needed=True)


def doctor():
    """The lines that it says, and its exit code."""
    said, code = StringIO(), 0
    try:
        call_command("doctor", stdout=said)
    except SystemExit as stopped:
        code = stopped.code
    return said.getvalue().splitlines(), code


def test_a_site_that_is_well(well):
    assert doctor() == (["All is well."], 0)


def test_a_database_that_is_away_is_said_alone_and_its_address_is_not(well):
    def refuse(*call):
        raise OperationalError("could not connect to secret-host")

    with connection.execute_wrapper(refuse):
        assert doctor() == (
            ["stop     The database does not answer (OperationalError): start it, or mend DATABASE_URL."],
            1,
        )


def test_a_database_that_is_older_than_the_program(well):
    MigrationRecorder.Migration.objects.filter(app="booking").delete()
    assert doctor() == (["stop     The database is older than the program: run manage.py migrate."], 1)


def test_keys_of_another_database(well, settings):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    words = "FIELD_KEYS are not the keys that this database was encrypted with: put the right ones back."
    assert doctor() == ([f"stop     {words}"], 1)


def test_a_secret_key_that_made_no_link(well, settings):
    make_request()
    assert doctor() == (["All is well."], 0)
    settings.SECRET_KEY = "another one"
    words = "SECRET_KEY is not the one that private links were made with: put that one into SECRET_KEY_FALLBACKS."
    [said], code = doctor()
    assert (said.startswith(f"stop     {words} If it is lost, run manage.py renew_links"), code) == (True, 1)


def test_a_worker_that_fell_silent(well):
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=4))
    words = "The worker has said nothing for three minutes: mail waits until it runs. Start manage.py run_worker."
    assert doctor() == ([f"stop     {words}"], 1)


def test_a_worker_whose_clock_is_ahead(well):
    WorkerBeat.objects.update(at=timezone.now() + timedelta(minutes=1))
    assert doctor() == (["All is well."], 0)
    WorkerBeat.objects.update(at=timezone.now() + timedelta(days=2))
    words = "The worker's clock is ahead of this machine's: have both set by a time server."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_a_disk_of_which_less_than_a_tenth_is_free(well, settings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk(100, 90, 10))
    assert doctor() == (["All is well."], 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk(100, 91, 9))
    words = f"Less than a tenth of the disk of {settings.DATA_DIR} and {settings.BACKUP_TO} is free: make room."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_a_backup_that_is_older_than_a_day(well, settings):
    [backup] = settings.BACKUP_TO.iterdir()
    backup.rename(backup.with_name(name_at(timezone.now() - timedelta(hours=23))))
    assert doctor() == (["All is well."], 0)
    [backup] = settings.BACKUP_TO.iterdir()
    backup.rename(backup.with_name(name_at(timezone.now() - timedelta(hours=25))))
    assert doctor() == (["trouble  No good backup was made in the last 24 hours: run manage.py backup."], 1)


def test_a_deployment_that_is_never_backed_up(well, settings):
    settings.BACKUP_TO = None
    words = "No good backup was made in the last 24 hours: set BACKUP_TO, or run manage.py backup each day."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_a_demonstration_need_not_be_backed_up(well, settings):
    settings.BACKUP_TO, settings.DEMO = None, True
    assert doctor() == (["All is well."], 0)


def test_a_folder_for_backups_that_is_not_mounted(well, settings):
    settings.BACKUP_TO = settings.BACKUP_TO / "away"
    words = f"The folder for backups, {settings.BACKUP_TO}, is not there: mount or make it, or mend BACKUP_TO."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_mail_that_nobody_tried_to_send(well):
    make_request()
    OutboxMail.objects.update(due_at=timezone.now() - timedelta(minutes=9))
    assert doctor() == (["All is well."], 0)
    OutboxMail.objects.update(due_at=timezone.now() - timedelta(minutes=11))
    words = "Mail has waited for more than ten minutes without one try: is the worker running?"
    assert doctor() == ([f"trouble  {words}"], 1)


def test_mail_that_fails(well):
    make_request()
    OutboxMail.objects.update(attempts=1, trouble=Trouble.NOT_REACHED)
    words = (
        "2 mails fail and are tried again: see that the server of EMAIL_URL takes mail. Mail in admin says why of each."
    )
    assert doctor() == ([f"trouble  {words}"], 1)


def test_mail_that_was_given_up(well):
    make_request()
    OutboxMail.objects.filter(kind="received").update(given_up_at=timezone.now(), trouble=Trouble.NOT_REACHED)
    words = "1 mail was given up: tell those patients by telephone, or send it again. Mail in admin says why of each."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_a_guard_of_times_that_was_lost(well):
    overlap_guard.remove("default")
    words = "The database does not guard against overlapping times: run manage.py migrate, which makes the guard anew."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_work_of_the_night_that_failed(well):
    NightJob.note_failure("backup", "BackupError")
    [line], code = doctor()
    assert code == 1
    assert re.fullmatch(
        r"trouble  Nightly work failed and is tried again each hour: backup \(BackupError, .+\)\. "
        r"The worker's log says more\.",
        line,
    )
    NightJob.note("backup")
    assert doctor() == (["All is well."], 0)


def test_word_of_trouble_that_does_not_arrive(well, settings):
    settings.ALERT_URL = "https://alerts.example"
    problem = Problem.objects.create(name="disk", level="trouble", words="It is full.", seen=3, is_told=True)
    OperatorMessage.owe(problem, is_end=False)
    OperatorMessage.objects.update(attempts=2)
    assert doctor() == (["All is well."], 0)
    OperatorMessage.objects.filter(way="address").update(attempts=3)
    words = "Word of trouble does not reach ALERT_URL: see that it is right, and that what it leads to works."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_copy_whose_review_is_overdue_is_advice(well):
    live = Version.objects.live_at(timezone.now()).first()
    Version.objects.filter(pk=live.pk).update(review_due=timezone.localdate())
    assert doctor() == (["All is well."], 0)
    Version.objects.filter(pk=live.pk).update(review_due=timezone.localdate() - timedelta(days=1))
    words = "1 page part is past its review: have a clinician read and sign them anew in admin, under Copy."
    assert doctor() == ([f"advice   {words}"], 0)


def test_the_sample_clinic_is_advice(well):
    clinic = Clinic.profile()
    clinic.is_sample = True
    clinic.save()
    words = (
        "The clinic is still 'Sample Dermatology', (586) 555-0142, 100 Sample Road: enter its own details in admin, "
        "under Clinic profile, and untick 'these are sample values'."
    )
    assert doctor() == ([f"advice   {words}"], 0)


def test_copy_that_nobody_signed_is_advice(well):
    Version.objects.filter(pk=Version.objects.live_at(timezone.now()).first().pk).update(signed_at=None)
    words = "1 page part is live and unsigned: have a clinician sign them in admin, under Copy."
    assert doctor() == ([f"advice   {words}"], 0)


def test_a_privacy_notice_that_is_hidden_is_advice(well):
    Notice.objects.filter(slug="privacy").delete()
    words = "No privacy notice is shown, and the form links to it: write and show the notice 'privacy' in admin."
    assert doctor() == ([f"advice   {words}"], 0)


def test_notices_that_nobody_decided_on_are_advice_until_each_is_shown_or_known_to_be_needless(well):
    Notice.objects.filter(slug="good-faith-estimate").update(not_needed=False)
    then = "Complete and show each in admin, under Notices, or tick 'not needed' there."
    assert doctor() == ([f"advice   Nobody has decided on this notice: Good-faith estimate. {then}"], 0)
    Notice.objects.filter(slug="language-help").update(not_needed=False)
    both = "Nobody has decided on these notices: Good-faith estimate; Language help and nondiscrimination."
    assert doctor() == ([f"advice   {both} {then}"], 0)
    notices = Notice.objects.filter(slug__in=["good-faith-estimate", "privacy", "privacy-practices"]).order_by("slug")
    assert [str(notice.decision) for notice in notices] == ["to decide", "shown", "not needed"]
    Notice.objects.undecided().update(shown=True)
    assert doctor() == (["All is well."], 0)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        (
            "SITE_URL",
            "http://127.0.0.1:8000",
            "SITE_URL is not https, so what patients write can be read on the way: put it behind TLS.",
        ),
        (
            "SECURE_HSTS_SECONDS",
            3600,
            "HSTS_SECONDS is under half a year, too short to keep browsers on https: leave it out, and it is a year.",
        ),
    ],
)
def test_connections_that_are_not_safe_are_advice(well, settings, setting, value, words):
    setattr(settings, setting, value)
    assert doctor() == ([f"advice   {words}"], 0)


def test_the_worst_is_said_first(well, settings):
    settings.BACKUP_TO = None
    WorkerBeat.objects.all().delete()
    Notice.objects.filter(slug="privacy").delete()
    said, code = doctor()
    assert ([line.split()[0] for line in said], code) == (["stop", "trouble", "advice"], 1)


def test_an_audit_that_lost_its_guard(well):
    guard.remove("default")
    words = "The database does not guard the audit against changes: run manage.py migrate, then verify_audit."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_an_audit_of_another_key(well, settings):
    AuditEntry.write(AuditEntry.Action.LOOKED)
    settings.AUDIT_KEYS = ["another key that is long enough for an audit"]
    words = "AUDIT_KEY is not the one that the audit was written with: put that one back, behind the new one."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_an_audit_that_nobody_seals(well):
    AuditEntry.write(AuditEntry.Action.LOOKED, at=timezone.now() - timedelta(minutes=11))
    words = "Entries of the audit wait for their seal: the worker has to run (manage.py run_worker)."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_an_audit_whose_end_was_cut_off(well):
    AuditEntry.write(AuditEntry.Action.LOOKED)
    seal_entries()
    head_file().write_text("7 a head that the log knows")
    words = "The end of the audit was cut off: run manage.py verify_audit, and keep the database as it is."
    assert doctor() == ([f"trouble  {words}"], 1)


def test_an_audit_in_which_the_night_found_something(well):
    AuditEntry.objects.bulk_create([AuditEntry(action="looked", mac="forged", nonce="x")])
    verify_and_note()
    seal_entries()
    said, code = doctor()
    assert "trouble  The audit is not whole: run manage.py verify_audit, and keep the database as it is." in said
    assert code == 1
