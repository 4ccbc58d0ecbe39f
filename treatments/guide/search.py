"""Search over the live guide: few pages, so a small index in memory serves, made anew when the guide changes."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches

from clinic_site.content_revision import KeptUntilChanged
from treatments.models.rows import ROW_MODELS, ClinicField
from treatments.prose import ProseField, plain

LONGEST_QUERY = 100  # characters
MOST_WORDS = 8
WEIGHTS = {"title": 8, "heading": 6, "synonyms": 6, "summary": 4, "lead": 3, "rows": 1}
SHORTEST_STEM = 4  # letters: shorter words are matched whole
LONGEST_ENDING = 5  # letters: pigment, pigmentation; but not derma, dermatology
# Everyday words around a question ("does it hurt?"): every page has them, and they say nothing of its subject.
LITTLE_WORDS = frozenset(
    word
    for line in (
        "a about after am an and any are as at be been by can could do does for from get has have how i if in is",
        "it its me much my no not of on or our should so than that the their them there they this to too was we",
        "what when where which who why will with would you your",
    )
    for word in line.split()
)
ALIKE = 0.75  # how alike a mistyped word and a word of the guide must be (difflib's ratio)
SNIPPET_LENGTH = 160  # characters

indexes = KeptUntilChanged(most=20)


@dataclass(frozen=True)
class IndexedPage:
    title: str
    summary: str
    url: str
    words: dict[str, frozenset[str]]
    sentences: list[tuple[str, frozenset[str]]]

    def weight_of(self, wanted):
        """How much of this page is about a word; 0 where it has it in no form."""
        return sum(WEIGHTS[field] for field, words in self.words.items() if _has_form_of(words, wanted))

    def snippet(self, wanted):
        """The first sentence that has every wanted word; none where they stand apart."""
        fitting = (text for text, words in self.sentences if all(_has_form_of(words, word) for word in wanted))
        return _shortened(next(fitting, ""))


@dataclass(frozen=True)
class SearchResults:
    """Pages, best first, each with the sentence that answers; and what mistyped words were read as."""

    pages: list[IndexedPage]
    snippets: dict[str, str]
    read_as: dict[str, str]

    def __iter__(self):
        return ((page, self.snippets[page.url]) for page in self.pages)

    def __len__(self):
        return len(self.pages)


def find(query, guide):
    """
    The pages that have every word of the query in some form, best first; none for an empty query.

    A word that no page has is read as the most alike word that one has: `read_as` says which.
    """
    pages = indexes.get(guide.treatment.pk, lambda: _index(guide))
    query_words = _without_little_words(list(dict.fromkeys(words_of(query))))[:MOST_WORDS]
    read_as = {word: likely for word in query_words if (likely := _likely_word(word, pages)) != word}
    wanted = [read_as.get(word, word) for word in query_words]
    weights = {page.url: [page.weight_of(word) for word in wanted] for page in pages}
    matching = [page for page in pages if wanted and all(weights[page.url])]
    matching.sort(key=lambda page: -sum(weights[page.url]))
    return SearchResults(matching, {page.url: page.snippet(wanted) for page in matching}, read_as if matching else {})


def words_of(text):
    """Words in one plain form: small letters, no accents."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"\w+", "".join(letter for letter in folded if not unicodedata.combining(letter)))


def _without_little_words(words):
    """The words that say what a query is about; all of them where there are only little ones."""
    return [word for word in words if word not in LITTLE_WORDS] or words


def is_form_of(word, wanted):
    """Whether two words are the same but for their ending: scar, scars; numb, numbing."""
    if word == wanted:
        return True
    short, long = sorted((word, wanted), key=len)
    return len(short) >= SHORTEST_STEM and long.startswith(short) and len(long) - len(short) <= LONGEST_ENDING


def _has_form_of(words, wanted):
    return wanted in words or any(is_form_of(word, wanted) for word in words)


def _likely_word(word, pages):
    """The word itself where a page has it in some form, else the most alike one, else itself."""
    vocabulary = set().union(*(words for page in pages for words in page.words.values()))
    if _has_form_of(vocabulary, word):
        return word
    return next(iter(get_close_matches(word, sorted(vocabulary), n=1, cutoff=ALIKE)), word)


def _index(guide):
    texts = _row_texts([*guide.sections, *guide.benefits])
    return [_indexed(version, texts.get(version.pk, []), guide) for version in [*guide.sections, *guide.benefits]]


def _indexed(version, rows, guide):
    also = guide.facts.synonyms if version.unit.slug == "overview" else ""  # the page at the treatment's own address
    fields = {
        "title": version.title,
        "heading": version.heading,
        "synonyms": f"{version.synonyms} {also}",
        "summary": version.summary,
        "lead": plain(version.lead),
        "rows": " ".join(rows),
    }
    words = {field: frozenset(words_of(text)) for field, text in fields.items()}
    sentences = [sentence for row in rows for sentence in re.split(r"(?<=[.!?])\s+", row)]
    return IndexedPage(
        version.title,
        version.summary,
        version.get_absolute_url(),
        words,
        [(sentence, frozenset(words_of(sentence))) for sentence in sentences],
    )


def _row_texts(versions):
    """The plain texts of all rows, by version."""
    texts: dict[int, list[str]] = {}
    for model in ROW_MODELS:
        if model is ClinicField:
            continue
        names = [field.name for field in model._meta.fields if _is_text(field)]
        for version_pk, *values in model.objects.filter(version__in=versions).values_list("version_id", *names):
            texts.setdefault(version_pk, []).extend(plain(value) for value in values if value)
    return texts


def _is_text(field):
    return isinstance(field, ProseField) or field.name in ("heading", "topic", "situation", "question", "label")


def _shortened(sentence):
    if len(sentence) <= SNIPPET_LENGTH:
        return sentence
    return sentence[: SNIPPET_LENGTH - 1].rsplit(" ", 1)[0] + "…"
