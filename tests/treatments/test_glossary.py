import pytest

from tests.clinic_site.addresses import GUIDE
from treatments.glossary import Glossary
from treatments.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def glossary():
    Term.objects.all().delete()
    Term.objects.create(slug="collagen", term="Collagen", meaning="A strong protein.", also="collagen fibers")
    Term.objects.create(slug="dermis", term="Dermis", meaning="The thicker layer below.", also="collagen layer")
    Term.objects.create(slug="erythema", term="Erythema", meaning="Redness.", also="redness, flush")
    return Glossary()


def link(slug, words):
    return f'<a class="term" id="use-{slug}" href="#word-{slug}" aria-describedby="word-{slug}-means">{words}</a>'


def test_the_first_use_of_a_word_leads_to_its_meaning(glossary):
    assert (
        glossary("<p>New collagen, more collagen.</p>") == f"<p>New {link('collagen', 'collagen')}, more collagen.</p>"
    )
    assert glossary("<p>Collagen again.</p>") == "<p>Collagen again.</p>"
    assert [term.term for term in glossary.listed()] == ["Collagen"]


def test_the_longest_name_wins(glossary):
    assert glossary("The Collagen Layer.") == f"The {link('dermis', 'Collagen Layer')}."
    assert glossary("collagen fibers") == link("collagen", "collagen fibers")


@pytest.mark.parametrize(
    "html",
    [
        "procollagen, collagens, collagen-like, pre-collagen",
        '<a href="/collagen/">collagen</a>',
        "<h3>Collagen</h3>",
        '<a href="/" title="a > collagen">x <strong>collagen</strong></a>',
        "<sup>collagen</sup>",
        "redness explains itself",
        "",
    ],
)
def test_what_is_not_linked(glossary, html):
    assert glossary(html) == html
    assert glossary.listed() == []


def test_a_word_after_a_link_is_linked(glossary):
    html = '<a href="/">collagen</a> and <strong>dermis</strong>'
    assert glossary(html) == f'<a href="/">collagen</a> and <strong>{link("dermis", "dermis")}</strong>'


def test_another_name_leads_to_the_word(glossary):
    assert glossary("A flush.") == f"A {link('erythema', 'flush')}."


def test_a_name_with_signs_is_found_as_it_is_written():
    Term.objects.all().delete()
    Term.objects.create(slug="cleared", term="510(k)", meaning="A way to the market.")
    assert Glossary()("A 510(k), they say") == f"A {link('cleared', '510(k)')}, they say"


def test_without_words_nothing_changes():
    Term.objects.all().delete()
    assert Glossary()("<p>Collagen</p>") == "<p>Collagen</p>"


def test_a_page_lists_the_words_that_it_uses_and_no_others(client):
    html = client.get(f"{GUIDE}prp/").text
    assert (
        html.count('href="#word-platelets"')
        == html.count('id="word-platelets"')
        == html.count('id="use-platelets"')
        == 1
    )
    assert 'id="word-keloid"' not in html


def test_the_home_page_has_no_list_and_no_such_links(client):
    assert 'class="term"' not in client.get("/").text
