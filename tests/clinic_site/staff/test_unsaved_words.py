"""What staff type is kept until it is saved, encrypted and for them alone, and offered back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinic_site.models import UnsavedWords
from clinic_site.staff.unsaved.keeping import MOST_FORMS
from clinic_site.staff.unsaved.pages import MOST_CHARACTERS
from clinic_site.tasks import drop_unsaved_words
from tests.factories import make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

KEEP, THROW_AWAY = "/admin/unsaved-words/", "/admin/unsaved-words/throw-away/"
PAGE = "/admin/booking/consultationrequest/add/"


@pytest.fixture
def dana():
    return make_staff("frontdesk", username="dana")


@pytest.fixture
def desk(client, dana):
    sign_in(client, dana)
    return client


def keep(client, owner, key=None, **sent):
    place = {"kept-key": key or uuid4(), "kept-page": PAGE, "kept-form": "phone-in", "kept-owner": owner.pk}
    return client.post(KEEP, place | sent)


def typed_by(member):
    return [words.typed for words in UnsavedWords.objects.of(member)]


def test_what_is_typed_is_kept_in_place_of_what_was_typed_before(desk, dana):
    key = uuid4()
    answers = [keep(desk, dana, key, name=name, windows=["mon-am", "any"]) for name in ("Ami", "Amira")]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert typed_by(dana) == [{"name": ["Amira"], "windows": ["mon-am", "any"]}]


def test_a_form_that_is_opened_twice_keeps_both(desk, dana):
    keep(desk, dana, name="Amira")
    keep(desk, dana, name="Omar")
    assert sorted(words["name"] for words in typed_by(dana)) == [["Amira"], ["Omar"]]


def test_a_form_that_is_again_as_it_was_opened_keeps_nothing(desk, dana):
    key = uuid4()
    keep(desk, dana, key, name="Amira")
    assert keep(desk, dana, key, name="", **{"kept-unchanged": "on"}).status_code == 204
    assert typed_by(dana) == []


def test_the_database_holds_none_of_the_words_in_clear(desk, dana):
    keep(desk, dana, name="canary of a name")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clinic_site_unsavedwords")
        assert "canary" not in str(cursor.fetchall())


def test_neither_passwords_nor_tokens_are_kept(desk, dana):
    keep(desk, dana, name="Amira", old_password="canary", Password="canary", csrfmiddlewaretoken="canary")
    assert typed_by(dana) == [{"name": ["Amira"]}]


def test_nobody_keeps_words_in_another_persons_name(desk, dana):
    assert keep(desk, make_staff("frontdesk"), name="Amira").status_code == 409
    assert not UnsavedWords.objects.exists()


def test_who_is_signed_out_keeps_nothing_and_is_sent_to_sign_in(client, dana):
    assert keep(client, dana, name="Amira").status_code == 302
    assert not UnsavedWords.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kept-key": "no key"},
        {"kept-page": "/consultation/"},
        {"kept-page": "//elsewhere.example/admin/"},
        {"kept-page": f"{PAGE}{'x' * 200}"},
        {"kept-form": ""},
        {"kept-form": "not a name"},
    ],
    ids=str,
)
def test_words_of_no_form_of_the_staff_are_refused(desk, dana, wrong):
    assert keep(desk, dana, name="Amira", **wrong).status_code == 400
    assert not UnsavedWords.objects.exists()


@pytest.mark.parametrize(("length", "status"), [(MOST_CHARACTERS, 204), (MOST_CHARACTERS + 1, 413)])
def test_more_than_the_longest_page_is_not_kept(desk, dana, length, status):
    assert keep(desk, dana, name="x" * length).status_code == status


def test_of_one_member_the_newest_fifty_forms_are_kept(desk, dana):
    for number in range(MOST_FORMS + 1):
        keep(desk, dana, name=f"{number}")
    kept = [words["name"] for words in typed_by(dana)]
    assert (len(kept), kept[0], kept[-1]) == (MOST_FORMS, [f"{MOST_FORMS}"], ["1"])


def test_the_page_offers_it_back_to_its_owner_and_to_nobody_else(desk, dana):
    keep(desk, dana, name="Amira Haddad", concern="Scars on both cheeks")
    page = desk.get(PAGE).text
    assert "and did not save it" in page and "Scars on both cheeks" in page
    other = Client()
    sign_in(other, make_staff("frontdesk"))
    page = other.get(PAGE).text
    assert "did not save it" not in page and "both cheeks" not in page


def test_put_back_the_form_holds_it_and_goes_on_under_the_same_key(desk, dana):
    key = uuid4()
    keep(desk, dana, key, name="Amira Haddad", windows=["mon-am"], agrees="on", concern="Scars")
    [address] = re.findall(rf'href="({PAGE}\?put_back=[^"]+)"', desk.get(PAGE).text)
    page = desk.get(address)
    shown = page.context["form"]
    assert [shown[name].value() for name in ("name", "concern", "windows")] == ["Amira Haddad", "Scars", ["mon-am"]]
    assert f'value="{key}"' in page.text and "It is not saved yet." in page.text


def test_another_persons_words_cannot_be_put_back(desk, dana):
    key = uuid4()
    keep(desk, dana, key, name="Amira Haddad")
    other = Client()
    sign_in(other, make_staff("frontdesk"))
    assert "Amira" not in other.get(f"{PAGE}?put_back={key}").text
    other.post(THROW_AWAY, {"unsaved": key})
    assert len(typed_by(dana)) == 1


def test_thrown_away_it_is_gone_and_its_page_is_shown(desk, dana):
    key = uuid4()
    keep(desk, dana, key, name="Amira Haddad")
    answer = desk.post(THROW_AWAY, {"unsaved": key})
    assert (answer["Location"], typed_by(dana)) == (PAGE, [])
    assert desk.post(THROW_AWAY, {"unsaved": key})["Location"] == "/admin/"


def test_saved_it_is_kept_no_longer(desk, dana):
    key = uuid4()
    answers = {"name": "Amira Haddad", "phone": "586 555 0100", "language": "en", "agrees": "on"}
    keep(desk, dana, key, **answers)
    assert desk.post(PAGE, answers | {"unsaved": key, "agrees": ""}).status_code == 422
    assert len(typed_by(dana)) == 1
    assert desk.post(PAGE, answers | {"unsaved": key}).status_code == 302
    assert typed_by(dana) == []


@pytest.mark.parametrize(("seconds", "left"), [(-1, 1), (1, 0)])
def test_after_a_day_it_is_gone(desk, dana, seconds, left):
    keep(desk, dana, name="Amira Haddad")
    age = settings.UNSAVED_WORDS_KEPT + timedelta(seconds=seconds * 60)
    UnsavedWords.objects.update(kept_at=timezone.now() - age)
    assert len(typed_by(dana)) == left
    drop_unsaved_words.call_local()
    assert UnsavedWords.objects.count() == left


def test_who_is_deleted_takes_their_words_along(desk, dana):
    keep(desk, dana, name="Amira Haddad")
    dana.delete()
    assert not UnsavedWords.objects.exists()


def test_what_was_sent_after_the_session_ended_stands_in_the_answer_and_nowhere_else(client):
    sent = {"unsaved": uuid4(), "name": "Amira <Haddad>", "windows": ["mon-am", "any"], "csrfmiddlewaretoken": "x"}
    answer = client.post(f"{PAGE}?from=calendar", sent)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (403, True)
    assert 'name="name" value="Amira &lt;Haddad&gt;"' in answer.text
    assert re.findall(r'name="windows" value="([^"]+)"', answer.text) == ["mon-am", "any"]
    assert f'action="{PAGE}?from=calendar"' in answer.text
    assert not UnsavedWords.objects.exists()


def test_who_signed_in_anew_sends_an_old_pages_words_once_more(dana):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, dana)
    sent = {"unsaved": uuid4(), "name": "Amira", "csrfmiddlewaretoken": "of another sign-in"}
    answer = client.post(PAGE, sent)
    assert answer.status_code == 403 and 'name="name" value="Amira"' in answer.text
    assert "of another sign-in" not in answer.text
    elsewhere = client.post(PAGE, sent, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403 and "Amira" not in elsewhere.text


def test_a_page_from_before_learns_the_new_token_and_who_is_signed_in(desk, dana):
    told = desk.get(KEEP).json()
    assert told["owner"] == dana.pk and told["token"]
