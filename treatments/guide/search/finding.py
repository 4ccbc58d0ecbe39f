"""From what somebody typed to the passages that answer it."""

from dataclasses import dataclass, field

from django.utils.translation import get_language, gettext_lazy

from clinic_site.content_revision import KeptUntilChanged
from treatments.guide.search.index import Index, Meaning, make_index, page_of
from treatments.guide.search.language import FILLERS, LITTLE_WORDS, stem_of, stems_of, words_of
from treatments.guide.search.passages import Searched, all_passages
from treatments.guide.search.snippets import snippet_of
from treatments.models import Synonym

LONGEST_QUERY = 100  # characters
MOST_WORDS = 20
SUBJECT_IN_SHORT = gettext_lazy("needling")  # how the guide calls what it is about
MOST_FOUND = 8
MOST_OF_A_PAGE = 3
MOST_OF_THE_WORDS = 0.55  # of what the words say, by their rarity: what a passage must have to be found at all
ALL_WORDS = 0.999
OF_THE_NAMED = 3.0  # times as much, for what a treatment that the query names says
TOO_WEAK = 0.1  # of the best one's score
OTHER_FORM = 0.7  # of a word that is typed as in a record
OF_A_HINT = 0.4  # of a word that only longer phrases of records have ("kidney" of kidney disease)
OF_LITTLE_WORDS = 0.6  # of a word: a question ("how soon", "same day") says less than what it is asked of
ASKED_OF_ALL = 0.35  # of all passages: what more of them have decides nothing, though it has its answer in one place
WARNED = 2.0  # times as much, for what is answered where the guide says who has to wait, or when to call
COMMON = 0.12  # of all passages: a word in more of them does not decide what is found while others do
SNIPPET, BEST_SNIPPET = 170, 300  # characters

indexes = KeptUntilChanged(most=20)


@dataclass(frozen=True)
class Asked:
    """One thing that a query is about: the words as typed, and what they mean."""

    typed: str
    meaning: Meaning
    says: float  # by its rarity
    is_exact: bool = True  # whether a word stands alone in a record, in the form in which it was typed
    is_warned: bool = False  # whether it is answered where the guide says who has to wait, or when to call

    @property
    def weight(self):
        """How surely it is what is asked: by its words, and a warning before what it warns of."""
        return self.words * (WARNED if self.is_warned and self.is_exact else 1)

    @property
    def words(self):
        """
        How many words it is, little ones and numbers aside. One in another form (nurse, nursing) is less, and so are
        little words and numbers alone ("how soon", "20 years"), and a word that records have only beside others.
        """
        if self.meaning.is_hint:
            return OF_A_HINT
        typed = self.typed.split()
        number = sum(word not in LITTLE_WORDS and not word.isdigit() for word in typed)
        if not number and (len(typed) > 1 or typed[0] in LITTLE_WORDS):
            return OF_LITTLE_WORDS
        return number if number > 1 else 1 if self.is_exact else OTHER_FORM


@dataclass(frozen=True)
class Found:
    """A passage with the words that answer: (words, whether they are a hit)."""

    passage: Searched
    snippet: list[tuple[str, bool]]


@dataclass(frozen=True)
class SearchResults:
    """
    Passages, best first.

    `read_as` says of words how they were read: mistyped ones, and names that the guide says in words of its own.
    `meant` is the query in those words, where a word was mistyped. `has_all`: the best ones have all of its words.
    """

    found: list[Found] = field(default_factory=list)
    read_as: dict[str, str] = field(default_factory=dict)
    meant: str = ""
    has_all: bool = True

    def __iter__(self):
        return iter(self.found)

    def __len__(self):
        return len(self.found)


