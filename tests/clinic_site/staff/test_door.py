"""There is one door for staff, and nobody is through it with a password alone."""

import time
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth import SESSION_KEY
from django.db import connections
from django.test import Client
from django.urls import get_resolver

from clinic_site.models import StaffSession
from clinic_site.staff.second_factor import (
    code_at,
    has_second_factor,
    reset_second_factor,
    set_authenticator,
    set_recovery_codes,
    use_code,
)
from tests.clinic_site.test_numbers_from_outside import filled, routes
from tests.factories import make_staff
from tests.signing_in import sign_in
from treatments.models import Picture

pytestmark = pytest.mark.django_db

PASSWORD = "a long password"
SIGN_IN, SECOND_STEP = "/admin/sign-in/", "/admin/sign-in/second-step/"
# The door itself, and the link by which somebody comes to have a password.
OPEN = {"admin/sign-in/", "admin/sign-in/second-step/", "admin/login/"}


@pytest.fixture
def dana():
    """A member of the front desk with an authenticator app; its secret is `dana.secret`."""
    member = make_staff("frontdesk", username="dana", first_name="Dana")
    member.secret = generate_totp_secret()
    set_authenticator(member, member.secret)
    return member


def code_of(member, ahead=0):
    return code_at(member.secret, int(time.time()) // 30 + ahead)


def give_password(client, password=PASSWORD, name="dana", **fields):
    return client.post(SIGN_IN, {"login": name, "password": password} | fields)


def give_code(client, code):
    return client.post(SECOND_STEP, {"code": code})


def is_in(client):
    return client.get("/admin/").status_code == 200


def test_name_and_password_lead_to_the_second_step_and_its_code_to_the_page_that_was_asked_for(client, dana):
    answer = give_password(client, next="/admin/keys/")
    assert (answer.status_code, answer["Location"]) == (302, SECOND_STEP)
    page = client.get(SECOND_STEP)
    assert "Hello Dana. One more thing" in page.text and page.text.count("<h1") == 1
    assert not is_in(client)
    answer = give_code(client, code_of(dana))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/keys/")
    assert is_in(client)


def test_nobody_is_led_to_another_site(client, dana):
    give_password(client, next="https://elsewhere.example/")
    assert give_code(client, code_of(dana))["Location"] == "/admin/"


@pytest.mark.parametrize("typed", ["000000", "", "x", "12345"])
def test_a_wrong_code_lets_nobody_in(client, dana, typed):
    give_password(client)
    page = give_code(client, typed)
    assert (page.status_code, is_in(client)) == (200, False)


def test_a_code_is_good_once(client, dana):
    give_password(client)
    code = code_of(dana)
    give_code(client, code)
    other = Client()
    give_password(other)
    page = give_code(other, code)
    assert "was used already" in page.text and not is_in(other)


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_a_code_that_is_given_twice_at_once_is_good_once(committed, dana, kind):
    code = set_recovery_codes(dana)[0] if kind == "recovery_codes" else code_of(dana)
    start, found = Barrier(4), []

    def give():
        start.wait()
        found.append(use_code(dana, code))
        connections.close_all()

    together = [Thread(target=give) for _nth in range(4)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    assert [factor.type for factor in found if factor] == [kind]


def test_a_code_with_a_space_in_it_is_taken(client, dana):
    give_password(client)
    code = code_of(dana)
    give_code(client, f"{code[:3]} {code[3:]}")
    assert is_in(client)


@pytest.mark.parametrize(("ahead", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_code_is_good_for_a_step_before_and_after_its_own(client, dana, ahead, good, time_machine):
    time_machine.move_to("2026-11-27T12:00:10Z", tick=False)
    give_password(client)
    give_code(client, code_of(dana, ahead))
    assert is_in(client) is good


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "5",
        "9" * 5000,
        "[]",
        "{}",
        '{"id": 5}',
        '{"id": "x", "rawId": "x", "response": {}, "type": "public-key"}',
    ],
)
def test_what_is_no_passkey_lets_nobody_in(client, dana, credential):
    give_password(client)
    page = client.post(SECOND_STEP, {"credential": credential})
    assert (page.status_code, is_in(client)) == (200, False)
    assert "That passkey was not taken." in page.text or "This field is required." in page.text
    sign_in(client, dana)
    assert client.post("/admin/you/passkey/", {"credential": credential}).status_code == 200


def test_a_recovery_code_is_good_once(client, dana):
    code = set_recovery_codes(dana)[0]
    give_password(client)
    give_code(client, code)
    assert is_in(client)
    other = Client()
    give_password(other)
    give_code(other, code)
    assert not is_in(other)


@pytest.mark.parametrize("name", ["dana", "nobody-of-that-name"])
def test_a_known_and_an_unknown_name_are_refused_in_the_same_words(client, dana, name):
    page = give_password(client, "a wrong password", name)
    assert page.status_code == 200
    assert "That name and password do not go together." in page.text and name not in page.text.replace(
        f'value="{name}"', ""
    )


def test_somebody_who_was_deactivated_is_refused_in_the_same_words(client, dana):
    type(dana).objects.update(is_active=False)
    assert "That name and password do not go together." in give_password(client).text


def test_the_stock_door_leads_to_the_one_door(client, dana):
    answer = client.get("/admin/login/?next=/admin/keys/")
    assert (answer.status_code, answer["Location"]) == (302, f"{SIGN_IN}?next=%2Fadmin%2Fkeys%2F")
    answer = client.post("/admin/login/", {"username": "dana", "password": PASSWORD})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, SIGN_IN)
    assert not is_in(client)


def test_secrets_are_not_in_clear_in_the_database(dana):
    codes = set_recovery_codes(dana, ["12345678", "23456789"])
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert dana.secret not in kept and codes[0] not in kept
    set_recovery_codes(dana)
    seed = Authenticator.objects.get(user=dana, type="recovery_codes").data["seed"]
    assert seed.startswith("gAAAA")


def test_a_reset_takes_the_factor_and_ends_the_sessions(client, dana):
    give_password(client)
    give_code(client, code_of(dana))
    reset_second_factor(dana)
    assert (has_second_factor(dana), is_in(client), StaffSession.objects.filter(member=dana).count()) == (
        False,
        False,
        0,
    )
    assert give_password(client)["Location"] == "/admin/enrol/authenticator/"


def test_signing_up_has_no_address(client):
    names = {pattern.name for pattern in get_resolver().url_patterns if hasattr(pattern, "name")}
    for address in ("/admin/signup/", "/admin/sign-up/", "/accounts/signup/", "/admin/password/reset/"):
        assert client.get(address).status_code in (302, 404)
    assert "account_signup" not in names


@pytest.fixture
def password_only():
    """A session of a superuser that has given a password, and no second factor: as the library would let in."""
    client = Client()
    client.force_login(make_staff("manager", is_superuser=True))
    return client


STAFF_ROUTES = sorted(route for route in routes() if route.startswith("admin/") and "enrol/" not in route)
VALUES = {"pk": 1, "object_id": 1, "content_type_id": 1, "app_label": "booking", "url": "x", "action": "note"}


def addresses():
    """Every address of the staff's side but those of the door, from the configuration of addresses."""
    return [filled(route, VALUES | {"kind": "booked", "form": "csv"}) for route in STAFF_ROUTES if route not in OPEN]


def is_refused(answer):
    leads_to = answer.get("Location", "").partition("?")[0]
    return answer.status_code == 401 or (answer.status_code == 302 and leads_to in ("/admin/login/", SIGN_IN))


def test_each_address_of_the_admin_refuses_a_session_without_a_second_factor(password_only):
    assert {"/admin/jsi18n/", "/admin/password_change/", "/admin/booking/opentime/calendar/"} <= set(addresses())
    ways = [password_only.get, password_only.post]
    assert [(send.__name__, each) for each in addresses() for send in ways if not is_refused(send(each))] == []


def test_a_script_of_a_page_that_may_not_be_shown_is_told_so_in_a_word(password_only):
    by_script = {"sec-fetch-mode": "cors"}
    assert {password_only.get(each, headers=by_script).status_code for each in addresses()} == {401}


def test_a_picture_of_a_draft_is_shown_to_nobody_without_a_second_factor(password_only):
    assert not Picture.objects.exists()
    assert password_only.get(f"/pictures/{'a' * 32}-20x10.webp").status_code == 404


def test_a_session_ends_after_twelve_hours_however_busy_it_is(client, dana, time_machine):
    time_machine.move_to("2026-11-27T12:00:10Z", tick=False)
    give_password(client)
    give_code(client, code_of(dana))
    for _time in range(51):
        time_machine.shift(14 * 60)
        session = client.session
        session["touched"] = time.time()
        session.save()
        assert is_in(client)
    time_machine.shift(6 * 60)
    assert not is_in(client) and not StaffSession.objects.open().exists()


def test_a_password_alone_writes_no_member_into_the_table(client, dana):
    client.get(SIGN_IN)
    give_password(client, "wrong")
    assert not StaffSession.objects.exists()
    give_password(client)
    assert StaffSession.objects.get().member is None


def test_signing_out_ends_the_session_and_clears_what_the_browser_keeps(client):
    member = make_staff("frontdesk")
    sign_in(client, member)
    assert is_in(client)
    answer = client.post("/admin/logout/")
    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert (is_in(client), SESSION_KEY in client.session) == (False, False)
    assert not StaffSession.objects.filter(member=member).exists()


def test_nobody_is_signed_out_by_a_link(client):
    sign_in(client, make_staff("frontdesk"))
    assert client.get("/admin/logout/").status_code == 405
    assert is_in(client)


OWN_PAGES = ["you/", "you/passkey/", "you/authenticator/", "password_change/", "password_change/done/", "keys/", ""]


@pytest.mark.parametrize("address", [SIGN_IN, "/admin/login/", "/admin/", "/admin/enrol/x/y/", SECOND_STEP])
def test_no_page_of_the_door_is_kept_by_a_browser(client, dana, address):
    give_password(client)
    assert "no-store" in client.get(address)["Cache-Control"]


@pytest.mark.parametrize("page", OWN_PAGES)
def test_no_page_behind_the_door_is_kept_by_a_browser(client, page):
    sign_in(client, make_staff("manager"))
    answer = client.get(f"/admin/{page}")
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
