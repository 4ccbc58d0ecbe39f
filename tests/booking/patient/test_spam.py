"""What looks like spam is kept apart for the desk; a person always comes through."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from booking.desk import steps
from booking.models import ConsultationRequest, OutboxMail
from booking.patient.form_token import new_form_token
from booking.patient.spam import MOST_FROM_ONE_FORM, Suspicion, holds_too_many_links
from booking.states import IllegalStep
from tests.factories import form_data, make_request, make_staff
from tests.site import free_port

pytestmark = pytest.mark.django_db

ADDRESS = "/consultation/"
LIST = "/admin/booking/consultationrequest/"
TRAP = {"leave_empty": "http://pills.example"}


@pytest.fixture(autouse=True)
def fresh_counts(settings):
    """Redis is not rolled back after a test: each test counts under keys of its own."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


def send(client, opened=60, **answers):
    """Send a form that was opened so many seconds ago; returns the request that was kept."""
    answers = {"form_token": new_form_token(opened=timezone.now() - timedelta(seconds=opened))} | answers
    response = client.post(ADDRESS, form_data(**answers))
    assert response.status_code == 303, response.context["form"].errors
    return ConsultationRequest.objects.with_token(response["Location"].split("/")[-2]).get()


def make_suspect(**fields):
    return make_request(suspicions=[Suspicion.TRAP], **fields)


@pytest.mark.parametrize(
    ("answers", "suspicions"),
    [
        pytest.param(TRAP, ["trap"], id="a field that nobody sees"),
        pytest.param({"form_token": None}, ["unopened"], id="never opened"),
        pytest.param({"opened": 0}, ["too-fast"], id="at once"),
        pytest.param({"opened": 1.99}, ["too-fast"], id="just under two seconds"),
        pytest.param({"name": "Cheap pills www.pills.example"}, ["links"], id="a link for a name"),
        pytest.param({"concern": "https://a.example and https://b.example"}, ["links"], id="two links"),
        pytest.param({"concern": "[url=a]x[/url] <a href=b>"}, ["links"], id="two links in forum writing"),
        pytest.param(TRAP | {"form_token": None}, ["trap", "unopened"], id="two signals"),
        pytest.param({}, [], id="a person"),
        pytest.param({"opened": 2}, [], id="a person with a browser that fills in forms"),
        pytest.param({"opened": 2 * 24 * 3600}, [], id="a person who left the page open for two days"),
        pytest.param({"concern": "I read https://nhs.example about it."}, [], id="a person who names a page"),
        pytest.param({"name": "Http O'Www"}, [], id="an odd name"),
        pytest.param({"concern": "شاهدت هذا الموقع"}, [], id="another script"),
    ],
)
def test_signals_keep_a_request_apart_and_a_person_passes(client, time_machine, answers, suspicions):
    time_machine.move_to("2028-01-05T12:00:00Z", tick=False)
    kept = send(client, **answers)
    assert (kept.suspicions, kept.is_quarantined) == (suspicions, bool(suspicions))


def test_one_opened_form_gives_five_different_requests_and_no_more(client):
    token = form_data()["form_token"]
    kept = [send(client, name=f"Amira {letter}", form_token=token) for letter in "abcdefg"]
    assert [consultation_request.suspicions for consultation_request in kept] == [[]] * MOST_FROM_ONE_FORM + [
        ["same-form"]
    ] * 2


def test_one_source_sends_as_many_as_the_limit_and_more_are_kept_apart(client, settings):
    settings.REQUESTS_FROM_ONE_SOURCE = 3
    kept = [send(client, email=f"p{number}@patient.example") for number in range(5)]
    assert [consultation_request.suspicions for consultation_request in kept] == [
        [],
        [],
        [],
        ["too-many"],
        ["too-many"],
    ]
    elsewhere = client.post(ADDRESS, form_data(email="q@patient.example"), REMOTE_ADDR="203.0.113.9")
    assert ConsultationRequest.objects.last().suspicions == [] and elsewhere.status_code == 303


def test_suspects_do_not_use_up_the_limit_of_their_source(client, settings):
    settings.REQUESTS_FROM_ONE_SOURCE = 2
    for number in range(10):
        send(client, email=f"bot{number}@spam.example", **TRAP)
    assert send(client).suspicions == []


def test_a_request_is_kept_and_trusted_while_nothing_can_be_counted(client, settings):
    away = f"redis://127.0.0.1:{free_port()}"
    settings.CACHES = {"default": {"BACKEND": "clinic_site.shared_cache.ForgivingRedisCache", "LOCATION": away}}
    assert send(client).suspicions == []


def test_a_form_that_is_corrected_is_not_held_against_a_person(client):
    token = form_data()["form_token"]
    client.post(ADDRESS, form_data(name="", form_token=token))
    assert send(client, form_token=token).suspicions == []


def test_the_sender_of_a_suspect_sees_what_everybody_sees(client, time_machine):
    time_machine.move_to("2028-01-05T12:00:00Z", tick=False)  # the pages name the minute
    seen = {}
    for kind, answers in (("person", {}), ("suspect", TRAP)):
        consultation_request = send(client, **answers)
        for address in (consultation_request.get_received_url(), consultation_request.private_url):
            page = client.get(address).text
            for own in (
                consultation_request.reference,
                consultation_request.token,
                consultation_request.reply_by.isoformat(),
            ):
                page = page.replace(own, "")
            seen.setdefault(kind, []).append(page)
    assert seen["person"] == seen["suspect"]


