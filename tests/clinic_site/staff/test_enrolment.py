import re
import time
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic_site.models import StaffMember, StaffSession
from clinic_site.staff.enrolment import enrolment_link
from clinic_site.staff.roles import add_staff_member
from clinic_site.staff.second_factor import code_at, has_second_factor, set_authenticator, set_recovery_codes
from clinic_site.staff.session_store import SessionStore
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

PASSWORD = "four words put together"


def link_for(member):
    return enrolment_link(member).removeprefix(settings.SITE_URL)


def choose(client, link, password=PASSWORD, again=None):
    """Open the link as a new member of staff does, and send a password."""
    page = client.get(link, follow=True)
    return client.post(
        page.request["PATH_INFO"], {"new_password1": password, "new_password2": password if again is None else again}
    )


def key_on(page):
    """The authenticator's secret, as it stands on the page to be typed."""
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")


def code_now(secret):
    return code_at(secret, int(time.time()) // 30)


def add_staff(*arguments):
    said = StringIO()
    call_command("add_staff", *arguments, stdout=said)
    return said.getvalue().strip()


def test_a_new_member_comes_in_in_one_go(client):
    member = add_staff_member("dana", "frontdesk")
    answer = choose(client, link_for(member))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/enrol/authenticator/")
    page = client.get(answer["Location"])
    secret = key_on(page)
    assert client.get("/admin/").status_code == 302, "a password alone opened the door"
    answer = client.post("/admin/enrol/authenticator/", {"code": code_now(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/enrol/codes/")
    codes = re.findall(r"<li><code>(\d{8})</code></li>", client.get(answer["Location"]).text)
    assert len(set(codes)) == 10
    assert client.get("/admin/").status_code == 302, "the codes were not confirmed yet"
    answer = client.post("/admin/enrol/codes/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert "user-tools" in client.get("/admin/").text


def test_a_wrong_first_code_sets_nothing_up_and_the_key_stays(client):
    member = add_staff_member("dana", "frontdesk")
    choose(client, link_for(member))
    secret = key_on(client.get("/admin/enrol/authenticator/"))
    refused = client.post("/admin/enrol/authenticator/", {"code": "12"})
    assert (refused.status_code, has_second_factor(member)) == (200, False)
    assert "The app shows another code." in refused.text and key_on(refused) == secret


def test_whoever_has_a_password_and_no_factor_sets_one_up_before_they_are_in(client):
    make_staff("frontdesk", username="dana")
    answer = client.post("/admin/sign-in/", {"login": "dana", "password": "a long password"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/enrol/authenticator/")
    assert client.get("/admin/").status_code == 302


def test_a_way_in_that_was_begun_without_a_factor_ends_once_there_is_one(client):
    member = make_staff("frontdesk", username="dana")
    client.post("/admin/sign-in/", {"login": "dana", "password": "a long password"})
    set_authenticator(member, generate_totp_secret())
    set_recovery_codes(member)
    for address in ("/admin/enrol/codes/", "/admin/enrol/authenticator/"):
        page = client.get(address, follow=True)
        assert "Staff sign-in" in page.text and "<code>" not in page.text


def test_the_secret_waits_in_no_session_in_clear(client):
    choose(client, link_for(add_staff_member("dana", "frontdesk")))
    secret = key_on(client.get("/admin/enrol/authenticator/"))
    [row] = StaffSession.objects.all()
    assert secret not in str(SessionStore().decode(row.session_data))


def test_a_newer_link_ends_the_one_before(client):
    member = add_staff_member("dana", "frontdesk")
    older, newer = link_for(member), link_for(member)
    assert "a newer one was made" in client.get(older, follow=True).text
    assert "Choose your password" in client.get(newer, follow=True).text


def test_a_link_opens_no_account_that_was_deactivated(client):
    member = add_staff_member("dana", "frontdesk")
    link = link_for(member)
    StaffMember.objects.update(is_active=False)
    assert "This link has ended" in client.get(link, follow=True).text


def test_a_link_for_somebody_with_a_factor_asks_for_it(client):
    member = make_staff("frontdesk")
    set_authenticator(member, generate_totp_secret())
    assert choose(client, link_for(member))["Location"] == "/admin/sign-in/second-step/"


def test_the_page_takes_the_link_out_of_the_address(client):
    member = add_staff_member("dana", "frontdesk")
    page = client.get(link_for(member), follow=True)
    assert page.request["PATH_INFO"].endswith("/set-password/")
    assert "Choose your password" in page.text and "no-store" in page["Cache-Control"]


def test_a_link_works_once(client):
    member = add_staff_member("dana", "frontdesk")
    link = link_for(member)
    choose(client, link)
    page = client.get(link, follow=True)
    assert "This link was used already" in page.text and "new_password1" not in page.text
    choose(client, link, password="another good password")
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_a_link_dies_after_three_days(client, time_machine):
    member = add_staff_member("dana", "frontdesk")
    time_machine.move_to(timezone.now())
    link = link_for(member)
    time_machine.shift(3 * 24 * 3600 + 1)
    page = client.get(link, follow=True)
    assert "is older than three days" in page.text
    choose(client, link)
    member.refresh_from_db()
    assert not member.has_usable_password()


def test_a_link_lives_for_three_days(client, time_machine):
    member = add_staff_member("dana", "frontdesk")
    time_machine.move_to(timezone.now())
    link = link_for(member)
    time_machine.shift(3 * 24 * 3600 - 60)
    assert choose(client, link).status_code == 302


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("only eleven", "This password is too short. It must contain at least 12 characters."),
        ("123456789abc", "This password is too common."),
        ("dana-frontdesk", "The password is too similar to the username."),
    ],
)
def test_a_weak_password_is_refused_and_the_link_lives_on(client, password, complaint):
    member = add_staff_member("dana-frontdesk", "frontdesk")
    link = link_for(member)
    refused = choose(client, link, password)
    member.refresh_from_db()
    assert (refused.status_code, member.has_usable_password()) == (200, False)
    assert refused.context["form"].errors == {"new_password2": [complaint]}
    assert complaint in refused.text
    assert choose(client, link).status_code == 302


def test_two_different_passwords_are_refused(client):
    member = add_staff_member("dana", "frontdesk")
    refused = choose(client, link_for(member), again=PASSWORD + "!")
    member.refresh_from_db()
    assert (refused.status_code, member.has_usable_password()) == (200, False)


def test_the_link_of_one_member_opens_no_other_account(client):
    dana, manager = add_staff_member("dana", "frontdesk"), make_staff("manager")
    mine, theirs = link_for(dana).split("/"), link_for(manager).split("/")
    mine[3] = theirs[3]  # their number with my token
    page = client.get("/".join(mine), follow=True)
    assert "new_password1" not in page.text


def test_add_staff_prints_a_link_that_works(client):
    said = add_staff("dana", "--role", "marketing")
    assert re.fullmatch(rf"{re.escape(settings.SITE_URL)}/admin/enrol/\w+/\w+-\w+/", said)
    choose(client, said.removeprefix(settings.SITE_URL))
    member = StaffMember.objects.get(username="dana")
    assert (member.check_password(PASSWORD), [group.name for group in member.groups.all()]) == (True, ["Marketing"])


def test_add_staff_takes_an_email(client):
    add_staff("dana", "--role", "marketing", "--email", "dana@clinic.example")
    assert StaffMember.objects.get(username="dana").email == "dana@clinic.example"


def test_add_staff_run_again_gives_a_fresh_link_to_the_same_account():
    links = add_staff("dana", "--role", "marketing"), add_staff("dana", "--role", "marketing")
    assert StaffMember.objects.filter(username="dana").count() == 1
    assert all(link.startswith(settings.SITE_URL) for link in links)


@pytest.mark.parametrize(("password", "role"), [(PASSWORD, "marketing"), (None, "manager")])
def test_add_staff_gives_no_link_to_an_account_in_use_or_in_another_role(password, role):
    member = add_staff_member("dana", "marketing", password)
    with pytest.raises(CommandError, match="There is already a 'dana'"):
        add_staff("dana", "--role", role)
    assert [group.name for group in member.groups.all()] == ["Marketing"]


@pytest.mark.parametrize(
    ("name", "email", "wrong"), [("", "", "username"), ("da\x01na", "", "username"), ("dana", "dana", "email")]
)
def test_add_staff_refuses_what_can_be_no_name_or_no_email(name, email, wrong):
    with pytest.raises(CommandError, match=f"The {wrong}: "):
        add_staff(name, "--role", "marketing", "--email", email)
    assert not StaffMember.objects.filter(username=name).exists()


def test_add_staff_knows_no_other_role():
    with pytest.raises(CommandError, match="invalid choice: 'owner'"):
        add_staff("dana", "--role", "owner")
    assert not StaffMember.objects.filter(username="dana").exists()
