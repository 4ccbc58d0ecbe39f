"""Every public page is HTML that a strict parser takes without complaint, with references that lead somewhere."""

import re
from itertools import pairwise

import html5lib
import pytest
from django.db import connection
from django.test import Client

from tests.clinic_site.addresses import FORMS, PAGES, PREPARATION, SELF_CHECK

pytestmark = pytest.mark.django_db

PLAIN = [*PAGES, *FORMS, "/search/", "/search/?q=zebra", f"{PREPARATION}?date=soon", "/nowhere/"]
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d))?")
SVG = "{http://www.w3.org/2000/svg}"


def complaints(html):
    """What is wrong with a page: the parser's errors, ids used twice, references to nothing, headings out of order."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    tree = parser.parse(html)
    wrong = [f"line {place[0]}: {error} {details}" for place, error, details in parser.errors]
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    ids = [element.get("id") for element in elements if element.get("id") is not None]
    wrong += [f"id {name!r} stands twice" for name in sorted(set(ids)) if ids.count(name) > 1]
    for element in elements:
        for attribute in REFERENCES:
            wrong += [
                f"{attribute} leads to no {name}" for name in element.get(attribute, "").split() if name not in ids
            ]
        href = element.get("href", "")
        if href.startswith("#") and href[1:] not in ids:
            wrong.append(f"the link {href} leads nowhere")
        if element.get("style") is not None or any(name.startswith("on") for name in element.keys()):  # noqa: SIM118
            wrong.append(f"{element.tag} has a style or a script of its own")
        if element.tag == f"{SVG}svg" and element.get("role") == "img" and element.find(f"{SVG}title") is None:
            wrong.append("a drawing has no title")
        if element.tag == "time" and not MOMENT.fullmatch(element.get("datetime", "")):
            wrong.append(f"{element.get('datetime')} is not a moment")
    levels = [int(element.tag[1]) for element in elements if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
    wrong += ["not one h1"] if levels.count(1) != 1 else []
    main = [
        int(e.tag[1])
        for e in tree.find(".//main").iter()
        if isinstance(e.tag, str) and e.tag in ("h1", "h2", "h3", "h4")
    ]
    wrong += [f"h{after} follows h{before}" for before, after in pairwise(main) if after > before + 1]
    return wrong


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every page as it is sent, the answers to forms included."""
    client = Client()
    with django_db_blocker.unblock():
        answers = {address: client.get(address) for address in PLAIN}
        answers["errors"] = client.post("/consultation/", {"name": "Amira", "concern": "<b>'\"&amp;"})
        answers["self-check"] = client.post(SELF_CHECK, {"safety-pregnancy": "yes"})
        connection.close()
    return {name: answer.text for name, answer in answers.items()}


@pytest.mark.parametrize("name", [*PLAIN, "errors", "self-check"])
def test_a_page_is_good_html(pages, name):
    assert complaints(pages[name]) == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p><div></div></p>", "unexpected-end-tag"),
        ("<p id=a></p><p id=a></p>", "id 'a' stands twice"),
        ("<label for=b>B</label>", "for leads to no b"),
        ("<a href=#c>C</a>", "the link #c leads nowhere"),
        ("<h3>Three</h3>", "h3 follows h1"),
        ("<svg role=img></svg>", "a drawing has no title"),
        ("<time datetime='2026-11-22T10:00:00.123456+00:00'>Now</time>", "is not a moment"),
        ("<p style='color: red'>", "p has a style or a script of its own"),
    ],
)
def test_the_checker_finds(body, complaint):
    page = f"<!doctype html><title>T</title><main><h1>One</h1>{body}</main>"
    assert any(complaint in found for found in complaints(page))


def test_the_checker_finds_nothing_in_a_good_page():
    assert complaints("<!doctype html><title>T</title><main><h1>One</h1><h2 id=a>Two</h2><a href=#a>A</a></main>") == []
