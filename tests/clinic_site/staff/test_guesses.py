"""Guesses at an account end before they cost anything, and lock nobody out of it."""

import logging
import time
from threading import Barrier, Thread

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth import hashers
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from clinic_site.staff import guesses
from clinic_site.staff.enrolment import enrolment_link
from clinic_site.staff.second_factor import code_at, set_authenticator
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

PASSWORD = "a long password"
WORDS = "There were too many wrong tries"
HOUR = 3600


class CountingHasher(hashers.MD5PasswordHasher):
    """The tests' hasher, which counts how often it was asked to work."""

    worked = 0

    def encode(self, password, salt):
        CountingHasher.worked += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def hashes(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.worked = 0
    return CountingHasher


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Stands still in the middle of a code's half minute: a code of the half minute before is good until it ends."""
    time_machine.move_to(time.time() // 30 * 30 + 15, tick=False)


@pytest.fixture
def dana(hashes):
    member = make_staff("frontdesk", username="dana", email="dana@clinic.example")
    member.secret = generate_totp_secret()
    set_authenticator(member, member.secret)
    hashes.worked = 0
    return member


def give_password(client, password=PASSWORD, name="dana", source="198.51.100.1"):
    return client.post("/admin/sign-in/", {"login": name, "password": password}, REMOTE_ADDR=source)


def come_in(client, member, source="198.51.100.1", ahead=0):
    give_password(client, source=source)
    code = code_at(member.secret, int(time.time()) // 30 + ahead)
    client.post("/admin/sign-in/second-step/", {"code": code}, REMOTE_ADDR=source)
    return client.get("/admin/").status_code == 200


def guess_often(number, name="dana", sources=1):
    return [
        give_password(Client(), f"guess {nth}", name, f"203.0.113.{nth % sources}").text.count(WORDS)
        for nth in range(number)
    ]


def test_a_thousand_guesses_from_fifty_sources_get_nowhere_and_the_owner_signs_in_meanwhile(dana, hashes):
    known = Client()
    assert come_in(known, dana, ahead=-1)
    known.post("/admin/logout/")
    hashes.worked = 0
    guess_often(500, sources=50)
    assert come_in(known, dana)
    owners = 1
    guess_often(500, sources=50)
    assert hashes.worked - owners <= 20
    right = give_password(Client(), PASSWORD, source="203.0.113.7")
    assert WORDS in right.text and "_auth_user_id" not in right.client.session


def test_guesses_at_the_same_moment_cannot_pass_together(committed, dana, hashes):
    start = Barrier(16)

    def guess(nth):
        start.wait()
        give_password(Client(), f"guess {nth}", source=f"203.0.113.{nth}")
        connections.close_all()

    together = [Thread(target=guess, args=(nth,)) for nth in range(16)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    assert hashes.worked <= 10


def test_the_tenth_guess_in_an_hour_is_looked_at_and_the_eleventh_is_not(dana, hashes):
    assert guess_often(11) == [0] * 10 + [1]
    assert hashes.worked == 10


@pytest.mark.skipif(bool(settings.REDIS_URL), reason="Redis keeps its own time, which no test can move")
def test_after_an_hour_guesses_are_looked_at_again(dana, time_machine):
    time_machine.move_to("2026-11-27T12:00:00Z", tick=False)
    guess_often(11)
    time_machine.shift(HOUR + 1)
    assert guess_often(1) == [0]


def test_a_right_password_uses_up_nothing(dana, hashes):
    for _time in range(30):
        assert give_password(Client()).status_code == 302


def test_one_source_has_sixty_guesses_in_an_hour_whatever_names_it_tries(hashes, settings):
    settings.GUESSES_AN_HOUR = settings.GUESSES_AN_HOUR | {"source": 60}
    answers = [give_password(Client(), "x", f"name {nth}").text.count(WORDS) for nth in range(62)]
    assert answers == [0] * 60 + [1, 1]
    assert hashes.worked == 60


def test_guesses_that_were_not_looked_at_use_up_neither_the_source_nor_other_accounts(dana, hashes, settings):
    settings.GUESSES_AN_HOUR = {"account": 2, "device": 2, "source": 4}
    for _time in range(9):
        give_password(Client(), "x", "somebody")
    assert give_password(Client(), "x").text.count(WORDS) == 0
    assert give_password(Client(), "x").text.count(WORDS) == 0
    assert give_password(Client(), "x", "another").text.count(WORDS) == 1
    assert [give_password(Client(), "x", "another", "203.0.113.9").text.count(WORDS) for _n in range(3)] == [0, 0, 1]


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(dana, hashes):
    def asked(name):
        hashes.worked = 0
        pages = [give_password(Client(), f"guess {nth}", name, f"203.0.113.{nth}") for nth in range(12)]
        words = [(page.status_code, WORDS in page.text, "do not go together" in page.text) for page in pages]
        return words, hashes.worked

    assert asked("dana") == asked("nora")


def test_letters_of_another_case_are_the_same_account(dana):
    guess_often(10)
    assert WORDS in give_password(Client(), name="DANA ").text


def test_a_known_device_has_an_allowance_of_its_own_which_ends_too(dana, hashes):
    known = Client()
    assert come_in(known, dana)
    known.post("/admin/logout/")
    answers = [WORDS in give_password(known, f"guess {nth}").text for nth in range(12)]
    assert answers == [False] * 10 + [True] * 2


def test_whoever_comes_by_a_link_is_not_stopped_by_guesses_from_elsewhere(dana):
    guess_often(11)
    desk = Client()
    page = desk.get(enrolment_link(dana).removeprefix(settings.SITE_URL), follow=True)
    new = "four words put together"
    desk.post(page.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    desk.post("/admin/sign-in/second-step/", {"code": code_at(dana.secret, int(time.time()) // 30)})
    assert desk.get("/admin/").status_code == 200


def test_a_device_is_known_for_those_who_signed_in_on_it_alone(dana):
    nora = make_staff("frontdesk", username="nora")
    nora.secret = generate_totp_secret()
    set_authenticator(nora, nora.secret)
    desk = Client()
    assert come_in(desk, dana)
    desk.post("/admin/logout/")
    guess_often(10, name="nora")
    assert WORDS in give_password(desk, name="nora").text
    assert give_password(desk).status_code == 302


def test_a_forged_device_cookie_is_worth_nothing(dana):
    guess_often(10)
    stranger = Client()
    stranger.cookies[guesses.DEVICE_COOKIE] = "WyJ4IixbXV0:forged:forged"
    assert WORDS in give_password(stranger).text


def test_the_device_cookie_is_for_the_staffs_pages_and_no_script(dana):
    desk = Client()
    assert come_in(desk, dana)
    cookie = desk.cookies[guesses.DEVICE_COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
    assert "dana" not in cookie.value


def test_codes_are_counted_too(dana):
    client = Client()
    give_password(client)
    answers = [client.post("/admin/sign-in/second-step/", {"code": "000000"}).text.count(WORDS) for _nth in range(11)]
    assert answers == [0] * 10 + [1]
    assert not client.post(
        "/admin/sign-in/second-step/", {"code": code_at(dana.secret, int(time.time()) // 30)}
    ).has_header("Location")


def test_the_log_says_once_that_somebody_guesses_and_not_at_whom(dana, caplog):
    with caplog.at_level(logging.WARNING, logger="clinic_site.staff.guesses"):
        guess_often(15)
    [line] = [record.getMessage() for record in caplog.records if record.name == "clinic_site.staff.guesses"]
    assert line.startswith("Too many guesses at the account d… from ")
    assert "dana" not in line and "203.0.113" not in line


def test_the_owner_is_told_by_mail(dana):
    guesses.tell_owner_of_guesses.call_local("dana")
    [told] = mail.outbox
    assert (told.to, told.subject) == (["dana@clinic.example"], "Somebody tries to sign in as you")
    assert told.body.startswith("Hello dana,\n") and "/admin/" in told.body


@pytest.mark.parametrize("name", ["nobody", "nora"])
def test_nobody_else_is_told(name, dana):
    make_staff("frontdesk", username="nora")
    guesses.tell_owner_of_guesses.call_local(name)
    assert mail.outbox == []


def test_unlock_staff_gives_the_allowance_back(dana, capsys):
    guess_often(11)
    call_command("unlock_staff", "dana")
    assert capsys.readouterr().out == "dana can try again now.\n"
    assert give_password(Client()).status_code == 302
    call_command("unlock_staff", "dana")


def test_unlock_staff_helps_whoever_mistyped_on_their_own_device(dana):
    desk = Client()
    assert come_in(desk, dana)
    desk.post("/admin/logout/")
    for nth in range(11):
        give_password(desk, f"guess {nth}")
    assert WORDS in give_password(desk).text
    call_command("unlock_staff", "dana")
    assert give_password(desk).status_code == 302


def test_unlock_staff_says_when_there_is_nobody_of_that_name():
    with pytest.raises(CommandError, match="There is no 'nora' among the staff"):
        call_command("unlock_staff", "nora")
