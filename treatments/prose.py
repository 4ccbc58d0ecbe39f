"""
Prose: the little Markdown that copy is written in, and its two marks.

`[S36, S44]` cites sources by key; the page that shows the text numbers them. `[[numbing-product]]` puts in a clinic
field. Both are put in after the Markdown has become HTML, so that nothing in a source or a field can be markup.
"""

import re

from django import forms
from django.db import models
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from clinic_site.markup import to_html, to_words

CITATION = re.compile(r"\s*\[((?:S\d+)(?:\s*,\s*S\d+)*)\]")
BLOCK = re.compile(r"</?(?:p|ul|ol|li|h[2-4]|br)\b[^>]*>")
CLINIC_FIELD = re.compile(r"\[\[([a-z0-9-]+)\]\]")


def render(text: str, cite=None, clinic_field=None, inline=False) -> SafeString:
    """
    Prose as HTML.

    `cite(keys)` gives the HTML that stands for citations; without it they are left out. `clinic_field(key)` gives the
    plain text of a clinic field.
    """
    html = str(to_html(text, inline))
    html = CLINIC_FIELD.sub(lambda found: escape(clinic_field(found[1]) if clinic_field else ""), html)
    html = CITATION.sub(lambda found: cite(keys_of(found[1])) if cite else "", html)
    return mark_safe(html)  # noqa: S308 - cleaned above; what is put in is escaped


def plain(text: str, clinic_field=None) -> str:
    """Prose as words alone: for search, descriptions and structured data."""
    return re.sub(r"\s+", " ", to_words(render(text, clinic_field=clinic_field))).strip()


def spoken(text: str) -> str:
    """Prose as somebody reads it out: words alone, with a blank line between paragraphs, headings and list items."""
    blocks = (re.sub(r"\s+", " ", to_words(block)).strip() for block in BLOCK.split(str(render(text))))
    return "\n\n".join(filter(None, blocks))


def keys_of(citation: str) -> list[str]:
    return [key.strip() for key in citation.split(",")]


def cited_keys(text: str) -> list[str]:
    """Every source key that a text cites, in order."""
    return [key for found in CITATION.finditer(text) for key in keys_of(found[1])]


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
