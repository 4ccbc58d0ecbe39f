from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError

from treatments.guide.citations import Citations
from treatments.models import Source
from treatments.prose import plain, render

pytestmark = pytest.mark.django_db

MAY_STAND_IN_PROSE = {
    "p": set(),
    "em": set(),
    "strong": set(),
    "a": {"href", "rel", "title", "aria-label", "class", "id"},
}


class Elements(HTMLParser):
    """Every element of some HTML with the names of its attributes, as a browser reads it."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, {name for name, _value in attrs}))


def elements_that_may_not_be_there(html):
    return [
        (tag, attributes)
        for tag, attributes in Elements(html).found
        if not attributes <= MAY_STAND_IN_PROSE.get(tag, set()) or tag not in MAY_STAND_IN_PROSE
    ]


def mark(place, number, shown="", said=""):
    """The mark at that place on the page, which leads to the first of its sources."""
    label = said or f"Source {number}"
    return f'<a class="cite" id="cite-{place}" href="#source-{number}" aria-label="{label}">{shown or number}</a>'


def test_sources_are_numbered_in_the_order_of_their_first_use():
    cite = Citations()
    first = render("It hurts [S36]. It bleeds [S2, S36]. It heals [S1].", cite=cite, inline=True)
    second = render("It stays [S45].", cite=cite, inline=True)
    assert first == (f"It hurts.{mark(1, 1)} It bleeds.{mark(2, 1, '1–2', 'Sources 1 and 2')} It heals.{mark(3, 3)}")
    assert second == f"It stays.{mark(4, 4)}"
    assert [source.key for source in cite.listed()] == ["S36", "S2", "S1", "S45"]


def test_a_page_numbers_its_sources_anew():
    render("It hurts [S36].", cite=Citations())
    cite = Citations()
    assert render("It bleeds [S2].", cite=cite, inline=True) == f"It bleeds.{mark(1, 1)}"


def test_a_source_that_is_gone_is_passed_over():
    cite = Citations()
    assert render("It hurts [S999]. It bleeds [S999, S2].", cite=cite, inline=True) == (
        f"It hurts. It bleeds.{mark(1, 1)}"
    )
    assert [source.key for source in cite.listed()] == ["S2"]


def test_all_live_sources_are_in_the_order_of_the_keys():
    keys = [source.key for source in Citations().live()]
    assert keys == sorted(Source.objects.values_list("key", flat=True), key=lambda key: int(key[1:]))


def test_without_numbers_citations_are_left_out():
    assert render("It hurts [S36].", inline=True) == "It hurts."


@pytest.mark.parametrize("text", ["It costs [about 90] dollars.", "[S36 and S2]", "[s36]", "[S]", "S36"])
def test_other_brackets_are_words(text):
    assert render(text, cite=Citations(), inline=True) == text


def test_a_clinic_field_is_filled_in():
    words = {"price": "90 dollars"}
    assert render("It costs [[price]].", clinic_field=words.get, inline=True) == "It costs 90 dollars."


def test_a_clinic_field_may_cite():
    cite = Citations()
    html = render("[[wait]]", cite=cite, clinic_field={"wait": "Wait a week [S2]."}.get, inline=True)
    assert html == f"Wait a week.{mark(1, 1)}"


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("**bold** & [x](javascript:y)", "**bold** &amp; [x](javascript:y)"),
        ("[[price]]", "[[price]]"),
        ('" onclick="alert(1)', "&quot; onclick=&quot;alert(1)"),
    ],
)
def test_a_clinic_field_is_text_and_no_markup(value, html):
    assert render("[[price]]", clinic_field={"price": value}.get, inline=True) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> [S36]",
        "[link](javascript:alert(1)) [S36]",
        "[S36](javascript:alert(1))",
        "**[S36]** *[[field]]*",
        "[link](/page/[S36])",
        '[link](/page/ "[S36]")',
        '[link](/page/ "[[field]]")',
        "[link](/page/[[field]])",
        "[S36]<img src=x onerror=alert(1)>",
    ],
)
def test_nothing_but_prose_comes_of_prose(text):
    field = {"field": '"><img src=x onerror=alert(1)> [S36]'}.get
    assert elements_that_may_not_be_there(render(text, cite=Citations(), clinic_field=field)) == []


def test_a_source_is_text_and_no_markup(client):
    Source.objects.filter(key="S2").update(title="<script>alert(1)</script>", note="<b>note</b>", publisher="<i>p</i>")
    text = client.get("/treatments/microneedling/sources/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert [markup for markup in ("<script>", "<b>note", "<i>p") if markup in text] == []


def test_a_source_leads_to_a_web_page_and_nowhere_else():
    source = Source(key="S1000", title="A study", url="javascript:alert(1)")
    with pytest.raises(ValidationError) as refused:
        source.full_clean()
    assert list(refused.value.message_dict) == ["url"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**It hurts** [S36].\n\n- a\n- b", "It hurts. a b"),
        ("[Risks](/risks/) & <tags> [[price]] end", "Risks & <tags> end"),
        ("", ""),
    ],
)
def test_plain_prose_is_its_words(text, words):
    assert plain(text) == words
