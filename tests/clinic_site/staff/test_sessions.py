"""A session lasts a working day at most, locks when nobody is there, and ends when its owner says so."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from clinic_site.models import StaffSession
from clinic_site.staff.roles import set_role
from clinic_site.staff.session_store import SessionStore, digest_of
from clinic_site.staff.sessions import device_of, end_sessions, open_sessions
from clinic_site.tasks import clear_up_at_night
from tests.factories import make_request, make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LOCKED = "/admin/locked/"
PASSWORD = "a long password"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def noon(time_machine):
    time_machine.move_to("2026-11-27T12:00:00Z", tick=False)
    return time_machine


@pytest.fixture
def dana(noon):
    return make_staff("frontdesk", username="dana", first_name="Dana")


def at_desk(member):
    """A client that is signed in at a desk which locks like any other."""
    client = Client()
    sign_in(client, member)
    StaffSession.objects.filter(member=member).update(seen_at=timezone.now())
    return client


def row_of(client):
    return StaffSession.objects.get(pk=digest_of(client.session.session_key))


def leads_to_lock(answer):
    return answer.status_code == 302 and answer["Location"].startswith("/admin/login/")


def test_the_table_holds_a_digest_and_never_the_key(dana):
    client = at_desk(dana)
    key = client.cookies["staff"].value
    [row] = StaffSession.objects.all()
    assert key not in str(StaffSession.objects.values_list().get()) and row.pk == digest_of(key)
    thief = Client()
    thief.cookies["staff"] = row.pk
    assert thief.get("/admin/").status_code == 302


def test_a_session_that_was_ended_does_not_come_back_with_a_late_save(dana):
    client = at_desk(dana)
    late = SessionStore(client.session.session_key)
    late["x"] = 1
    end_sessions(dana)
    with pytest.raises(UpdateError):
        late.save()
    assert not StaffSession.objects.exists()


def test_a_save_leaves_alone_when_a_session_was_seen_and_whether_it_is_locked(dana, noon):
    client = at_desk(dana)
    slow = SessionStore(client.session.session_key)
    slow["x"] = 1
    StaffSession.objects.update(is_locked=True)
    slow.save()
    assert row_of(client).is_locked


@pytest.mark.parametrize(("minutes", "locked"), [(15, False), (15.1, True)])
def test_a_desk_locks_after_fifteen_quiet_minutes(dana, noon, minutes, locked):
    client = at_desk(dana)
    noon.shift(timedelta(minutes=minutes))
    assert leads_to_lock(client.get("/admin/")) is locked


def test_each_page_that_is_opened_puts_the_lock_off(dana, noon):
    client = at_desk(dana)
    for _time in range(4):
        noon.shift(timedelta(minutes=10))
        assert client.get("/admin/").status_code == 200


def test_a_page_that_asks_by_itself_does_not_put_the_lock_off(dana, noon):
    client = at_desk(dana)
    noon.shift(timedelta(minutes=10))
    assert client.get("/admin/", headers={"sec-fetch-mode": "cors"}).status_code == 200
    noon.shift(timedelta(minutes=10))
    assert client.get("/admin/", headers={"sec-fetch-mode": "cors"}).status_code == 401


def test_a_page_that_is_typed_on_puts_the_lock_off(dana, noon):
    client = at_desk(dana)
    for _time in range(3):
        noon.shift(timedelta(minutes=10))
        assert client.post("/admin/seen/").status_code == 204
    assert client.get("/admin/").status_code == 200


def test_a_page_hears_what_its_forms_have_to_carry_while_somebody_is_there(dana, noon):
    client = at_desk(dana)
    answer = client.get("/admin/seen/")
    assert (answer.status_code, len(answer.text), "no-store" in answer["Cache-Control"]) == (200, 64, True)
    noon.shift(timedelta(minutes=20))
    assert client.get("/admin/seen/").status_code == 401


def test_a_locked_desk_asks_for_the_password_alone_and_goes_on_where_it_was(dana, noon):
    client = at_desk(dana)
    noon.shift(timedelta(minutes=20))
    page = client.get("/admin/keys/", follow=True)
    assert page.request["PATH_INFO"] == LOCKED
    assert "Dana, at 7 a.m. you were last seen here." in page.text and page.text.count("<h1") == 1
    assert "no-store" in page["Cache-Control"] and 'name="login"' not in page.text
    answer = client.post(f"{LOCKED}?next=/admin/keys/", {"current_password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/keys/")
    assert client.get("/admin/keys/").status_code == 200


def test_a_wrong_password_unlocks_nothing(dana, noon):
    client = at_desk(dana)
    noon.shift(timedelta(minutes=20))
    page = client.post(LOCKED, {"current_password": "another"})
    assert "That is not your password." in page.text
    assert leads_to_lock(client.get("/admin/"))


def test_a_locked_desk_shows_nobody_who_they_were_working_for(dana, noon):
    make_request(name="Amira Haddad")
    client = at_desk(dana)
    noon.shift(timedelta(minutes=20))
    for address in ("/admin/", "/admin/booking/consultationrequest/", LOCKED):
        assert "Amira" not in client.get(address, follow=True).text


def test_what_is_sent_from_a_desk_that_was_locked_meanwhile_is_carried_out_after_the_password(dana, noon):
    consultation_request = make_request()
    client = at_desk(dana)
    noon.shift(timedelta(minutes=20))
    address = f"/admin/booking/consultationrequest/{consultation_request.pk}/do/note/"
    page = client.post(address, {"note": "They asked whether"})
    assert "This desk was locked meanwhile" in page.text and 'value="They asked whether"' in page.text
    assert "no-store" in page["Cache-Control"]
    refused = client.post(address, {"note": "They asked whether", "current_password": "x"})
    assert "That is not your password." in refused.text
    assert not consultation_request.timeline.filter(kind="note").exists()
    client.post(address, {"note": "They asked whether", "current_password": PASSWORD})
    assert consultation_request.timeline.get(kind="note").note == "They asked whether"


def test_the_lock_in_the_page_is_told_in_a_word(dana, noon):
    client = at_desk(dana)
    by_script = {"sec-fetch-mode": "cors"}
    assert client.post(LOCKED, {"lock": "1"}, headers=by_script).status_code == 204
    assert leads_to_lock(client.get("/admin/"))
    refused = client.post(LOCKED, {"current_password": "another"}, headers=by_script)
    assert (refused.status_code, refused.text) == (422, "That is not your password. Try again.")
    assert client.post(LOCKED, {"current_password": PASSWORD}, headers=by_script).status_code == 204
    assert client.get("/admin/").status_code == 200
    end_sessions(dana)
    assert client.post(LOCKED, {"current_password": PASSWORD}, headers=by_script).status_code == 401


def test_the_page_of_the_lock_leads_on_where_nothing_is_locked(dana):
    assert at_desk(dana).get(f"{LOCKED}?next=/admin/keys/")["Location"] == "/admin/keys/"
    assert Client().get(LOCKED)["Location"] == "/admin/sign-in/"


def test_somebody_else_can_sign_out_whoever_locked_the_desk(dana, noon):
    client = at_desk(dana)
    noon.shift(timedelta(minutes=20))
    assert client.post("/admin/logout/")["Location"] == "/admin/sign-in/"
    assert not open_sessions(dana).exists()


def test_a_person_sees_where_they_are_signed_in_and_ends_one_or_all(dana):
    here, there, elsewhere = at_desk(dana), at_desk(dana), at_desk(dana)
    colleague = at_desk(make_staff("frontdesk"))
    assert here.get("/admin/you/").text.count('name="session"') == 2
    here.post("/admin/you/sessions/", {"session": row_of(there).pk})
    assert [each.get("/admin/").status_code for each in (here, there, elsewhere)] == [200, 302, 200]
    here.post("/admin/you/sessions/", {"session": row_of(colleague).pk})
    here.post("/admin/you/sessions/")
    assert [each.get("/admin/").status_code for each in (here, elsewhere, colleague)] == [200, 302, 200]


def test_a_new_password_ends_all_other_sessions(dana):
    here, there = at_desk(dana), at_desk(dana)
    new = "four words put together"
    here.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    dana.refresh_from_db()
    assert dana.check_password(new)
    assert [each.get("/admin/").status_code for each in (here, there)] == [200, 302]
    assert open_sessions(dana).count() == 1


def test_a_change_of_role_ends_all_sessions(dana):
    here = at_desk(dana)
    set_role(dana, "marketing")
    assert [group.name for group in dana.groups.all()] == ["Marketing"]
    assert (here.get("/admin/").status_code, open_sessions(dana).count()) == (302, 0)


def test_the_old_password_is_asked_for_and_guesses_at_it_are_counted(dana):
    here = at_desk(dana)
    sent = {"old_password": "x", "new_password1": "four words put together", "new_password2": "four words put together"}
    answers = [here.post("/admin/password_change/", sent).text for _time in range(11)]
    assert ["That is not your password." in text for text in answers] == [True] * 10 + [False]
    assert "too many wrong tries" in answers[-1]


def test_sessions_that_have_ended_are_cleared_at_night(dana, noon):
    at_desk(dana)
    noon.shift(timedelta(hours=11))
    at_desk(dana)
    noon.shift(timedelta(hours=1))
    clear_up_at_night.call_local()
    assert StaffSession.objects.count() == 1


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [(FIREFOX, "Firefox, Windows"), ("curl/8", ""), ("", ""), ("X" * 500, "")],
)
def test_a_device_is_named_as_people_know_it(user_agent, device):
    assert device_of(user_agent) == device


EXPORT = "/admin/booking/consultationrequest/export/csv/"


def stale(client):
    """The password was given long ago."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = 0
    session.save()
    return client


