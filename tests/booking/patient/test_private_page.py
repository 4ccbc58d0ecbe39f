"""The private page and the links that lead to it: looked at as often as one likes, they change nothing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import links
from booking.desk.steps import make_new_link
from booking.mail.rendering import ADDRESS
from booking.mail.sending import deliver, message_for
from booking.models import ConsultationRequest, Event, OutboxMail
from booking.schedule.consultations import wait_for_earlier
from booking.schedule.times import book, offer_earlier
from booking.schedule.undoing import undo_step_of_patient, undo_step_of_staff
from booking.services import add_words, correct_contact
from booking.states import STEPS, State
from booking.wording import progress
from clinic_site.hours import reply_by
from tests.booking.situations import bring_about
from tests.factories import form_data, make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

# What the form of how they are reached holds before anything is corrected.
PERSON = {
    "name": "Amira Haddad",
    "contact_by": "email",
    "email": "amira@patient.example",
    "phone": "(586) 555-0199",
    "language": "en",
}


@pytest.fixture
def consultation_request():
    return make_request(concern="canary of concern", safety={"pregnancy": "yes"}, phone="+15865550199")


def test_the_received_page_shows_reference_promise_and_private_link(client, consultation_request):
    html = client.get(consultation_request.get_received_url()).content.decode()
    assert consultation_request.reference in html
    assert "We will answer by" in html
    assert consultation_request.private_url in html


@pytest.mark.parametrize("state", State)
def test_the_private_page_says_in_plain_words_where_any_request_stands(client, consultation_request, state):
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(state=state)
    response = client.get(consultation_request.private_url)
    assert (response.status_code, len(re.findall(b"<h1", response.content))) == (200, 1)
    heading = "You hear from us by" if state == State.RECEIVED else response.context["ticket"].heading
    assert re.search(rf"<h1>\s*{heading}", response.text)


def test_the_private_page_shows_each_step_and_none_of_the_notes(client, consultation_request):
    consultation_request.record(Event.Kind.NOTE, Event.Actor.STAFF, note="canary of a note")
    consultation_request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, reason="canary of a reason")
    html = client.get(consultation_request.private_url).content.decode()
    assert "The front desk is working on your request." in html
    assert "canary of a" not in html


@pytest.mark.parametrize("page", ["received", "private"])
def test_private_pages_are_kept_by_nobody_and_found_by_no_search_engine(client, consultation_request, page):
    url = consultation_request.get_received_url() if page == "received" else consultation_request.private_url
    response = client.get(url)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_twenty_gets_and_heads_change_nothing(client, consultation_request):
    before = everything()
    for _ in range(20):
        for url in (consultation_request.private_url, consultation_request.get_received_url()):
            assert (client.get(url).status_code, client.head(url).status_code) == (200, 200)
    assert everything() == before


def test_a_new_generation_revokes_the_old_link(client, consultation_request):
    old = consultation_request.private_url
    make_new_link(consultation_request, make_staff("frontdesk"))
    assert (client.get(old).status_code, client.get(consultation_request.private_url).status_code) == (404, 200)


def test_the_database_holds_nothing_that_opens_the_page(client, consultation_request):
    values = ConsultationRequest.objects.values_list("token_digest", "reference", "form_key", "pk").get()
    assert [client.get(f"/consultation/r/{value}/").status_code for value in values] == [404] * 4


def test_a_token_has_160_bits_and_depends_on_what_it_opens_its_generation_and_the_key():
    tokens = {
        links.token_for(kind(consultation_request, generation), secret)
        for kind in (links.private_page, links.clinician_feed)
        for consultation_request in (1, 2)
        for generation in (1, 2)
        for secret in ("a", "b")
    }
    assert len(tokens) == 16
    assert {len(token) for token in tokens} == {27}  # 160 bits, six to a letter


def test_links_outlive_a_change_of_the_secret_key(client, consultation_request, settings):
    sent = consultation_request.private_url
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key"
    consultation_request.refresh_from_db()
    assert consultation_request.private_url == sent
    assert client.get(sent).status_code == 200


def test_a_lost_secret_key_is_said_and_makes_no_wrong_link(consultation_request, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret key", []
    with pytest.raises(LookupError, match="generation"):
        _ = consultation_request.token


def page_of(client, consultation_request):
    return client.get(consultation_request.private_url)


def do(client, consultation_request, action, **sent):
    return client.post(consultation_request.private_url, {action: "1", **sent})


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def everything():
    """Every row of requests, timeline and outbox."""
    return [list(table.objects.order_by("pk").values()) for table in (ConsultationRequest, Event, OutboxMail)]


def test_what_the_patient_adds_is_kept_encrypted_and_read_by_them_and_by_the_desk(
    client, consultation_request, as_staff
):
    assert do(client, consultation_request, "add", words="I can come\non Fridays.").status_code == 303
    assert "I can come<br>on Fridays." in page_of(client, consultation_request).text
    assert consultation_request.mails.filter(kind="news-for-the-desk").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM booking_event WHERE kind = 'added'")
        assert "Fridays" not in cursor.fetchone()[0]
    desk = as_staff("frontdesk").get(f"/admin/booking/consultationrequest/{consultation_request.pk}/change/")
    assert "I can come<br>on Fridays." in desk.text


def test_what_the_patient_adds_is_owed_a_word_by_the_promise_of_that_moment(consultation_request, time_machine):
    consultation_request.owe_nothing()
    time_machine.move_to(timezone.now() + timedelta(days=3), tick=False)
    add_words(consultation_request, "Is Friday possible?")
    assert fresh(consultation_request).owed_by == reply_by(timezone.now())


def test_a_suspect_who_writes_more_is_kept_and_nobody_is_told():
    suspect = make_request(suspicions=["trap"])
    add_words(suspect, "Buy this")
    suspect.email = "other@patient.example"
    correct_contact(suspect)
    assert [line.kind for line in suspect.timeline.order_by("-pk")[:2]] == ["contact", "added"]
    assert not suspect.mails.exists()


def test_what_the_patient_adds_does_not_put_off_the_word_that_is_owed(consultation_request, time_machine):
    promised = consultation_request.owed_by
    time_machine.move_to(timezone.now() + timedelta(days=3))
    add_words(consultation_request, "Is Friday possible?")
    assert fresh(consultation_request).owed_by == promised


@pytest.mark.parametrize(
    ("words", "said"),
    [("", "Write what you would like"), ("x" * 2001, "Shorten this"), ("a\u202eb", "hidden characters")],
)
def test_words_that_cannot_be_kept_are_refused_and_stay_in_the_page(client, consultation_request, words, said):
    response = do(client, consultation_request, "add", words=words)
    assert (response.status_code, said in response.text, consultation_request.timeline.count()) == (422, True, 1)
    assert response.context["forms"]["add"]["words"].value() == words


def test_the_patient_changes_how_they_are_reached(client, consultation_request):
    sent = PERSON | {"contact_by": "phone", "phone": "(586) 555-0142", "email": "", "may_leave_message": "on"}
    assert do(client, consultation_request, "contact", **sent).status_code == 303
    kept = fresh(consultation_request)
    assert (kept.contact_by, kept.phone.as_e164, kept.email, kept.may_leave_message) == (
        "phone",
        "+15865550142",
        "",
        True,
    )
    line = consultation_request.timeline.last()
    assert (line.kind, line.note, consultation_request.mails.filter(kind="news-for-the-desk").count()) == (
        "contact",
        "Answer by: Phone (before: Email)\n"
        "Email: none (before: amira@patient.example)\n"
        "Phone: (586) 555-0142 (before: (586) 555-0199)\n"
        "May leave a message: yes (before: none)",
        1,
    )


def test_a_way_without_an_address_is_refused_and_the_old_one_is_kept(client, consultation_request):
    response = do(client, consultation_request, "contact", contact_by="phone", phone="12", email="")
    assert (response.status_code, "Enter your full phone number" in response.text) == (422, True)
    assert (fresh(consultation_request).contact_by, fresh(consultation_request).email) == (
        "email",
        "amira@patient.example",
    )
    shown = response.context["consultation_request"]
    assert (shown.contact_by, shown.email, consultation_request.timeline.count()) == (
        "email",
        "amira@patient.example",
        1,
    )


def test_the_timeline_says_to_what_the_contact_changed(client, consultation_request):
    do(client, consultation_request, "contact", **PERSON | {"email": "new@patient.example"})
    (_moment, line, words), _received = page_of(client, consultation_request).context["timeline"]
    said = "Email: new@patient.example (before: amira@patient.example)"
    assert (str(line), words) == ("You changed how we reach you:", said)


def test_all_that_the_browser_lets_somebody_type_about_a_time_is_kept(client, consultation_request):
    book(consultation_request, make_time(240), make_staff("frontdesk"))
    do(client, consultation_request, "cannot-come", why="a\r\n" * 248 + "end")
    assert Event.objects.filter(request=consultation_request).latest("pk").note == "a\n" * 248 + "end"


def test_a_withdrawn_request_is_taken_back_for_ten_minutes(client, consultation_request, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    assert do(client, consultation_request, "withdraw").status_code == 303
    assert fresh(consultation_request).state == "withdrawn"
    time_machine.move_to(start + timedelta(minutes=9, seconds=59), tick=False)
    assert "Undo: keep my request" in page_of(client, consultation_request).text
    assert (do(client, consultation_request, "undo").status_code, fresh(consultation_request).state) == (
        303,
        "received",
    )


def test_a_withdrawal_stands_after_ten_minutes(client, consultation_request, time_machine):
    do(client, consultation_request, "withdraw")
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    assert "Undo" not in page_of(client, consultation_request).text
    response = do(client, consultation_request, "undo")
    assert (response.status_code, "too late to undo" in response.text, fresh(consultation_request).state) == (
        409,
        True,
        "withdrawn",
    )


def test_the_mail_of_a_withdrawal_rests_ten_minutes_and_is_dropped_by_an_undo(
    client, consultation_request, time_machine
):
    do(client, consultation_request, "withdraw")
    mail = consultation_request.mails.get(kind="withdrawn")
    assert timedelta(minutes=9) < mail.due_at - timezone.now() <= timedelta(minutes=10)
    do(client, consultation_request, "undo")
    time_machine.move_to(mail.due_at)
    deliver(mail.pk)
    assert (fresh(mail).sent_at, fresh(mail).fate) == (None, "not sent: overtaken")


def test_a_patient_who_withdraws_again_is_told_once(client, consultation_request, time_machine):
    for action in ("withdraw", "undo", "withdraw"):
        do(client, consultation_request, action)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert consultation_request.mails.due().filter(kind="withdrawn").count() == 1


@pytest.mark.parametrize("step", sorted(STEPS[State.RECEIVED] - {State.WITHDRAWN}))
def test_after_another_step_nothing_is_undone(client, consultation_request, step):
    do(client, consultation_request, "withdraw"), do(client, consultation_request, "undo")
    fresh(consultation_request).move_to(step, Event.Actor.STAFF)
    before = everything()
    response = do(client, consultation_request, "undo")
    assert (response.status_code, "something else has happened since. Nothing was changed." in response.text) == (
        409,
        True,
    )
    assert everything() == before


def test_a_patient_who_thinks_again_is_still_owed_the_word_that_they_waited_for(client, consultation_request):
    consultation_request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF)
    for action in ("add", "withdraw", "undo"):
        do(client, consultation_request, action, words="Is Friday possible?")
    assert fresh(consultation_request).is_awaiting_answer
    assert "We will answer by" in page_of(client, consultation_request).text


def test_withdrawing_twice_is_refused_with_a_sentence(client, consultation_request):
    do(client, consultation_request, "withdraw")
    response = do(client, consultation_request, "withdraw")
    assert response.status_code == 409 and "This request is &#x27;Withdrawn&#x27; already." in response.text
    assert consultation_request.timeline.count() == 2


@pytest.mark.parametrize("action", ["add", "contact"])
def test_nothing_is_added_to_a_request_that_has_ended(client, consultation_request, action):
    consultation_request.move_to(State.CLOSED, Event.Actor.SYSTEM)
    sent = PERSON | {"words": "More", "email": "new@patient.example"}
    response = do(client, consultation_request, action, **sent)
    assert (response.status_code, "come to an end" in response.text) == (409, True)
    assert (fresh(consultation_request).email, consultation_request.timeline.count()) == ("amira@patient.example", 2)


@pytest.mark.parametrize("action", ["withdraw", "add", "contact", "undo"])
def test_a_post_from_another_site_changes_nothing(client, consultation_request, action):
    headers = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://evil.example"}
    response = client.post(consultation_request.private_url, {action: "1", "words": "x"}, **headers)
    assert (response.status_code, fresh(consultation_request).state, consultation_request.timeline.count()) == (
        403,
        "received",
        1,
    )


def test_an_empty_post_changes_nothing(client, consultation_request):
    assert (client.post(consultation_request.private_url).status_code, consultation_request.timeline.count()) == (
        422,
        1,
    )


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.prove)])
@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_each_address_in_a_mail_is_opened_again_and_again_and_changes_nothing(
    client, consultation_request, kind, times
):
    mail = OutboxMail.objects.create(kind=kind, request=bring_about(kind, consultation_request), message_id="<x@y>")
    addresses = ADDRESS.findall(message_for(mail).body)
    before = everything()
    for address in addresses * times:
        client.get(address), client.head(address)
    assert (bool(addresses), everything()) == (kind not in ("withdrawn", "old-address"), before)


def test_the_link_of_an_open_request_does_not_end(client, consultation_request, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=400))
    assert page_of(client, consultation_request).status_code == 200


def test_the_link_ends_thirty_days_after_the_request(client, consultation_request, time_machine):
    consultation_request.move_to(State.CLOSED, Event.Actor.SYSTEM)
    seen = []
    for days in (29, 2):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        seen.append(page_of(client, consultation_request).status_code)
    response = do(client, consultation_request, "add", words="More")
    assert (seen, response.status_code, consultation_request.reference in response.text) == ([200, 410], 410, False)


def test_the_page_after_sending_ends_with_the_link(client, consultation_request, time_machine):
    consultation_request.move_to(State.CLOSED, Event.Actor.SYSTEM)
    url = consultation_request.get_received_url()
    seen = []
    for days in (29, 2):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        seen.append(client.get(url).status_code)
    assert (seen, consultation_request.reference in client.get(url).text) == ([200, 410], False)


@pytest.mark.parametrize(("action", "status"), [("add", 422), ("undo", 409), ("contact", 410)])
def test_a_refusal_is_kept_by_nobody_either(client, consultation_request, time_machine, action, status):
    if status == 410:
        consultation_request.move_to(State.CLOSED, Event.Actor.SYSTEM)
        time_machine.move_to(timezone.now() + timedelta(days=31))
    response = do(client, consultation_request, action)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (status, True)
    assert response["X-Robots-Tag"] == "noindex"


def test_no_address_says_who_asked_or_what(client, consultation_request):
    secrets = (
        *consultation_request.name.lower().split(),
        "patient.example",
        "5865550199",
        consultation_request.reference.lower(),
        "pregnancy",
    )
    actions = [("add", {"words": "canary"}), ("contact", PERSON | {"contact_by": "phone"})]
    addresses = [
        do(client, consultation_request, action, **sent)["Location"]
        for action, sent in [*actions, ("withdraw", {}), ("undo", {})]
    ]
    addresses += [client.post(url, form_data())["Location"] for url in ("/consultation/", "/consultation/find/")]
    pages = page_of(client, consultation_request).text + client.get(consultation_request.get_received_url()).text
    addresses += re.findall(r'(?:href|action|src)="([^"]+)"', pages)
    assert not [address for address in addresses for secret in (*secrets, "canary") if secret in address.lower()]


@pytest.mark.parametrize(
    ("steps", "stations"),
    [
        ([], ["Received here", "With us ahead", "Times offered ahead", "Booked ahead"]),
        (["in-conversation"], ["Received done", "With us here", "Times offered ahead", "Booked ahead"]),
        (["offered"], ["Received done", "With us done", "Times offered here", "Booked ahead"]),
        (["in-conversation", "withdrawn"], ["Received done", "With us done", "Withdrawn here"]),
        (["booked"], ["Received done", "With us done", "Times offered done", "Booked here"]),
        (["booked", "attended"], ["Received done", "Booked done", "You came here"]),
        (["offered", "booked", "missed"], ["Received done", "Times offered done", "Booked done", "Missed here"]),
        (["declined"], ["Received done", "Declined here"]),
        (["unreachable"], ["Received done", "Not reached here"]),
        (["closed"], ["Received done", "Closed here"]),
    ],
)
def test_the_way_of_a_request_is_drawn_as_stations(consultation_request, steps, stations):
    for step in steps:
        consultation_request.move_to(State(step), Event.Actor.SYSTEM)
    assert [f"{name} {place}" for name, _moment, place in progress(consultation_request)] == stations


def test_a_step_that_was_taken_back_is_no_station(consultation_request):
    staff = make_staff("frontdesk")
    consultation_request.move_to(State.IN_CONVERSATION, Event.Actor.STAFF, staff=staff)
    undo_step_of_staff(consultation_request, staff)
    consultation_request.move_to(State.DECLINED, Event.Actor.STAFF, staff=staff)
    assert [(name, place) for name, _moment, place in progress(consultation_request)] == [
        ("Received", "done"),
        ("Declined", "here"),
    ]


def test_an_undo_does_not_change_when_a_request_was_received(consultation_request, time_machine):
    consultation_request.move_to(State.WITHDRAWN, Event.Actor.PATIENT)
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    undo_step_of_patient(consultation_request)
    assert progress(consultation_request)[0] == ("Received", consultation_request.received_at, "here")


def test_what_staff_answer_is_shown_and_what_they_note_is_not(client, consultation_request):
    consultation_request.record(Event.Kind.ANSWER, Event.Actor.STAFF, note="Come on Friday.")
    consultation_request.record(Event.Kind.NOTE, Event.Actor.STAFF, note="Sounds nervous.")
    page = page_of(client, consultation_request).text
    assert "Come on Friday." in page and "nervous" not in page


def test_the_private_page_costs_the_same_for_a_short_and_a_long_story(client, consultation_request):
    page_of(client, consultation_request)  # what stands on every page is kept from here on
    costs = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            page_of(client, consultation_request)
        costs.append(len(queries))
        for _line in range(5):
            consultation_request.record(Event.Kind.ADDED, Event.Actor.PATIENT, note="More")
    assert costs[0] == costs[1]


def test_the_private_page_reads_the_story_once(client, consultation_request):
    with CaptureQueriesContext(connection) as queries:
        page_of(client, consultation_request)
    lines = [query["sql"] for query in queries if '"booking_event"."kind", ' in query["sql"]]
    assert len(lines) == 1


@pytest.mark.parametrize(("hours", "is_asked"), [(240, False), (24, True)], ids=["in ten days", "tomorrow"])
def test_who_is_offered_an_earlier_time_says_that_they_come_only_once_they_are_reminded(
    client, consultation_request, hours, is_asked
):
    staff, earlier = make_staff("frontdesk"), make_time(10, clinician="Dr. Earlier")
    book(consultation_request, make_time(hours), staff)
    assert 'name="confirm"' in client.get(consultation_request.private_url).text
    wait_for_earlier(consultation_request)
    offer_earlier(consultation_request, earlier, staff)
    page = client.get(consultation_request.private_url).text
    assert "Take this time instead" in page and ('name="confirm"' in page) is is_asked
