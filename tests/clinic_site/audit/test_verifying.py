"""The audit holds what was done to it against it: changed, removed, inserted, copied, cut off."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic_site.audit import guard
from clinic_site.audit.retention import purge_audit
from clinic_site.audit.sealing import head_file, head_now, seal_entries
from clinic_site.audit.stretches import in_stretches, numbers_in
from clinic_site.audit.verifying import verify, verify_and_note
from clinic_site.models import AuditEntry, AuditPurge, AuditSeal
from clinic_site.models.audit import mac_of

pytestmark = pytest.mark.django_db
LOOKED = AuditEntry.Action.LOOKED


@pytest.fixture
def unguarded():
    """Somebody who may do all with the database, and has not the key."""
    guard.remove("default")


def write(number=3, seal=True):
    entries = [AuditEntry.write(LOOKED, page="a page", about=[7, 8], details={"of": 7}) for _n in range(number)]
    if seal:
        seal_entries()
    return [entry.pk for entry in entries]


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_audit_is_whole_and_its_newest_entries_are_counted_apart():
    write(3), write(2), write(1, seal=False)
    verified = verify()
    assert (verified.troubles, verified.entries, verified.newer) == ([], 6, 1)
    assert verified.head == head_now() == head_file().read_text().strip()


def test_an_empty_audit_is_whole():
    assert verify().troubles == []


CHANGES = {
    "at": "'2020-01-01 00:00:00+00'",
    "staff_id": "99",
    "role": "'Manager'",
    "device": "'another'",
    "action": "'printed'",
    "page": "'another'",
    "about": "',9,'",
    "nonce": "'another'",
    "details": """'{"of": 9}'""",
}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("seal", [True, False], ids=["sealed", "newer"])
def test_an_entry_that_was_changed_is_named(unguarded, column, seal):
    _first, changed, _last = write(3, seal=seal)
    sql(f"UPDATE clinic_site_auditentry SET {column} = {CHANGES[column]} WHERE id = %s", changed)
    assert verify().troubles == [f"Entry {changed} was changed, or added by somebody without the key."]


def test_every_column_that_is_kept_is_vouched_for():
    apart = {"id", "mac", "seal"}  # the seal vouches for these
    assert {field.column for field in AuditEntry._meta.fields} - apart == set(CHANGES)


def test_an_entry_whose_mac_was_changed_is_named(unguarded):
    first, _second = write(2)
    sql("UPDATE clinic_site_auditentry SET mac = 'x' WHERE id = %s", first)
    assert any(f"Entry {first} was changed" in trouble for trouble in verify().troubles)


def test_entries_that_were_removed_are_named(unguarded):
    _first, second, third, _last = write(4)
    sql("DELETE FROM clinic_site_auditentry WHERE id IN (%s, %s)", second, third)
    [trouble] = verify().troubles
    assert f"Entry {second}-{third} was removed (seal 1" in trouble


def test_an_entry_that_was_inserted_under_a_seal_is_named(unguarded):
    write()
    added = AuditEntry.write(LOOKED, page="a page")
    sql("UPDATE clinic_site_auditentry SET seal = 1 WHERE id = %s", added.pk)
    assert verify().troubles == [f"Entry {added.pk} was inserted (seal 1)."]


def test_an_entry_without_the_key_is_named_before_it_is_sealed(settings):
    keys = settings.AUDIT_KEYS
    settings.AUDIT_KEYS = ["a key that somebody else made up, long enough"]
    [forged] = write(1, seal=False)
    settings.AUDIT_KEYS = keys
    assert verify().troubles == [f"Entry {forged} was changed, or added by somebody without the key."]


def test_a_copied_entry_is_named(unguarded):
    [first] = write(1)
    sql("DROP INDEX IF EXISTS an_audit_entry_is_written_once") if connection.vendor == "sqlite" else sql(
        "ALTER TABLE clinic_site_auditentry DROP CONSTRAINT an_audit_entry_is_written_once"
    )
    kept = AuditEntry.objects.get(pk=first)
    kept.pk, kept.seal = None, None
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except DatabaseError:
        return  # SQLite keeps the rule in its table, where nobody takes it out without making the table anew
    assert any(f"Entry {first} stands there more than once" in trouble for trouble in verify().troubles)


def test_an_end_that_was_cut_off_is_known_by_the_head_beside_the_database(unguarded):
    write(3), write(2), write(2)
    sql("DELETE FROM clinic_site_auditentry WHERE seal > 1")
    sql("DELETE FROM clinic_site_auditseal WHERE number > 1")
    assert verify().troubles == ["The end was cut off: seals 2-3 and their entries are gone."]


def test_an_end_that_was_cut_off_is_known_by_a_head_from_a_log(unguarded):
    write(3), write(2)
    known = head_now()
    head_file().unlink()
    sql("DELETE FROM clinic_site_auditentry WHERE seal = 2")
    sql("DELETE FROM clinic_site_auditseal WHERE number = 2")
    assert verify().troubles == []
    assert verify(known).troubles == ["The end was cut off: seals 2 and their entries are gone."]


def test_the_entries_of_the_last_seal_cannot_go_alone(unguarded):
    write(3)
    last = write(2)
    sql("DELETE FROM clinic_site_auditentry WHERE seal = 2")
    [trouble] = verify().troubles
    assert trouble.startswith(f"Entry {last[0]}-{last[1]} was removed (seal 2")


def test_a_removed_seal_is_named(unguarded):
    write(1), write(1), write(1)
    sql("DELETE FROM clinic_site_auditseal WHERE number = 2")
    troubles = verify().troubles
    assert "Seal 2 was removed." in troubles and any("bear seal 2, which is not there" in words for words in troubles)


def test_a_changed_seal_is_named(unguarded):
    write(1), write(1)
    sql("UPDATE clinic_site_auditseal SET digest = 'x' WHERE number = 1")
    assert "Seal 1 was changed, or is not made with this AUDIT_KEY." in verify().troubles


def test_an_entry_that_was_committed_late_goes_into_the_next_seal():
    [late] = write(1, seal=False)
    waiting = AuditEntry.objects.get(pk=late)
    guard.remove("default")
    waiting.delete()
    guard.install("default")
    write(2)  # two with higher numbers are sealed first
    waiting.pk = late
    AuditEntry.objects.bulk_create([waiting])
    seal_entries()
    assert verify().troubles == [] and AuditSeal.objects.get(number=2).entries == str(late)


def test_sealing_twice_makes_one_seal():
    write(2)
    assert (seal_entries(), AuditSeal.objects.count()) == (0, 1)


def test_another_key_in_front_of_the_old_one_verifies_all(settings):
    write(2)
    settings.AUDIT_KEYS = ["a newer key that is long enough for anybody", *settings.AUDIT_KEYS]
    write(2)
    assert verify().troubles == []


FORBIDDEN = [
    "UPDATE clinic_site_auditentry SET action = 'printed'",
    "UPDATE clinic_site_auditentry SET seal = 9",
    "UPDATE clinic_site_auditentry SET seal = NULL",
    "DELETE FROM clinic_site_auditentry",
    "UPDATE clinic_site_auditseal SET digest = 'x'",
    "DELETE FROM clinic_site_auditseal",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_itself_refuses_to_change_what_is_written(statement):
    write()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        sql(statement)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["clinic_site_auditentry", "clinic_site_auditseal"])
def test_postgresql_refuses_to_empty_a_table_of_the_audit_in_one_stroke(table):
    sql(f"TRUNCATE {table}")  # nothing is there, so nothing is lost
    write()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        sql(f"TRUNCATE {table}")


def test_a_newer_entry_cannot_be_removed_either():
    [newer] = write(1, seal=False)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        sql("DELETE FROM clinic_site_auditentry WHERE id = %s", newer)


def test_the_guard_is_put_back_where_it_is_missing(unguarded):
    assert not guard.is_installed("default")
    guard.install_after_migrations(None, "default")
    assert guard.is_installed("default")


def test_old_entries_go_by_whole_seals_and_what_is_left_is_whole(settings):
    long_ago = timezone.now() - timedelta(days=400)
    write(3), write(2), write(4)
    guard.remove("default")
    AuditSeal.objects.filter(number__lte=2).update(at=long_ago)
    guard.install("default")
    _reseal(settings)
    assert purge_audit(timedelta(days=365)) == 5
    verified = verify()
    assert (verified.troubles, verified.entries) == ([], 4)
    assert purge_audit(timedelta(days=365)) == 0


def _reseal(settings):
    """Sign the seals again after their time was set back."""
    head = ""
    guard.remove("default")
    for seal in AuditSeal.objects.order_by("number"):
        seal.head = mac_of(settings.AUDIT_KEYS[0], *seal.signed_parts(head))
        seal.save()
        head = seal.head
    guard.install("default")
    head_file().write_text(head_now())


def test_the_newest_seal_stays_however_old_it_is():
    write(2)
    assert purge_audit(timedelta(days=-1)) == 0


def test_a_purge_that_somebody_made_up_is_named(unguarded):
    write(2), write(2)
    sql("DELETE FROM clinic_site_auditentry WHERE seal = 1")
    AuditPurge.objects.create(through=1, head=AuditSeal.objects.get(number=1).head, entries=2, mac="x")
    sql("DELETE FROM clinic_site_auditseal WHERE number = 1")
    troubles = verify().troubles
    assert "The purge through seal 1 was not made by this program." in troubles
    assert "Seal 1 was removed." in troubles


def test_the_command_ends_with_one_where_something_is_wrong(unguarded, capsys):
    first, _second = write(2)
    call_command("verify_audit")
    assert "The audit is whole: 2 entries, 0 of them newer than the last seal. Head: 1 " in capsys.readouterr().out
    sql("UPDATE clinic_site_auditentry SET role = 'x' WHERE id = %s", first)
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit")
    assert stopped.value.code == 1
    assert f"Entry {first} was changed" in capsys.readouterr().out


def test_what_a_check_found_is_kept_for_the_manager():
    write(2)
    check = verify_and_note()
    assert (check.entries, check.troubles) == (2, [])


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 3, 7, 9, 10]], ids=str)
def test_stretches_give_their_numbers_back(numbers):
    assert list(numbers_in(in_stretches(numbers))) == numbers


def test_details_are_signed_in_whatever_order_they_come():
    entry = AuditEntry.write(LOOKED, details={"b": 1, "a": "é"})
    again = AuditEntry.objects.get(pk=entry.pk)
    again.details = json.loads('{"a": "é", "b": 1}')
    assert again.is_ours
