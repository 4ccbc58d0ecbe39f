import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import links
from booking.letters import ADDRESS
from booking.models import ConsultationRequest, Event, OutboxMail
from booking.sending import message_for
from booking.states import State
from booking.wording import progress
from tests.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    return make_request(concern="canary of concern", safety={"pregnancy": "yes"}, phone="+15865550199")


def test_the_received_page_shows_reference_promise_and_private_link(client, asked):
    html = client.get(asked.get_received_url()).content.decode()
    assert asked.reference in html
    assert "We will answer by" in html
    assert asked.private_url in html


@pytest.mark.parametrize("state", State)
def test_the_private_page_says_in_plain_words_where_any_request_stands(client, asked, state):
    ConsultationRequest.objects.filter(pk=asked.pk).update(state=state)
    response = client.get(asked.private_url)
    assert (response.status_code, len(re.findall(b"<h1", response.content))) == (200, 1)
    assert response.context["heading"] in response.content.decode()


def test_the_private_page_shows_each_step_and_none_of_the_notes(client, asked):
    asked.record(Event.Kind.NOTE, Event.Actor.STAFF, note="canary of a note")
    asked.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, reason="canary of a reason")
    html = client.get(asked.private_url).content.decode()
    assert "The front desk answered, or is calling you." in html
    assert "canary" not in html


@pytest.mark.parametrize("page", ["received", "private"])
def test_private_pages_are_kept_by_nobody_and_found_by_no_search_engine(client, asked, page):
    url = asked.get_received_url() if page == "received" else asked.private_url
    response = client.get(url)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_twenty_gets_and_heads_change_nothing(client, asked):
    before = ConsultationRequest.objects.values().get(), asked.timeline.count(), asked.mails.count()
    for _ in range(20):
        for url in (asked.private_url, asked.get_received_url()):
            assert (client.get(url).status_code, client.head(url).status_code) == (200, 200)
    assert (ConsultationRequest.objects.values().get(), asked.timeline.count(), asked.mails.count()) == before


def test_a_new_generation_revokes_the_old_link(client, asked):
    old = asked.private_url
    asked.token_generation += 1
    asked.note_token()
    asked.save()
    assert (client.get(old).status_code, client.get(asked.private_url).status_code) == (404, 200)


def test_the_database_holds_nothing_that_opens_the_page(client, asked):
    values = ConsultationRequest.objects.values_list("token_digest", "reference", "form_key", "pk").get()
    assert [client.get(f"/consultation/r/{value}/").status_code for value in values] == [404] * 4


def test_a_token_has_160_bits_and_depends_on_request_generation_and_key():
    tokens = {
        links.token_for(request, generation, secret)
        for request in (1, 2)
        for generation in (1, 2)
        for secret in ("a", "b")
    }
    assert len(tokens) == 8
    assert {len(token) for token in tokens} == {27}  # 160 bits, six to a letter


def test_links_outlive_a_change_of_the_secret_key(client, asked, settings):
    sent = asked.private_url
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key"
    asked.refresh_from_db()
    assert asked.private_url == sent
    assert client.get(sent).status_code == 200


