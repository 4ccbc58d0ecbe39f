import json
import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from clinic_site.models import StaffMember
from clinic_site.staff.demonstration import add_demonstration_staff, staff_file
from clinic_site.staff.roles import Role
from clinic_site.staff.second_factor import code_at, unused_code, use_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def sign_ins():
    return json.loads(staff_file().read_text())


def test_one_account_a_role_is_made_with_the_password_in_the_file(client):
    add_demonstration_staff()
    assert sorted(sign_ins()) == ["clinician", "frontdesk", "manager", "marketing"]
    for name, sign_in in sign_ins().items():
        member = StaffMember.objects.get(username=name)
        assert [group.name for group in member.groups.all()] == [Role(name).label]
        assert client.login(username=name, password=sign_in["password"])


def test_the_file_is_for_its_owner_alone():
    add_demonstration_staff()
    assert oct(staff_file().stat().st_mode & 0o777) == "0o600"


def test_passwords_are_random():
    add_demonstration_staff()
    passwords = {sign_in["password"] for sign_in in sign_ins().values()}
    assert (len(passwords), min(map(len, passwords))) == (4, 20)


def test_a_second_run_changes_nothing():
    add_demonstration_staff()
    before = list(StaffMember.objects.values()), sign_ins()
    add_demonstration_staff()
    assert (list(StaffMember.objects.values()), sign_ins()) == before


def test_a_password_that_staff_changed_stays():
    add_demonstration_staff()
    member = StaffMember.objects.get(username="manager")
    member.set_password("four words put together")
    member.save()
    add_demonstration_staff()
    member.refresh_from_db()
    assert member.check_password("four words put together")


def test_an_account_that_is_missing_is_made_with_the_password_in_the_file(client):
    add_demonstration_staff()
    StaffMember.objects.get(username="manager").delete()
    add_demonstration_staff()
    assert client.login(username="manager", password=sign_ins()["manager"]["password"])


def test_each_account_has_the_authenticator_and_the_recovery_codes_of_the_file():
    add_demonstration_staff()
    for name, sign_in in sign_ins().items():
        member = StaffMember.objects.get(username=name)
        assert use_code(member, code_at(sign_in["totp"], int(time.time()) // 30)).type == "totp"
        assert len(sign_in["recovery_codes"]) == 10
        assert use_code(member, sign_in["recovery_codes"][9]).type == "recovery_codes"
        assert use_code(member, sign_in["recovery_codes"][9]) is None


def test_a_file_of_an_earlier_version_gains_the_second_factor_and_keeps_its_passwords(client):
    add_demonstration_staff()
    before = sign_ins()
    staff_file().write_text(json.dumps({name: {"password": each["password"]} for name, each in before.items()}))
    Authenticator.objects.all().delete()
    add_demonstration_staff()
    assert {name: each["password"] for name, each in sign_ins().items()} == {
        name: each["password"] for name, each in before.items()
    }
    assert client.login(username="manager", password=before["manager"]["password"])
    assert unused_code(StaffMember.objects.get(username="manager")) in codes_around(sign_ins()["manager"]["totp"])


def test_a_run_that_was_cut_off_after_the_file_is_made_good_by_the_next():
    add_demonstration_staff()
    Authenticator.objects.all().delete()
    add_demonstration_staff()
    member = StaffMember.objects.get(username="clinician")
    assert unused_code(member) in codes_around(sign_ins()["clinician"]["totp"])


def codes_around(secret):
    return [code_at(secret, int(time.time()) // 30 + step) for step in (-1, 0, 1)]


def printed_code(role):
    said = StringIO()
    call_command("sign_in_code", role, stdout=said, stderr=StringIO())
    return said.getvalue().strip()


def test_sign_in_code_prints_a_code_that_was_not_used_yet(time_machine):
    time_machine.move_to("2026-11-27T12:00:10Z", tick=False)
    add_demonstration_staff()
    member = StaffMember.objects.get(username="frontdesk")
    first = printed_code("frontdesk")
    assert printed_code("frontdesk") == first
    assert use_code(member, first)
    second = printed_code("frontdesk")
    assert second != first and use_code(member, second)
    assert use_code(member, second) is None and unused_code(member) is None
    time_machine.shift(30)
    assert use_code(member, printed_code("frontdesk"))


def test_sign_in_code_is_for_a_demonstration_alone(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="for trying the site out"):
        printed_code("frontdesk")


def test_sign_in_code_without_accounts_says_what_to_do():
    with pytest.raises(CommandError, match="run make run first"):
        printed_code("frontdesk")


def test_a_lost_file_is_written_anew_and_its_passwords_hold(settings, tmp_path, client, db):
    settings.DATA_DIR = tmp_path
    add_demonstration_staff()
    (tmp_path / "staff.json").unlink()
    add_demonstration_staff()
    sign_ins = json.loads((tmp_path / "staff.json").read_text())
    assert all(client.login(username=role, password=sign_in["password"]) for role, sign_in in sign_ins.items())
