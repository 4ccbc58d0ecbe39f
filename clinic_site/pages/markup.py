"""Markdown as staff write it, made into HTML that can do no harm."""

import re
from functools import lru_cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

from clinic_site.languages import here

HREF = re.compile(r'(<a href=")(/[^"]*)"')
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


def links_here(html: str) -> str:
    """The same HTML with its links to this site in the language of the page on which it stands."""
    return HREF.sub(lambda link: f'{link[1]}{here(link[2])}"', html)


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