def find(query, guides, exact=False) -> SearchResults:
    """
    The passages of these guides and of the clinic's pages that answer a query: first the page whose name has all of its
    words, then what has all of them, then what has most. None for an empty query, nor for one about what the guide has
    no answer to, as a record says, unless it asks about a warning, too.

    Mistyped words are read as the most alike ones, and the words of `Synonym` records as what they stand for; with
    `exact` words are taken as they are typed.
    """
    which = tuple(guide.treatment.pk for guide in guides)
    index = indexes.get((which, get_language()), lambda: _make(guides))
    words = words_of(query)[:MOST_WORDS]
    spelled = _spelled(words, index) if not exact else {word: [word] for word in words}
    asked = _asked([(word, reading) for word in words for reading in spelled[word]], index, exact)
    if any(one.meaning.is_unanswered for one in asked):
        if not any(one.is_exact and one.is_warned for one in asked):
            return SearchResults()
        asked = [one for one in asked if not one.meaning.is_unanswered]
    named = _named(words, index)
    called = _called([reading for word in words for reading in spelled[word]], asked, index, named)
    ranked, has_all = _ranked(asked, index, named, called)
    if not ranked:
        return SearchResults()
    mistyped = {word: " ".join(readings) for word, readings in spelled.items() if readings != [word]}
    return SearchResults(
        found=_shown(ranked, asked, index),
        read_as=mistyped | _renamed(asked, index),
        meant=" ".join(" ".join(spelled[word]) for word in words) if mistyped else "",
        has_all=has_all,
    )


def _make(guides):
    return make_index(all_passages(guides), Synonym.objects.all(), get_language(), _subject_of(guides))


def _subject_of(guides):
    """What everything is about, and so tells nothing: the treatment, where there is one; of several each tells."""
    if len(guides) > 1:
        return ""
    return ", ".join([guides[0].facts.title, *([str(SUBJECT_IN_SHORT)] if guides[0].has_needles else [])])


def _spelled(words, index):
    return {
        word: [word] if word in FILLERS or word in LITTLE_WORDS else index.spelled(word)
        for word in dict.fromkeys(words)
    }


def _asked(readings, index, exact) -> list[Asked]:
    """What a query is about: phrases that mean something of their own, and the other words, without little ones."""
    readings = _joined([(typed, word) for typed, word in readings if word not in FILLERS], index)
    stems = [stem_of(word, index.language) for _typed, word in readings]
    found = [] if exact else index.phrases_in(stems)
    phrases = [(places, meaning) for places, meaning in found if _is_meant(places, meaning, readings, index)]
    taken = {place for places, _meaning in phrases for place in places}
    single = [place for place in range(len(stems)) if place not in taken]
    about = [place for place in single if readings[place][1] not in LITTLE_WORDS]
    telling = [place for place in about if stems[place] not in index.subject]
    if telling or not all(meaning.is_subject for _places, meaning in phrases):
        phrases = [(places, meaning) for places, meaning in phrases if not meaning.is_subject]
    if not phrases and not telling:
        telling = about or single
    wanted = {meaning: places for places, meaning in phrases} | {
        (not exact and index.hint_of(readings[place][1])) or Meaning(((stems[place],),)): [place] for place in telling
    }
    return [
        Asked(
            " ".join(dict.fromkeys(readings[place][0] for place in places)),
            meaning,
            _says(meaning, index),
            len(places) > 1 or not meaning.answered_at or index.has_alone(readings[places[0]][1]),
            index.warns(meaning),
        )
        for meaning, places in wanted.items()
    ]


def _is_meant(places, meaning, readings, index):
    """
    Whether a query is about it: what has no answer is asked for in its record's form ("fast" is not "fasting"), and so
    is what has one where other records have the word ("nurse" is not "nursing").
    """
    word = readings[places[0]][1]
    return len(places) > 1 or index.has_alone(word) or not (meaning.is_unanswered or index.hint_of(word))


def _joined(readings, index):
    """Two words that the guide writes as one, put together: derma roller, make up."""
    joined, place = [], 0
    while place < len(readings):
        both = "".join(word for _typed, word in readings[place : place + 2])
        is_one = place + 1 < len(readings) and both in index.spellings and len(both) > 5
        typed = " ".join(typed for typed, _word in readings[place : place + 2])
        joined.append((typed, both) if is_one else readings[place])
        place += 2 if is_one else 1
    return joined