def is_exported(answer):
    return answer["Content-Type"].startswith("text/csv")


def test_an_export_asks_for_the_password_first_and_then_comes(dana):
    client = stale(at_desk(dana))
    page = client.post(f"{EXPORT}?q=haddad")
    assert "Your password, once more" in page.text and "no-store" in page["Cache-Control"]
    refused = client.post(f"{EXPORT}?q=haddad", {"current_password": "x"})
    assert "That is not your password." in refused.text
    assert is_exported(client.post(f"{EXPORT}?q=haddad", {"current_password": PASSWORD}))
    assert is_exported(client.post(EXPORT))


def test_the_password_holds_for_ten_minutes(dana, noon):
    client = stale(at_desk(dana))
    client.post(EXPORT, {"current_password": PASSWORD})
    noon.shift(timedelta(minutes=9))
    assert is_exported(client.post(EXPORT))
    noon.shift(timedelta(minutes=2))
    assert not is_exported(client.post(EXPORT))


def test_a_page_that_was_only_opened_is_opened_again_after_the_password(dana):
    client = stale(at_desk(dana))
    assert 'name="asked_by_link"' in client.get("/admin/you/passkey/").text
    answer = client.post("/admin/you/passkey/", {"current_password": PASSWORD, "asked_by_link": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/you/passkey/")
    assert "Add a passkey" in client.get("/admin/you/passkey/").text


def test_what_was_sent_waits_in_the_page_and_in_no_session(dana):
    client = stale(at_desk(dana))
    page = client.post("/admin/you/passkey/remove/", {"passkey": "4711", "note": "canary words"})
    assert 'name="note" value="canary words"' in page.text and 'name="passkey" value="4711"' in page.text
    assert "canary" not in str(dict(client.session.items()))
    answer = client.post(
        "/admin/you/passkey/remove/", {"passkey": "4711", "note": "canary words", "current_password": PASSWORD}
    )
    assert answer.status_code == 404, "it was carried out: there is no such passkey"
