"""`rotate_keys`: all that is encrypted comes under the first key, in small steps that can be stopped."""

import json

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from booking.models import ConsultationRequest, Event
from clinic_site.keeping import rotating
from clinic_site.keeping.rotating import left_under_old_keys, rotate_keys
from clinic_site.models import FieldKeyCheck
from clinic_site.security.encryption import cipher
from clinic_site.staff.second_factor import set_authenticator, set_recovery_codes, unused_code, use_code
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

CODES = [f"{number:08}" for number in range(10)]
NOTHING_LEFT = "Nothing is under an older key"


def new_key():
    return Fernet.generate_key().decode()


@pytest.fixture
def kept(settings):
    """Rows of each kind under one key, which is now the second: (three requests, a member of staff)."""
    FieldKeyCheck.objects.all().delete()
    assert FieldKeyCheck.keys_fit()
    asked = [make_request(email=f"{n}@patient.example", concern=f"Scars {n}.", safety={"a": "yes"}) for n in range(3)]
    asked[0].record(Event.Kind.NOTE, Event.Actor.STAFF, note="Call later.")
    member = make_staff("frontdesk")
    set_authenticator(member, "A" * 32)
    set_recovery_codes(member, list(CODES))
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    return asked, member


def test_afterwards_the_first_key_alone_reads_everything(kept, settings):
    asked, member = kept
    _changed, damaged = rotate_keys()
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    read = ConsultationRequest.objects.get(pk=asked[0].pk)
    assert (damaged, read.concern, read.safety, read.damaged) == ([], "Scars 0.", {"a": "yes"}, [])
    assert "Call later." in [line.note for line in read.timeline.all()]
    assert FieldKeyCheck.keys_fit()
    assert use_code(member, unused_code(member)) and use_code(member, CODES[3])
    assert left_under_old_keys() == 0


def test_a_second_run_changes_nothing(kept):
    rotate_keys()
    changed, damaged = rotate_keys()
    assert (changed.total(), damaged) == (0, [])


def test_words_that_were_not_bound_are_bound_under_the_same_key(settings):
    asked = make_request()
    with connection.cursor() as cursor:
        token = cipher().encrypt(json.dumps("Before.").encode()).decode()
        cursor.execute("UPDATE booking_consultationrequest SET concern = %s", [token])
    assert left_under_old_keys() == 1
    changed, _damaged = rotate_keys()
    assert changed["consultation request"] == 1
    read = ConsultationRequest.objects.get(pk=asked.pk)
    assert read.concern == "Before."
    assert ConsultationRequest._meta.get_field("concern").is_up_to_date(
        ConsultationRequest.objects.get(pk=asked.pk).__dict__["concern"]
    )


def test_a_run_that_was_stopped_is_gone_on_with(kept, monkeypatch):
    monkeypatch.setattr(rotating, "ROWS_AT_ONCE", 1)

    def stop(kind, number):
        if (kind, number) == ("consultation request", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_keys(stop)
    changed, damaged = rotate_keys()
    assert (changed["consultation request"], damaged, left_under_old_keys()) == (1, [], 0)


def test_the_command_says_when_nothing_is_under_an_older_key(kept, capsys):
    call_command("rotate_keys")
    said = capsys.readouterr().out
    assert "consultation request: 3 rewritten" in said and NOTHING_LEFT in said


def test_the_command_names_what_cannot_be_read_and_leaves_it(kept, capsys):
    asked, _member = kept
    with connection.cursor() as cursor:
        cursor.execute("UPDATE booking_consultationrequest SET concern = 'gAAAAAB' WHERE id = %s", [asked[1].pk])
    with pytest.raises(SystemExit) as stopped:
        call_command("rotate_keys")
    said = capsys.readouterr().out
    assert stopped.value.code == 1 and "Nothing else is under an older key" in said
    assert f"cannot be read with any key: consultation request {asked[1].pk} (in the patient's own words)" in said
    assert ConsultationRequest.objects.get(pk=asked[1].pk).__dict__["concern"] == "gAAAAAB"