def test_a_lost_secret_key_is_said_and_makes_no_wrong_link(asked, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret key", []
    with pytest.raises(LookupError, match="generation"):
        _ = asked.token


def page_of(client, asked):
    return client.get(asked.private_url)


def do(client, asked, wish, **sent):
    return client.post(asked.private_url, {wish: "1", **sent})


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def test_what_the_patient_adds_is_kept_encrypted_and_read_by_her_and_by_the_desk(client, asked, as_staff):
    assert do(client, asked, "add", words="I can come\non Fridays.").status_code == 303
    assert "I can come<br>on Fridays." in page_of(client, asked).text
    assert asked.mails.filter(kind="news-for-the-desk").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM booking_event WHERE kind = 'added'")
        assert "Fridays" not in cursor.fetchone()[0]
    desk = as_staff("frontdesk").get(f"/admin/booking/consultationrequest/{asked.pk}/change/")
    assert "I can come<br>on Fridays." in desk.text


@pytest.mark.parametrize(
    ("words", "said"), [("", "Write what you would like"), ("x" * 2001, "Shorten this"), ("a\u202eb", "cannot be seen")]
)
def test_words_that_cannot_be_kept_are_refused_and_stay_in_the_page(client, asked, words, said):
    response = do(client, asked, "add", words=words)
    assert (response.status_code, said in response.text, asked.timeline.count()) == (422, True, 1)
    assert response.context["forms"]["add"]["words"].value() == words


def test_the_patient_changes_how_she_is_reached(client, asked):
    sent = {"contact_by": "phone", "phone": "(586) 555-0142", "email": "", "may_leave_message": "on"}
    assert do(client, asked, "contact", **sent).status_code == 303
    kept = fresh(asked)
    assert (kept.contact_by, kept.phone.as_e164, kept.email, kept.may_leave_message) == (
        "phone",
        "+15865550142",
        "",
        True,
    )
    line = asked.timeline.last()
    assert (line.kind, line.note, asked.mails.filter(kind="news-for-the-desk").count()) == ("contact", "", 1)


def test_a_way_without_an_address_is_refused_and_the_old_one_is_kept(client, asked):
    response = do(client, asked, "contact", contact_by="phone", phone="12", email="")
    assert (response.status_code, "Enter the whole telephone number" in response.text) == (422, True)
    assert (fresh(asked).contact_by, fresh(asked).email) == ("email", "amira@patient.example")


def test_a_withdrawn_request_is_taken_back_for_ten_minutes(client, asked, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    assert do(client, asked, "withdraw").status_code == 303
    assert fresh(asked).state == "withdrawn"
    time_machine.move_to(start + timedelta(minutes=9, seconds=59), tick=False)
    assert "Undo: keep my request" in page_of(client, asked).text
    assert (do(client, asked, "undo").status_code, fresh(asked).state) == (303, "received")


def test_a_withdrawal_stands_after_ten_minutes(client, asked, time_machine):
    do(client, asked, "withdraw")
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    assert "Undo" not in page_of(client, asked).text
    response = do(client, asked, "undo")
    assert (response.status_code, "too late to undo" in response.text, fresh(asked).state) == (409, True, "withdrawn")


def test_the_mail_of_a_withdrawal_rests_ten_minutes_and_is_dropped_by_an_undo(client, asked):
    do(client, asked, "withdraw")
    mail = asked.mails.get(kind="withdrawn")
    assert timedelta(minutes=9) < mail.due_at - timezone.now() <= timedelta(minutes=10)
    do(client, asked, "undo")
    assert fresh(mail).is_overtaken


def test_withdrawing_twice_is_refused_with_a_sentence(client, asked):
    do(client, asked, "withdraw")
    response = do(client, asked, "withdraw")
    assert (response.status_code, "cannot become" in response.text, asked.timeline.count()) == (409, True, 2)


@pytest.mark.parametrize("wish", ["add", "contact"])
def test_nothing_is_added_to_a_request_that_has_ended(client, asked, wish):
    asked.move_to(State.CLOSED, Event.Actor.SYSTEM)
    sent = {"words": "More", "contact_by": "email", "email": "new@patient.example"}
    response = do(client, asked, wish, **sent)
    assert (response.status_code, "come to an end" in response.text) == (409, True)
    assert (fresh(asked).email, asked.timeline.count()) == ("amira@patient.example", 2)


@pytest.mark.parametrize("wish", ["withdraw", "add", "contact", "undo"])
def test_a_post_from_another_site_changes_nothing(client, asked, wish):
    headers = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://evil.example"}
    response = client.post(asked.private_url, {wish: "1", "words": "x"}, **headers)
    assert (response.status_code, fresh(asked).state, asked.timeline.count()) == (403, "received", 1)


def test_an_empty_post_changes_nothing(client, asked):
    assert (client.post(asked.private_url).status_code, asked.timeline.count()) == (422, 1)


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_each_address_in_a_mail_is_opened_twenty_times_and_changes_nothing(client, asked, kind):
    mail = OutboxMail.objects.create(kind=kind, request=asked, message_id="<x@y>")
    addresses = ADDRESS.findall(message_for(mail).body)
    tables = [ConsultationRequest, Event, OutboxMail]
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    for address in addresses * 20:
        client.get(address), client.head(address)
    assert (bool(addresses), [list(table.objects.order_by("pk").values()) for table in tables]) == (
        kind != "withdrawn",
        before,
    )


def test_the_link_of_an_open_request_does_not_end(client, asked, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=400))
    assert page_of(client, asked).status_code == 200


def test_the_link_ends_thirty_days_after_the_request(client, asked, time_machine):
    asked.move_to(State.CLOSED, Event.Actor.SYSTEM)
    seen = []
    for days in (29, 2):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        seen.append(page_of(client, asked).status_code)
    response = do(client, asked, "add", words="More")
    assert (seen, response.status_code, asked.reference in response.text) == ([200, 410], 410, False)


@pytest.mark.parametrize(
    ("steps", "stations"),
    [
        ([], ["Received here", "Answered ahead", "Times offered ahead", "Booked ahead"]),
        (["in-conversation"], ["Received done", "Answered here", "Times offered ahead", "Booked ahead"]),
        (["offered"], ["Received done", "Answered done", "Times offered here", "Booked ahead"]),
        (["in-conversation", "withdrawn"], ["Received done", "Answered done", "Withdrawn here"]),
        (["declined"], ["Received done", "Declined here"]),
    ],
)
def test_the_way_of_a_request_is_drawn_as_stations(asked, steps, stations):
    for step in steps:
        asked.move_to(State(step), Event.Actor.SYSTEM)
    assert [f"{name} {place}" for name, _moment, place in progress(asked)] == stations


def test_what_staff_answer_is_shown_and_what_they_note_is_not(client, asked):
    asked.record(Event.Kind.ANSWER, Event.Actor.STAFF, note="Come on Friday.")
    asked.record(Event.Kind.NOTE, Event.Actor.STAFF, note="Sounds nervous.")
    page = page_of(client, asked).text
    assert "Come on Friday." in page and "nervous" not in page


def test_the_private_page_costs_the_same_for_a_short_and_a_long_story(client, asked):
    costs = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            page_of(client, asked)
        costs.append(len(queries))
        for _line in range(5):
            asked.record(Event.Kind.ADDED, Event.Actor.PATIENT, note="More")
    assert costs[0] == costs[1]
