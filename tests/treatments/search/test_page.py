"""The page of a search: its snippets, its way on where nothing is found, and what it costs."""

import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.clinic_site.addresses import GUIDE
from tests.treatments.search.test_finding import results_of, show, the_guide
from treatments.guide.search.passages import all_passages

pytestmark = pytest.mark.django_db


def snippet_of(query):
    """The first result's words, with the hits in brackets."""
    (first, *_rest) = results_of(query)
    return "".join(f"[{words}]" if is_hit else words for words, is_hit in first.snippet)


def test_the_snippet_begins_with_the_sentence_that_has_the_words_and_marks_them():
    show(body="First sentence. Some **zebras** have [S2] stripes. Third sentence.")
    assert snippet_of("zebra stripe") == "Some [zebras] have [stripes]. Third sentence."


def test_hits_side_by_side_are_one_mark():
    show(body="There were striped zebras.")
    assert snippet_of("zebra striped") == "There were [striped zebras]."


def test_a_snippet_is_text_and_no_markup(client):
    show(body="Zebras <b onclick='alert(1)'>have</b> stripes.")
    text = client.get("/search/?q=zebra").text
    assert "&lt;b onclick=" in text and "<b onclick" not in text


def test_a_long_snippet_is_cut_between_words_and_shows_the_hit():
    show(body="striped animals " * 40 + "zebras " + "striped animals " * 40)
    words = snippet_of("zebra")
    assert len(words) <= 305 and "[zebras]" in words
    assert words.startswith("… ") and words.endswith(("striped…", "animals…"))


def test_every_place_that_a_result_can_lead_to_is_in_its_page(client):
    pages, missing = {}, []
    for passage in all_passages([the_guide()]):
        address, place = urlsplit(passage.url).path, urlsplit(passage.url).fragment
        if address not in pages:
            answer = client.get(address)
            assert answer.status_code == 200, address
            pages[address] = set(re.findall(r'\bid="([^"]+)"', answer.text))
        if place and place not in pages[address]:
            missing.append(passage.url)
    assert missing == []


def test_no_two_passages_have_one_address():
    addresses = [passage.url for passage in all_passages([the_guide()])]
    assert sorted(addresses) == sorted(set(addresses))


ANY = {
    "empty": "",
    "a space": " ",
    "ten thousand letters": "a" * 10_000,
    "ten thousand letters in words": "scar " * 2_000,
    "emoji": "💉👩🏽‍⚕️",
    "SQL": "' OR 1=1 --",
    "a script": '"><script>alert(1)</script>',
    "a backslash": "\\",
    "open brackets": "(((",
    "half an expression": "[a-",
    "an expression": ".*",
    "Arabic": "ندبات حب الشباب",
    "a mark that turns the direction": "\u202escars",
    "the last letter of the alphabet": "\uffff",
    "wildcards": "%_",
    "a ligature": "ﬁne lines",
    "only white space": "\n\t\r",
}


@pytest.mark.parametrize("how", [{}, {"exact": "1"}], ids=["as meant", "exactly"])
def test_any_input_gets_a_page(client, how):
    answers = {name: client.get("/search/", {"q": query} | how) for name, query in ANY.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(ANY, 200)
    assert {name: answer.context["q"] for name, answer in answers.items()} == {
        name: query[:100] if query.strip() else "" for name, query in ANY.items()
    }
    assert [name for name, answer in answers.items() if "<script>" in answer.text] == []


def test_any_address_gets_a_page(client):
    addresses = ["q=%ff%fe", "q=%ed%a0%80", "q=scars&q=risks", "q[]=scars", "p=1", "q", "", "q=scar&exact"]
    answers = {address: client.get(f"/search/?{address}").status_code for address in addresses}
    assert answers == dict.fromkeys(addresses, 200)


def test_a_null_character_is_a_bad_request(client):
    assert client.get("/search/?q=sc%00ars").status_code == 400


def test_what_was_typed_stays_in_the_box_as_text(client):
    text = client.get("/search/", {"q": 'a "scar" & <b>'}).text
    assert 'value="a &quot;scar&quot; &amp; &lt;b&gt;"' in text


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?q=%E3%80%80"])
def test_an_empty_search_asks_for_a_word_and_shows_the_ways_in(client, query):
    answer = client.get(f"/search/{query}")
    assert (len(answer.context["results"]), "Type a word, or ask" in answer.text) == (0, True)
    assert f'<a href="{GUIDE}risks/"><b>Risks</b></a>' in answer.text


def test_a_search_without_a_result_says_so_and_shows_ways_on(client):
    answer = client.get("/search/?q=zebra")
    assert (len(answer.context["results"]), "Nothing here about “zebra”" in answer.text) == (0, True)
    assert f'<a href="{GUIDE}risks/"><b>Risks</b></a>' in answer.text
    assert 'href="/consultation/?treatment=microneedling"' in answer.text and 'href="tel:' in answer.text


def test_the_exact_search_is_one_tap_away(client):
    text = client.get("/search/", {"q": "scarrs & co"}).text
    assert 'href="/search/?q=scarrs%20%26%20co&amp;exact=1"' in text


def test_a_search_is_not_kept_by_search_engines(client):
    assert '<meta name="robots" content="noindex">' in client.get("/search/?q=scar").text


def test_a_search_costs_the_same_for_one_passage_and_many(client):
    show(title="Zebras")
    client.get("/search/?q=first")
    costs = {}
    for query in ("zebra", "scar", "nothing-at-all"):
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/", {"q": query})
        costs[query] = len(queries)
    assert costs["zebra"] == costs["scar"] and max(costs.values()) <= 9, costs
