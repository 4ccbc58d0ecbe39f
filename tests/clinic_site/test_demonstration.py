import json

import pytest

from clinic_site.demonstration import add_demonstration_staff, staff_file
from clinic_site.models import StaffMember
from clinic_site.roles import Role

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


def test_a_lost_file_is_written_anew_and_its_passwords_hold(settings, tmp_path, client, db):
    settings.DATA_DIR = tmp_path
    add_demonstration_staff()
    (tmp_path / "staff.json").unlink()
    add_demonstration_staff()
    sign_ins = json.loads((tmp_path / "staff.json").read_text())
    assert all(client.login(username=role, password=sign_in["password"]) for role, sign_in in sign_ins.items())
