"""Markdown as staff write it, made into HTML that can do no harm."""

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

from clinic_site.languages import here

HREF = re.compile(r'(<a href=")(/[^"]*)"')
LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
HEADING = re.compile(r"<(h[2-4])>(.*?)</\1>", re.DOTALL)
TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br", "h2", "h3", "h4"}

_markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence", "html_block", "hr"])


@lru_cache(maxsize=2000)
def to_html(text: str, inline: bool = False) -> SafeString:
    """Markdown to HTML that holds nothing but the tags above, and links to this site, https, tel and mailto."""
    html = _markdown.renderInline(text) if inline else _markdown.render(text)
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}},
        url_schemes={"https", "tel", "mailto"},
        link_rel="noopener",
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned in the line above


def page_html(text: str, inline: bool = False, is_down: Callable[[str], bool] | None = None) -> SafeString:
    """
    Markdown as the HTML of a page: its links to this site are in the page's language, and one that leads to an address
    of which `is_down` says that nothing is there now is drawn as its text.
    """
    html = HREF.sub(lambda link: f'{link[1]}{here(link[2])}"', to_html(text, inline))
    if is_down:
        html = LINK.sub(lambda link: link[2] if is_down(unescape(link[1])) else link[0], html)
    return mark_safe(html)  # noqa: S308 - cleaned above; its links alone are others


def to_words(html: str) -> str:
    """The words of some HTML, without its tags."""
    return unescape(nh3.clean(html, tags=set()))


def anchor_of(heading: str) -> str:
    """The place of a heading in its page's address: how-we-guard-it."""
    return slugify(heading, allow_unicode=True)


def with_anchors(html: SafeString) -> SafeString:
    """The same HTML with a place to link to at each of its headings, which are different ones."""
    return mark_safe(HEADING.sub(_with_anchor, html))  # noqa: S308 - what is put in is a slug


def _with_anchor(heading):
    tag, words = heading.groups()
    return f'<{tag} id="{anchor_of(to_words(words))}">{words}</{tag}>'
