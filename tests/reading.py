"""What a reader of a page has before their eyes, in blocks of text, and how hard that is to read."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import NamedTuple

from django.test import Client

# The elements of a page.
INLINE = {"a", "abbr", "bdi", "button", "em", "strong", "time"}  # `b`, `small` and `span` set labels apart
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "use"}
UNSEEN = {"head", "script", "style", "option"}
NOT_PROSE = {"h1", "h2", "h3", "h4", "th", "button", "svg"}

# The classes of what is not the page's own: what stands on every page, menus, page counters, telephone numbers.
OF_EVERY_PAGE = {"skip", "sample-strip", "site-header", "site-footer", "request-bar", "signoff", "contents", "pager"}
OF_EVERY_PAGE |= {"opening__place", "phone", "layer__holds"}
SOURCES = "sources-section"
UNREAD_MARKS = {"cite", "sources__back"}  # the marks that lead to a source and back

ATTRIBUTES = ("aria-label", "alt", "title", "placeholder")  # words that some readers hear and others see
SHORTEST_PROSE = 6  # words of a block without a full stop; what is shorter is a label


@dataclass
class Block:
    """A stretch of text that stands by itself: a paragraph, a list item, a heading."""

    tags: tuple[str, ...]
    classes: frozenset[str]
    words: str
    cited: tuple[str, ...] = ()  # the numbers of the sources that it links to
    leads: tuple[str, ...] = ()  # those of the paragraph that introduces its list
    item: int = 0  # what belongs together: a list item, a row, a term with its description

    @property
    def is_prose(self):
        whole = re.search(r"[.!?]", self.words) or len(self.words.split()) >= SHORTEST_PROSE
        return bool(whole) and not NOT_PROSE.intersection(self.tags)


class Element(NamedTuple):
    tag: str
    classes: frozenset[str]
    id: str
    item: int


class Reader(HTMLParser):
    """
    Reads a page's HTML into `blocks` of text; what the page tells by attributes alone is in `attributes`.

    The list of sources is in `sources`, by number, and not among the blocks; nor is what `leave_out` names.
    """

    def __init__(self, html, leave_out=frozenset(OF_EVERY_PAGE)):
        super().__init__()
        self.blocks, self.attributes, self.sources = [], [], {}
        self._left_out = leave_out | {SOURCES}
        self._open, self._text, self._cited, self._lead, self._items = [], [], [], (), 0
        self.feed(html)
        self._end_block()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if attributes.get("class") == "cite":
            self._cited += re.findall(r"\d+", attributes["aria-label"])
        elif attributes.get("name") == "description":
            self.attributes.append(attributes.get("content") or "")
        else:
            self.attributes += [attributes[name] for name in ATTRIBUTES if attributes.get(name)]
        if tag not in INLINE:
            self._end_block()
        if tag not in VOID:
            begins_item = tag in ("li", "tr") or (tag == "div" and self._open and self._open[-1].tag == "dl")
            self._items += begins_item
            item = self._items if begins_item else self._open[-1].item if self._open else 0
            classes = frozenset((attributes.get("class") or "").split())
            self._open.append(Element(tag, classes, attributes.get("id") or "", item))

    def handle_startendtag(self, tag, attrs):
        if tag not in VOID:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self._end_block()
        names = [element.tag for element in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data):
        listed = [element.id for element in self._open if element.id.startswith("source-")]
        if UNREAD_MARKS & self._classes():
            return
        if listed:
            number = listed[0].removeprefix("source-")
            self.sources[number] = self.sources.get(number, "") + data
        elif not self._is_hidden():
            self._text.append(data)

    def _tags(self):
        return tuple(element.tag for element in self._open)

    def _classes(self):
        return frozenset(name for element in self._open for name in element.classes)

    def _is_hidden(self):
        return bool(UNSEEN.intersection(self._tags()) or self._left_out & self._classes())

    def _end_block(self):
        words, cited = re.sub(r"\s+", " ", "".join(self._text)).strip(), tuple(self._cited)
        self._text, self._cited = [], []
        if not words and cited and self.blocks:  # the sources of a claim follow its sentence
            self.blocks[-1].cited += cited
        if not words:
            return
        in_list, item = "li" in self._tags(), self._open[-1].item if self._open else 0
        leads = self._lead if in_list else ()
        self.blocks.append(Block(self._tags(), self._classes(), words, cited, leads, item))
        if not in_list:
            self._lead = cited


def read_pages(addresses):
    """Each of these pages as a reader gets it, by its address."""
    answers = {address: Client().get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: Reader(answer.text) for address, answer in answers.items()}


def text_of(blocks):
    """The words of these blocks, one after the other, as a reader sees them."""
    return " ".join(block.words for block in blocks)
