"""Markdown as staff write it, made into HTML that can do no harm."""

from functools import lru_cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

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


def to_words(html: str) -> str:
    """The words of some HTML, without its tags."""
    return unescape(nh3.clean(html, tags=set()))
