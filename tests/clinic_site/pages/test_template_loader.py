"""Pages are sent without the blank space that only makes templates readable."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from clinic_site.pages.template_loader import without_blank_space

TEMPLATES = settings.BASE_DIR / "templates"


def rendered(source, **context):
    return engines["django"].from_string(without_blank_space(source)).render(context)


def test_an_element_a_line_is_sent_in_one():
    assert rendered("<ul>\n  <li>\n    <b>One</b>\n  </li>\n\n  <li>Two</li>\n</ul>\n") == (
        "<ul><li><b>One</b></li><li>Two</li></ul>"
    )


def test_a_line_break_between_words_or_inline_elements_stays_a_blank():
    assert rendered("<p>\n  Call\n  <a>us</a>\n  <b>now</b>\n  {{ name }}\n</p>", name="Ann") == (
        "<p>Call\n<a>us</a>\n<b>now</b>\nAnn</p>"
    )


def test_around_an_element_that_stands_apart_no_blank_is_sent():
    assert rendered("<p>\n  one\n  <br>two<br>\n  three\n</p>") == "<p>one<br>two<br>three</p>"


def test_glue_joins_what_stands_on_two_lines():
    assert rendered("<p>\n  {{ name }}{# glue #}\n  , and <b>more</b>{# glue #}\n  .\n</p>", name="Ann") == (
        "<p>Ann, and <b>more</b>.</p>"
    )


@pytest.mark.parametrize(("more", "sent"), [(True, "<p>One, two.</p>"), (False, "<p>One.</p>")])
def test_glue_holds_over_a_condition(more, sent):
    source = "<p>\n  One{# glue #}\n  {% if more %}\n    , two{# glue #}\n  {% endif %}{# glue #}\n  .\n</p>"
    assert rendered(source, more=more) == sent


@pytest.mark.parametrize(("first", "sent"), [(True, "<b>One</b>"), (False, "<b>Two</b>")])
def test_a_condition_adds_no_blank_inside_an_element(first, sent):
    assert rendered("<b>\n  {% if first %}\n    One\n  {% else %}\n    Two\n  {% endif %}\n</b>", first=first) == sent


def test_what_a_loop_repeats_keeps_its_blank():
    source = "<p>\n  {% for word in words %}\n    <b>{{ word }}</b>\n  {% endfor %}\n  end\n</p>"
    assert rendered(source, words=["a", "b"]).split() == ["<p><b>a</b>", "<b>b</b>", "end</p>"]


def test_lines_that_only_set_or_remark_leave_nothing():
    remarks = "{# Why. #}\n{% comment %}\nMore.\n{% endcomment %}\n"
    source = "{% load i18n %}\n{% translate 'Hello' as word %}\n" + remarks + "<p>{{ word }}</p>"
    assert rendered(source) == "<p>Hello</p>"


@pytest.mark.parametrize(
    ("current", "sent"),
    [("page", '<a href="/" aria-current="page">'), ("other", '<a href="/" class="on">'), ("", '<a href="/">')],
)
def test_attributes_a_line_are_sent_with_one_blank_each(current, sent):
    source = (
        '<a\n  href="/"\n  {% if current == "page" %}\n    aria-current="page"\n'
        '  {% elif current %}\n    class="on"\n  {% endif %}\n>\n  Go\n</a>'
    )
    assert rendered(source, current=current) == f"{sent}Go</a>"


def test_an_element_without_content_does_not_swallow_the_blank_after_it():
    assert rendered('<input\n  name="a"\n>\n<b>word</b>') == '<input name="a">\n<b>word</b>'


def test_a_comparison_in_a_start_tag_does_not_end_the_tag():
    source = '<p\n  {% if 2 > 1 %}\n    class="a"\n  {% endif %}\n>\n  word\n</p>'
    assert rendered(source) == '<p class="a">word</p>'


@pytest.mark.parametrize("element", ["pre", "textarea", "script"])
def test_what_is_typed_or_run_keeps_its_lines(element):
    source = f"<{element}>\n  one\n\n    two\n</{element}>"
    assert without_blank_space(source) == source


def test_a_text_to_translate_stays_what_translators_know():
    text = "{% blocktranslate %}one\n  <b>\n  two{% endblocktranslate %}"
    assert text in without_blank_space(f"<p>\n  {text}\n</p>")


def test_a_page_is_sent_without_indentation(client, db):
    assert re.findall(r"\n +<", client.get("/").content.decode()) == []


def test_the_text_of_a_mail_keeps_its_empty_lines():
    assert "\n\n" in get_template("layouts/mail.txt").template.source


def test_a_template_of_another_package_is_left_as_it_is():
    template = get_template("admin/pagination.html").template
    assert template.source == Path(template.origin.name).read_text(encoding="utf-8")


def loses_words(path):
    source = path.read_text(encoding="utf-8")
    shortened = without_blank_space(source)
    remarks = re.compile(r"{#.*?#}")
    lost = "".join(remarks.sub("", shortened).split()) != "".join(remarks.sub("", source).split())
    return lost or without_blank_space(shortened) != shortened


def test_words_stay_as_they_are():
    """Apart from blanks and remarks nothing is lost; and no two words of a line grow together."""
    templates = sorted(TEMPLATES.rglob("*.html"))
    assert len(templates) > 100
    assert [path for path in templates if loses_words(path)] == []
