import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.clinic_site.addresses import GUIDE
from tests.factories import make_benefit, make_treatment, make_version
from treatments.guide.pages import Guide
from treatments.guide.search import find, is_form_of, words_of
from treatments.models import Passage, Treatment

pytestmark = pytest.mark.django_db


def found(query):
    """The addresses of a search in the live guide, best first, as far as they tell pages apart."""
    return [page.url.removeprefix(GUIDE) for page in find(query, the_guide()).pages]


def the_guide():
    return Guide(Treatment.objects.get(slug="microneedling"))


def show(slug, **fields):
    """A live benefit with these words, at that address."""
    version = make_benefit(slug=slug, **fields).newest_version()
    version.go_live()
    return version


@pytest.mark.parametrize(
    ("word", "wanted", "same"),
    [
        ("scar", "scar", True),
        ("scars", "scar", True),
        ("scar", "scars", True),
        ("numb", "numbing", True),
        ("pigment", "pigmentation", True),
        ("dermaroller", "derma", False),
        ("dermatology", "derma", False),
        ("car", "cars", False),
        ("pr", "prp", False),
        ("scar", "scare", True),
        ("scar", "escar", False),
        ("cost", "most", False),
    ],
)
def test_words_are_the_same_but_for_their_ending(word, wanted, same):
    assert (is_form_of(word, wanted), is_form_of(wanted, word)) == (same, same)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Acne Scars!", ["acne", "scars"]),
        ("collagène", ["collagene"]),
        ("FDA-cleared (510k)", ["fda", "cleared", "510k"]),
        ("ﬁne lines", ["fine", "lines"]),
        ("ندبات حب الشباب", ["ندبات", "حب", "الشباب"]),
        ("… 💉 ' \" %", []),
        ("", []),
    ],
)
def test_a_query_is_words_in_one_plain_form(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("derma roller", ["", "alternatives/", "risks/"]),
        ("vampire facial", ["", "prp/"]),
        ("pockmarks", ["benefits/scars/"]),
    ],
)
def test_a_page_is_found_by_another_word_for_it(query, pages):
    assert sorted(found(query)) == pages


@pytest.mark.parametrize("query", ["skin needling", "percutaneous collagen induction"])
def test_a_treatment_is_found_by_another_word_for_it(query):
    assert found(query)[:1] == [""]


def test_the_page_that_is_about_a_word_comes_first():
    queries = ["scars", "numb", "recovery", "wrinkle", "prp", "price", "pregnant"]
    assert {query: found(query)[0] for query in queries} == {
        "scars": "benefits/scars/",
        "numb": "numbing/",
        "recovery": "recovery/",
        "wrinkle": "benefits/fine-lines-and-wrinkles/",
        "prp": "prp/",
        "price": "cost/",
        "pregnant": "suitability/",
    }


def test_a_word_that_is_typed_twice_counts_once():
    assert find("scar scar scar", the_guide()) == find("scar", the_guide())


@pytest.mark.parametrize(
    ("typed", "read_as", "page"),
    [
        ("microneadling", "microneedling", ""),
        ("isotretinion", "isotretinoin", "suitability/"),
        ("collegen", "collagen", ""),
        ("recovrey", "recovery", "recovery/"),
    ],
)
def test_a_mistyped_word_is_read_as_the_most_alike_one_and_said_so(client, typed, read_as, page):
    answer = client.get("/search/", {"q": typed})
    assert answer.context["results"].read_as == {typed: read_as}
    assert page in found(typed)
    assert f"No page has “{typed}”, so we looked for <b>{read_as}</b>." in answer.text


def test_a_word_like_no_other_finds_nothing_and_is_not_read_as_another():
    nothing = find("zzyzx", the_guide())
    assert (nothing.pages, nothing.read_as) == ([], {})


def test_the_index_is_made_once_and_anew_after_an_edit(django_assert_num_queries):
    find("scar", the_guide())
    guide = the_guide()
    with django_assert_num_queries(1):
        find("zebra", guide)
    show("softer", title="Zebra")
    assert found("zebra") == ["benefits/softer/"]


def test_a_page_must_hold_every_word():
    show("softer", title="Softer zebra")
    show("calmer", title="Calmer zebra okapi")
    assert (sorted(found("zebra")), found("okapi zebras")) == (
        ["benefits/calmer/", "benefits/softer/"],
        ["benefits/calmer/"],
    )


@pytest.mark.parametrize("field", ["title", "heading", "lead", "summary", "synonyms"])
def test_every_text_of_a_page_is_searched(field):
    show("softer", **{field: "Of zebras"})
    assert found("zebra") == ["benefits/softer/"]


