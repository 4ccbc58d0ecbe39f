"""Explains the hard words of one page: the first use of each leads to its meaning at the end of the page."""

import re
from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from treatments.models import Term

TAG = re.compile(r"""(<[^>"]*(?:"[^"]*"[^>"]*)*>)""")
NO_LINK_WITHIN = re.compile(r"<(/?)(?:a|h[1-6]|sup)\b")


class Glossary:
    """The words of one page. Text is rendered first, the list after it, as with citations."""

    do_not_call_in_templates = True

    def __init__(self):
        self._used: dict[str, Term] = {}

    def __call__(self, html) -> SafeString:
        """The same HTML, in which the first use of each word of the glossary on this page is a link to its meaning."""
        if not self._terms:
            return mark_safe(html)  # noqa: S308 - as clean as it came
        pieces, within = [], 0
        for piece in TAG.split(html):
            if tag := NO_LINK_WITHIN.match(piece):
                within += -1 if tag[1] else 1
            elif not within and not piece.startswith("<"):
                piece = self._names.sub(self._link, piece)
            pieces.append(piece)
        return mark_safe("".join(pieces))  # noqa: S308 - as clean as it came; what is put in is escaped

    def listed(self):
        """The words that were linked so far, in the order of the alphabet."""
        return sorted(self._used.values(), key=lambda term: term.term.lower())

    def _link(self, found):
        term = self._terms[found[0].lower()]
        if term.slug in self._used:
            return found[0]
        self._used[term.slug] = term
        return format_html(
            '<a class="term" id="use-{slug}" href="#word-{slug}" aria-describedby="word-{slug}-means">{name}</a>',
            slug=term.slug,
            name=mark_safe(found[0]),  # noqa: S308 - text of the page, escaped already
        )

    @cached_property
    def _terms(self):
        """Each term by each of its names in lower case; another name that its own meaning uses needs no help."""
        named = {}
        for term in Term.objects.all():
            others = [name.strip() for name in term.also.split(",") if name.strip()]
            for name in [term.term, *(name for name in others if name.lower() not in term.meaning.lower())]:
                named.setdefault(name.lower(), term)
        return named

    @cached_property
    def _names(self):
        longest_first = sorted(self._terms, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