def _says(meaning, index):
    """How much it says that a passage has this: of a phrase, its best known way to say it."""
    if meaning.answered_at in index.places:
        return index.rarity("")
    return min(max(index.rarity(stem) for stem in stems) for stems in meaning.sets)


def _named(words, index):
    """The treatments that a query names, where there are several: what they say of it comes first."""
    said = {stem_of(word, index.language) for word in words}
    names = {passage.treatment for passage in index.passages} - {""}
    return {name for name in names if {stem_of(word, index.language) for word in words_of(name)} <= said}


def _called(words, asked, index, named):
    """
    The places of pages whose name has all words of a query, little ones and those of a treatment's name aside: no other
    word, where a query is answered elsewhere ("sun" is not "sun damage").
    """
    about = {stem_of(word, index.language) for word in words if word not in FILLERS and word not in LITTLE_WORDS}
    about -= index.subject.union(*(stems_of(name, index.language) for name in named))
    is_answered = any(one.meaning.answered_at in index.places for one in asked)
    names = {place: name for place, name in index.names.items() if about and about <= name}
    return {place for place, name in names.items() if about >= name - index.in_order or not is_answered}


def _ranked(asked: list[Asked], index: Index, named, called):
    """
    (score, place) of what is found, best first, and whether anything has all words.

    A page that is called so comes first; what has all words, or is where one of them is answered, before what has most.
    """
    rows = [(one, index.scores(one.meaning, one.weight)) for one in asked]
    deciding = _deciding(rows, index)
    every = sum(one.says * one.weight for one in deciding)
    answers = {index.places.get(one.meaning.answered_at) for one in deciding}
    ranked = []
    for place in {place for _one, scores in rows for place in scores}:
        having = sum(one.says * one.weight for one, scores in rows if place in scores and one in deciding) / every
        if having >= MOST_OF_THE_WORDS or place in answers:
            score = sum(scores.get(place, 0.0) * (1 if one in deciding else COMMON) for one, scores in rows)
            score *= OF_THE_NAMED if index.passages[place].treatment in named else 1
            ranked.append((having > ALL_WORDS, having > ALL_WORDS or place in answers, score * having, place))
    ranked.sort(key=lambda row: (row[3] not in called, -row[1], -row[2], row[3]))
    return [(score, place) for _all, _first, score, place in ranked], any(has_all for has_all, *_rest in ranked)


def _deciding(rows, index):
    """
    What a passage must have to be found: not words that many have; and beside something that has its answer in one
    place, not words that none has.
    """
    is_answered = any(one.meaning.answered_at in index.places for one, _scores in rows)
    telling = [
        one
        for one, scores in rows
        if len(scores) <= (ASKED_OF_ALL if one.meaning.answered_at else COMMON) * len(index.passages)
        and (scores or one.meaning.answered_at or not is_answered)
    ]
    return telling or [one for one, _scores in rows]


def _shown(ranked, asked, index):
    """The first passages, few of one page, each with its snippet."""
    stems: dict[str, float] = {}
    for one in asked:
        stems |= {
            stem: index.rarity(stem) for stem_set in one.meaning.sets for stem in stem_set if stem in index.weights
        }
    found: list[Found] = []
    of_page: dict[str, int] = {}
    for score, place in ranked:
        passage = index.passages[place]
        page = page_of(passage.url)
        of_page[page] = of_page.get(page, 0) + 1
        if of_page[page] > MOST_OF_A_PAGE or score < TOO_WEAK * ranked[0][0]:
            continue
        longest = SNIPPET if found else BEST_SNIPPET
        found.append(Found(passage, snippet_of(passage.text, stems, index.language, longest)))
        if len(found) == MOST_FOUND:
            break
    return found


def _renamed(asked, index):
    """Of words that the guide does not have: how it says them."""
    return {
        one.typed: one.meaning.said_as
        for one in asked
        if one.meaning.said_as not in ("", one.typed) and not all(stem in index.weights for stem in one.meaning.sets[0])
    }
