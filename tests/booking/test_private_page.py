import re

import pytest

from booking import links
from booking.models import ConsultationRequest, Event
from booking.states import State
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
