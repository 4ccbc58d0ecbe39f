import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import links
from booking.desk import make_new_link
from booking.letters import ADDRESS
from booking.models import ConsultationRequest, Event, OutboxMail
from booking.sending import deliver, message_for
from booking.states import STEPS, UNDO_WITHDRAWAL, State
from booking.wording import progress
from tests.booking.situations import bring_about
from tests.factories import form_data, make_request, make_staff

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
    before = everything()
    for _ in range(20):
        for url in (asked.private_url, asked.get_received_url()):
            assert (client.get(url).status_code, client.head(url).status_code) == (200, 200)
    assert everything() == before


def test_a_new_generation_revokes_the_old_link(client, asked):
    old = asked.private_url
    make_new_link(asked, make_staff("frontdesk"))
    assert (client.get(old).status_code, client.get(asked.private_url).status_code) == (404, 200)


def test_the_database_holds_nothing_that_opens_the_page(client, asked):
    values = ConsultationRequest.objects.values_list("token_digest", "reference", "form_key", "pk").get()
    assert [client.get(f"/consultation/r/{value}/").status_code for value in values] == [404] * 4


def test_a_token_has_160_bits_and_depends_on_what_it_opens_its_generation_and_the_key():
    tokens = {
        links.token_for(kind(request, generation), secret)
        for kind in (links.private_page, links.clinician_feed)
        for request in (1, 2)
        for generation in (1, 2)
        for secret in ("a", "b")
    }
    assert len(tokens) == 16
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


def everything():
    """Every row of requests, timeline and outbox."""
    return [list(table.objects.order_by("pk").values()) for table in (ConsultationRequest, Event, OutboxMail)]


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
    shown = response.context["asked"]
    assert (shown.contact_by, shown.email, asked.timeline.count()) == ("email", "amira@patient.example", 1)


def test_the_timeline_says_that_the_contact_changed_and_not_to_what(client, asked):
    do(client, asked, "contact", contact_by="email", email="new@patient.example")
    (_moment, line, words), _received = page_of(client, asked).context["timeline"]
    assert (str(line), words) == ("You changed how we reach you.", "")


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


def test_the_mail_of_a_withdrawal_rests_ten_minutes_and_is_dropped_by_an_undo(client, asked, time_machine):
    do(client, asked, "withdraw")
    mail = asked.mails.get(kind="withdrawn")
    assert timedelta(minutes=9) < mail.due_at - timezone.now() <= timedelta(minutes=10)
    do(client, asked, "undo")
    time_machine.move_to(mail.due_at)
    deliver(mail.pk)
    assert (fresh(mail).sent_at, fresh(mail).fate) == (None, "not sent: overtaken")


def test_a_patient_who_withdraws_again_is_told_once(client, asked, time_machine):
    for wish in ("withdraw", "undo", "withdraw"):
        do(client, asked, wish)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert asked.mails.due().filter(kind="withdrawn").count() == 1


@pytest.mark.parametrize("step", sorted(STEPS[State.RECEIVED] - {State.WITHDRAWN}))
def test_after_another_step_nothing_is_undone(client, asked, step):
    do(client, asked, "withdraw"), do(client, asked, "undo")
    fresh(asked).move_to(step, Event.Actor.STAFF)
    before = everything()
    response = do(client, asked, "undo")
    assert (response.status_code, "is not withdrawn. Nothing was changed." in response.text) == (409, True)
    assert everything() == before


def test_a_patient_who_thinks_again_is_still_owed_the_word_that_she_waited_for(client, asked):
    asked.move_to(State.IN_CONVERSATION, Event.Actor.STAFF)
    for wish in ("add", "withdraw", "undo"):
        do(client, asked, wish, words="Is Friday possible?")
    assert fresh(asked).is_awaiting_answer
    assert "We will answer by" in page_of(client, asked).text


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
    mail = OutboxMail.objects.create(kind=kind, request=bring_about(kind, asked), message_id="<x@y>")
    addresses = ADDRESS.findall(message_for(mail).body)
    before = everything()
    for address in addresses * 20:
        client.get(address), client.head(address)
    assert (bool(addresses), everything()) == (kind != "withdrawn", before)


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


def test_the_page_after_sending_ends_with_the_link(client, asked, time_machine):
    asked.move_to(State.CLOSED, Event.Actor.SYSTEM)
    url = asked.get_received_url()
    seen = []
    for days in (29, 2):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        seen.append(client.get(url).status_code)
    assert (seen, asked.reference in client.get(url).text) == ([200, 410], False)


@pytest.mark.parametrize(("wish", "status"), [("add", 422), ("undo", 409), ("contact", 410)])
def test_a_refusal_is_kept_by_nobody_either(client, asked, time_machine, wish, status):
    if status == 410:
        asked.move_to(State.CLOSED, Event.Actor.SYSTEM)
        time_machine.move_to(timezone.now() + timedelta(days=31))
    response = do(client, asked, wish)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (status, True)
    assert response["X-Robots-Tag"] == "noindex"


def test_no_address_says_who_asked_or_what(client, asked):
    secrets = (*asked.name.lower().split(), "patient.example", "5865550199", asked.reference.lower(), "pregnancy")
    wishes = [("add", {"words": "canary"}), ("contact", {"contact_by": "phone", "phone": "586 555 0199"})]
    addresses = [
        do(client, asked, wish, **sent)["Location"] for wish, sent in [*wishes, ("withdraw", {}), ("undo", {})]
    ]
    addresses += [client.post(url, form_data())["Location"] for url in ("/consultation/", "/consultation/find/")]
    pages = page_of(client, asked).text + client.get(asked.get_received_url()).text
    addresses += re.findall(r'(?:href|action|src)="([^"]+)"', pages)
    assert not [address for address in addresses for secret in (*secrets, "canary") if secret in address.lower()]


@pytest.mark.parametrize(
    ("steps", "stations"),
    [
        ([], ["Received here", "Answered ahead", "Times offered ahead", "Booked ahead"]),
        (["in-conversation"], ["Received done", "Answered here", "Times offered ahead", "Booked ahead"]),
        (["offered"], ["Received done", "Answered done", "Times offered here", "Booked ahead"]),
        (["in-conversation", "withdrawn"], ["Received done", "Answered done", "Withdrawn here"]),
        (["booked"], ["Received done", "Answered done", "Times offered done", "Booked here"]),
        (["booked", "attended"], ["Received done", "Booked done", "You came here"]),
        (["offered", "booked", "missed"], ["Received done", "Times offered done", "Booked done", "Missed here"]),
        (["declined"], ["Received done", "Declined here"]),
        (["unreachable"], ["Received done", "Not reached here"]),
        (["closed"], ["Received done", "Closed here"]),
    ],
)
def test_the_way_of_a_request_is_drawn_as_stations(asked, steps, stations):
    for step in steps:
        asked.move_to(State(step), Event.Actor.SYSTEM)
    assert [f"{name} {place}" for name, _moment, place in progress(asked)] == stations


def test_a_step_that_was_taken_back_is_no_station(asked):
    staff = make_staff("frontdesk")
    asked.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff)
    asked.undo_step(Event.Actor.STAFF, staff=staff)
    asked.move_to(State.DECLINED, Event.Actor.STAFF, staff=staff)
    assert [(name, place) for name, _moment, place in progress(asked)] == [("Received", "done"), ("Declined", "here")]


def test_an_undo_does_not_change_when_a_request_was_received(asked, time_machine):
    asked.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    asked.undo_step(Event.Actor.PATIENT, within=UNDO_WITHDRAWAL)
    assert progress(asked)[0] == ("Received", asked.received_at, "here")


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
