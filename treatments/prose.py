"""
Prose: the little Markdown that copy is written in, and its two marks.

`[S36, S44]` cites sources by key; the page that shows the text numbers them, in one mark at the end of the sentence.
`[[numbing-product]]` puts in a clinic field. Both are put in after the Markdown has become HTML, so that nothing in a
source or a field can be markup.
"""

import re

from django import forms
from django.db import models
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from clinic_site.pages.markup import page_html, to_words

CITATION = re.compile(r"\s*\[((?:S\d+)(?:\s*,\s*S\d+)*)\]")
STOP = r"[.!?…][”’\")]*(?:</\w+>)*"
END_OF_SENTENCE = re.compile(rf"{STOP}(?=\s|$)")
ENDED = re.compile(rf"{STOP}$")
BLOCK = re.compile(r"</?(?:p|ul|ol|li|h[2-4]|br)\b[^>]*>")
CLINIC_FIELD = re.compile(r"\[\[([a-z0-9-]+)\]\]")


def render(text: str, cite=None, clinic_field=None, inline=False, is_down=None) -> SafeString:
    """
    Prose as HTML.

    `cite(keys)` gives the HTML that stands for citations; without it they are left out. `clinic_field(key)` gives the
    plain text of a clinic field. Where `is_down(address)` says that no page is there now, a link is drawn as its text.
    """
    html = str(page_html(text, inline, is_down))
    html = CLINIC_FIELD.sub(lambda match: conditional_escape(clinic_field(match[1]) if clinic_field else ""), html)
    html = "".join(_cited(piece, cite) for piece in re.split(f"({BLOCK.pattern})", html))
    return mark_safe(html)  # noqa: S308 - cleaned above; what is put in is escaped


def _cited(block, cite):
    """
    A paragraph with one mark after each sentence that cites something, for all that it cites: before its stop, after
    it, or both.
    """
    text, *rest = CITATION.split(block)
    waiting: list[str] = []
    for place, (citation, words) in enumerate(zip(rest[::2], rest[1::2], strict=True), start=1):
        waiting += [key for key in keys_of(citation) if key not in waiting]
        if place < len(rest) // 2 and re.fullmatch(rf"({STOP})?", words):
            text += words
            continue
        end = 0 if ENDED.search(text) else END_OF_SENTENCE.search(words)
        if end is None:
            text += words
            continue
        stop = end.end() if end else 0
        text += words[:stop] + _mark(waiting, cite) + words[stop:]
        waiting = []
    return text + _mark(waiting, cite)


def _mark(keys, cite):
    return cite(keys) if cite and keys else ""


def plain(text: str, clinic_field=None) -> str:
    """Prose as words alone: for search, descriptions and structured data."""
    return re.sub(r"\s+", " ", to_words(render(text, clinic_field=clinic_field))).strip()


def spoken(text: str) -> str:
    """Prose as somebody reads it out: words alone, with a blank line between paragraphs, headings and list items."""
    blocks = (re.sub(r"\s+", " ", to_words(block)).strip() for block in BLOCK.split(str(render(text))))
    return "\n\n".join(filter(None, blocks))


def with_sources(text: str, keys) -> str:
    """Prose whose last sentence cites these sources, too, as well as those that it names itself."""
    return f"{text.rstrip()} [{', '.join(keys)}]" if keys else text


def keys_of(citation: str) -> list[str]:
    return [key.strip() for key in citation.split(",")]


def cited_in(text: str) -> list[str]:
    """The keys of all sources that a text cites."""
    return [key for citation in CITATION.findall(text) for key in keys_of(citation)]


def tidy(text):
    """One kind of line end and none at the ends, so that what a browser sends back unchanged is unchanged."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(text, str) else text


class ProseFormField(forms.CharField):
    def to_python(self, value):
        return tidy(super().to_python(value))


class ProseField(models.TextField):
    """Text in this markup. Whether its citations lead anywhere is checked for a whole version (checking.py)."""

    def to_python(self, value):
        return tidy(super().to_python(value))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": ProseFormField, **kwargs})
