"""Hard words of a page: the first time one stands there, a tap opens what it means, in place."""

import re

from django.utils.html import format_html

from treatments.models import Term

TAG = re.compile(r"(<[^>]+>)")
WORD = re.compile(r"\w+")
SAME_BEGINNING = 5  # letters that another form of a word shares with it: platelet, platelets
MOSTLY = 0.6  # of a meaning's words: a text that has them says it itself
LINKS = ("<a ", "<button ")


class Terms:
    """
    One page's hard words. Text is rendered first, the meanings after it, so each is marked where it is first used.

    A word whose meaning stands in the same paragraph is left alone, there and further down.
    """

    do_not_call_in_templates = True  # a template wants the list

    def __init__(self):
        self.shown: list[Term] = []
        self.live = list(Term.objects.live())
        self._known = {form: term for term in self.live for form in forms_of(term)}
        self._done: set[str] = set()
        words = "|".join(re.escape(form) for form in sorted(self._known, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE) if words else None

    def __call__(self, html):
        """The same HTML, with a button for each word that stands in it for the first time; not within links."""
        if self._pattern is None:
            return html
        text = TAG.sub(" ", html)
        pieces, in_link = [], 0
        for piece in TAG.split(html):
            if piece.startswith("<"):
                in_link += piece.startswith(LINKS) - piece.startswith(("</a", "</button"))
            elif not in_link:
                piece = self._pattern.sub(lambda match: self._marked(match[0], text), piece)
            pieces.append(piece)
        return "".join(pieces)

    def _marked(self, word, text):
        term = self._known[word.casefold()]
        if term.slug in self._done:
            return word
        self._done.add(term.slug)
        if says_it_itself(text, term):
            return word
        self.shown.append(term)
        return format_html('<button class="term" type="button" popovertarget="term-{}">{}</button>', term.slug, word)


def forms_of(term):
    """The word itself, its other forms, and its letters; not the everyday words that stand for it."""
    forms = [form.strip() for form in term.also.split(",")]
    alike = [form for form in forms if form.isupper() or form.casefold()[:SAME_BEGINNING] == beginning(term)]
    return {form.casefold() for form in [term.term, *alike] if form}


def beginning(term):
    return term.term.casefold()[:SAME_BEGINNING]


def says_it_itself(text, term):
    """Whether a text has most of the words of the meaning."""
    words = {word for word in WORD.findall(term.meaning.casefold()) if len(word) > 3}
    having = words.intersection(WORD.findall(text.casefold()))
    return bool(words) and len(having) >= MOSTLY * len(words)