def test_a_suspect_owes_nobody_a_mail(client):
    consultation_request = send(client, **TRAP)
    client.post(consultation_request.private_url, {"add": "1", "words": "More words."})
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize(
    ("query", "listed"),
    [("", False), ("?view=answer", False), ("?view=open", False), ("?view=spam", True), ("?q=Amira", True)],
)
def test_a_suspect_is_on_no_worklist_and_found_where_it_is_looked_for(as_staff, query, listed):
    suspect = make_suspect()
    rows = as_staff("frontdesk").get(LIST + query).context["cl"].result_list
    assert (suspect in rows) is listed


def test_a_suspect_is_not_sent_its_link_again():
    assert make_suspect() not in ConsultationRequest.objects.open()


def test_the_desk_reads_why_it_looks_like_spam(as_staff):
    page = as_staff("frontdesk").get(f"{LIST}{make_suspect().pk}/change/").text
    assert str(Suspicion.TRAP.label) in page and "A person: release it" in page


def test_a_released_person_loses_nothing_and_is_told(as_staff):
    suspect = make_suspect(concern="Old marks", safety={"pregnancy": "no"})
    before = ConsultationRequest.objects.values("reference", "reply_by", "received_at", "token_digest").get()
    as_staff("frontdesk").post(f"{LIST}{suspect.pk}/do/release/")
    kept = ConsultationRequest.objects.get()
    assert {name: getattr(kept, name) for name in before} == before
    assert (kept.concern, kept.safety, kept.state) == ("Old marks", {"pregnancy": "no"}, "received")
    assert kept in ConsultationRequest.objects.awaiting_answer()
    assert sorted(kept.mails.values_list("kind", flat=True)) == ["received", "tell-the-desk"]
    assert [line.kind for line in kept.timeline.all()] == ["received", "held", "released"]


def test_confirmed_spam_stays_apart_and_can_still_be_released(as_staff):
    suspect, client = make_suspect(), as_staff("frontdesk")
    client.post(f"{LIST}{suspect.pk}/do/spam/")
    assert ConsultationRequest.objects.get().quarantine == "spam"
    client.post(f"{LIST}{suspect.pk}/do/release/")
    assert (ConsultationRequest.objects.get().quarantine, OutboxMail.objects.count()) == ("released", 2)


def test_what_is_not_kept_apart_is_neither_released_nor_confirmed():
    consultation_request, staff = make_request(), make_staff("frontdesk")
    for judge in (steps.release, steps.confirm_spam):
        with pytest.raises(IllegalStep, match="not kept apart"):
            judge(consultation_request, staff)
    assert (consultation_request.mails.count(), consultation_request.timeline.count()) == (2, 1)


@pytest.mark.parametrize(
    ("first", "second", "mails"), [("release", "release", 2), ("release", "spam", 2), ("spam", "spam", 0)]
)
def test_a_second_click_is_refused_with_a_sentence(as_staff, first, second, mails):
    suspect, client = make_suspect(), as_staff("frontdesk")
    client.post(f"{LIST}{suspect.pk}/do/{first}/")
    page = client.post(f"{LIST}{suspect.pk}/do/{second}/", follow=True).text
    assert "This request is not kept apart any more. Nothing was changed." in page
    assert (suspect.mails.count(), suspect.timeline.count()) == (mails, 3)


def test_two_members_of_staff_release_a_suspect_once():
    suspect, staff = make_suspect(), make_staff("frontdesk")
    other = ConsultationRequest.objects.get()
    steps.release(suspect, staff)
    with pytest.raises(IllegalStep):
        steps.release(other, staff)
    assert OutboxMail.objects.count() == 2


def test_the_desks_home_names_how_many_wait_to_be_looked_at(as_staff):
    client = as_staff("frontdesk")
    assert "looks like spam" not in client.get("/admin/").text
    make_suspect()
    assert "1 request looks like spam" in client.get("/admin/").text


def test_marketing_learns_nothing_of_suspects(as_staff):
    suspect, client = make_suspect(), as_staff("marketing")
    assert "spam" not in client.get("/admin/").text
    assert client.post(f"{LIST}{suspect.pk}/do/release/").status_code == 403
    assert ConsultationRequest.objects.get().quarantine == "held"


def test_the_trap_is_hidden_from_people_and_their_programs(client):
    page = client.get(ADDRESS).text
    trap = page[page.index('class="leave-empty"') : page.index("How to reach you")]
    assert 'aria-hidden="true"' in trap and 'tabindex="-1"' in trap and 'autocomplete="off"' in trap


HONEST = (Path(__file__).parent / "honest_texts.txt").read_text(encoding="utf-8").splitlines()


def test_of_two_hundred_honest_texts_two_are_held_back_and_those_hold_two_links():
    """Written for this measurement, in many scripts, with links and numbers; the rule was not tuned to them."""
    held = [text for text in HONEST if holds_too_many_links(text)]
    assert (len(HONEST), len(set(HONEST)), len(held)) == (200, 200, 2)
    assert all(text.count("www.") == 2 or text.count("https://") == 2 for text in held)


@pytest.mark.parametrize(
    "words", ["See https://www.aad.org/public please", "See www.aad.org", "I read http://example.com/a?b=www"]
)
def test_one_link_is_no_suspicion(client, words):
    client.post("/consultation/", form_data(concern=words))
    assert ConsultationRequest.objects.get().suspicions == []


def test_who_presses_send_again_at_once_is_no_suspect(client):
    page = client.post("/consultation/", form_data(form_token="of an older key"))
    [token] = re.findall(r'name="form_token" value="([^"]+)"', page.text)
    assert (page.status_code, "press Send again" in page.text) == (422, True)
    assert client.post("/consultation/", form_data(form_token=token)).status_code == 303
    assert ConsultationRequest.objects.get().suspicions == []