def test_a_title_weighs_more_than_a_summary_and_a_summary_more_than_a_row():
    rows = show("by-rows")
    rows.passages.update(body="Of zebras.")
    show("by-summary", summary="Of zebras.")
    show("by-title", title="Zebras")
    assert found("zebra") == ["benefits/by-title/", "benefits/by-summary/", "benefits/by-rows/"]


def test_the_snippet_is_the_sentence_that_holds_the_word(client):
    version = show("softer")
    version.passages.update(body="First sentence. **Zebras** have stripes [S2]. Third sentence.")
    [(page, snippet)] = client.get("/search/?q=zebra").context["results"]
    assert (snippet, page.title) == ("Zebras have stripes.", version.title)


def test_a_snippet_is_text_and_no_markup(client):
    show("softer").passages.update(body="Zebras <b onclick='alert(1)'>have</b> stripes.")
    text = client.get("/search/?q=zebra").text
    assert "Zebras &lt;b onclick=" in text and "<b onclick" not in text


def test_a_long_snippet_is_cut_between_words(client):
    show("softer").passages.update(body="Zebras " + "are striped animals " * 20)
    [(_page, snippet)] = client.get("/search/?q=zebra").context["results"]
    assert len(snippet) <= 160 and snippet.endswith(("striped…", "animals…", "are…"))


def test_drafts_and_past_versions_are_not_found():
    benefit = make_benefit(summary="Of zebras.")
    past = benefit.newest_version()
    past.go_live()
    make_version(benefit, summary="Of horses.").go_live()
    draft = make_version(benefit, summary="Of okapis.")
    Passage.objects.create(version=draft, key="new", heading="Giraffes", body="Tall.")
    assert (found("zebra"), found("horses"), found("okapi"), found("giraffes")) == (
        [],
        ["benefits/smoother/"],
        [],
        [],
    )


def test_another_treatments_pages_are_not_found_in_this_guide():
    make_benefit(make_treatment("peeling"), summary="Of zebras.").newest_version().go_live()
    assert found("zebra") == []


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
    "Arabic": "ندبات",
    "a mark that turns the direction": "\u202escars",
    "the last letter of the alphabet": "\uffff",
    "wildcards": "%_",
    "only white space": "\n\t\r",
}


def test_any_input_gets_a_page(client):
    answers = {name: client.get("/search/", {"q": query}) for name, query in ANY.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(ANY, 200)
    assert {name: answer.context["q"] for name, answer in answers.items()} == {
        name: query[:100] for name, query in ANY.items()
    }
    assert [name for name, answer in answers.items() if "<script>" in answer.text] == []


def test_any_address_gets_a_page(client):
    addresses = ["q=%ff%fe", "q=%ed%a0%80", "q=scars&q=risks", "q[]=scars", "p=1", "q", ""]
    answers = {address: client.get(f"/search/?{address}").status_code for address in addresses}
    assert answers == dict.fromkeys(addresses, 200)


def test_a_null_character_is_a_bad_request(client):
    assert client.get("/search/?q=sc%00ars").status_code == 400


def test_what_was_typed_stays_in_the_box_as_text(client):
    text = client.get("/search/", {"q": 'a "scar" & <b>'}).text
    assert 'value="a &quot;scar&quot; &amp; &lt;b&gt;"' in text


def test_an_empty_search_asks_for_a_word(client):
    answer = client.get("/search/")
    assert (answer.context["results"].pages, "Type a word or two" in answer.text) == ([], True)


def test_a_search_without_a_result_says_so_and_shows_the_guide(client):
    answer = client.get("/search/?q=zebra")
    assert (answer.context["results"].pages, "No page has all of these words" in answer.text) == ([], True)
    assert f'href="{GUIDE}risks/"' in answer.text


def test_a_search_is_not_kept_by_search_engines(client):
    assert '<meta name="robots" content="noindex">' in client.get("/search/?q=scar").text


def test_a_search_costs_the_same_for_one_page_and_many(client):
    show("softer", title="Zebras")
    client.get("/search/?q=first")
    costs = []
    for query in ("zebra", "scar", "nothing-at-all"):
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/", {"q": query})
        costs.append(len(queries))
    assert costs[0] == costs[1] and max(costs) <= 9


def test_little_words_of_a_question_do_not_narrow_it():
    assert found("does it hurt when you have a scar") == found("hurt scar") != []


def test_a_query_of_little_words_alone_is_searched_as_it_is():
    assert found("before and after") == found("after before") != []


def test_a_snippet_is_a_sentence_with_every_word_and_there_is_none_where_they_stand_apart():
    together = find("vampire facial", the_guide()).snippets.values()
    apart = find("vampire centrifuge", the_guide()).snippets.values()
    assert any("vampire facial" in sentence for sentence in together)
    assert set(apart) == {""}
