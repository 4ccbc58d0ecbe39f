"""
The words of all passages, by their stems, made once for each state of the content.

A passage counts for a word by BM25: the more often it has it and the fewer others do, the more; a heading counts more
than text.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA

from clinic_site.languages import here
from treatments.guide.search.language import FILLERS, LITTLE_WORDS, stem_of, stems_of, words_of
from treatments.guide.search.passages import Searched
from treatments.guide.search.slips import SHORT, is_another, may_begin

HEADING, PAGE_HEADING, ALSO, TEXT = 3.0, 4.0, 1.5, 1.0  # what a word in each place counts
FOLDED = 0.6  # of what a passage in sight counts
SATURATION, LENGTH_MATTERS = 1.2, 0.4  # BM25's k1 and b
ANSWERED_HERE = 12.0  # for the passage that a synonym names as its answer: more than a good heading
ANSWERED_ON_PAGE = 1.5  # times as much, for what stands on the same page
SHORTEST_MISTYPED = 4  # letters: shorter words are read as they are typed
APART = 0.4  # of what words that belong together count where they stand apart
GAP = 3  # words that may stand between those of a phrase
SHORTEST_PART = 3  # letters of each of two words that were typed as one
SHORTEST_BEGUN = 5  # letters of a word that is read to its end: of four, most are words of their own (wind, rent)
OFTEN = 3  # phrases that have a word: so many must lead to one place, where a record has another form of it
MOSTLY = 0.5  # of the phrases that have a word: more of them must be answered in one place, for it to mean that place
AGES = frozenset(str(number) for number in range(10, 100))  # like little words: most numbers are of something else
RANGE = re.compile(r"\b(\d{1,3})-(\d{1,3})\b")  # of numbers, in what people type


@dataclass(frozen=True)
class Meaning:
    """What a word or a phrase stands for: any of some sets of stems, and the passage where it is answered."""

    sets: tuple[tuple[str, ...], ...]
    answered_at: str = ""
    said_as: str = ""  # the guide's own words for it
    is_unanswered: bool = False  # the guide has no answer to it
    is_subject: bool = False  # another name of what all of the guide is about: beside anything else it decides nothing
    is_hint: bool = False  # of a word that records have only beside others


@dataclass
class Index:
    language: str
    passages: list[Searched]
    subject: frozenset[str] = frozenset()  # stems of what the whole guide is about
    weights: dict[str, dict[int, float]] = field(default_factory=dict)  # of a stem, by the passages that have it
    phrases: dict[str, list[tuple[tuple[str, ...], Meaning]]] = field(default_factory=dict)  # by one of their stems
    in_order: frozenset[str] = frozenset()  # stems of little words, and ages: phrases with one are read in order
    spellings: dict[str, int] = field(default_factory=dict)  # each word as it is written, and how often
    alone: set[str] = field(default_factory=set)  # each word that a record has alone, as it is written
    beside: dict[str, list[Meaning]] = field(default_factory=dict)  # of each that records have beside others
    known: set[str] = field(default_factory=set)  # all stems that lead somewhere
    hints: dict[str, Meaning] = field(default_factory=dict)  # of a word or a stem that only longer phrases have
    places: dict[str, int] = field(default_factory=dict)  # of each address
    names: dict[int, frozenset[str]] = field(default_factory=dict)  # the stems of each page's name, by its place
    pairs: list[set[tuple[str, str]]] = field(default_factory=list)  # of stems that stand together, by passage

    def rarity(self, stem):
        """How much it says that a passage has this stem (BM25's IDF): the fewer have it, the more."""
        having, every = len(self.weights.get(stem, ())), len(self.passages)
        return log(1 + (every - having + 0.5) / (having + 0.5))

    def warns(self, meaning):
        """Whether it is answered where the guide says when to call, or who has to wait."""
        return meaning.answered_at in self.places and self.passages[self.places[meaning.answered_at]].is_warning

    def scores(self, meaning, words=1):
        """
        How well passages answer it: of each set, those that have all of its stems. `words`: how many of the query it
        is; what more words name is more surely what is asked.
        """
        found: dict[int, float] = {}
        for stems in meaning.sets:
            rows = [self.weights.get(stem, {}) for stem in stems]
            for place in set(rows[0]).intersection(*rows[1:]):
                score = sum(self.rarity(stem) * row[place] for stem, row in zip(stems, rows, strict=True))
                if not all(pair in self.pairs[place] for pair in pairwise(stems)):
                    score *= APART
                found[place] = max(found.get(place, 0.0), score / len(stems) ** 0.5)
        if meaning.answered_at in self.places:
            page, answer = page_of(meaning.answered_at), self.places[meaning.answered_at]
            for place in found:
                found[place] *= ANSWERED_ON_PAGE if page_of(self.passages[place].url) == page else 1
            found[answer] = found.get(answer, 0.0) + ANSWERED_HERE * words
        return found

    def has_alone(self, word):
        """Whether a record has a word in this form alone, one thing or several (bump, bumps)."""
        return not self.alone.isdisjoint({word, f"{word}s", word.removesuffix("s")})

    def hint_of(self, word):
        """What a word means that records have only beside others, or nothing."""
        forms = (word, word.removesuffix("s"), stem_of(word, self.language))
        return next((self.hints[form] for form in forms if form in self.hints), None)

    def phrases_in(self, stems):
        """
        The phrases of these stems that mean something of their own, longest first, none over another: for each, the
        places of its stems and what it means.

        The words of a phrase may stand apart and in another order ("scars from acne"); with a little word they keep
        their order ("peel after"), and a question's stand together ("how long"). A little word alone means something
        only where nothing else is asked ("am I too old").
        """
        free = dict.fromkeys(range(len(stems)))
        asked = set(stems)
        fitting = [entry for stem in asked for entry in self.phrases.get(stem, ()) if asked.issuperset(entry[0])]
        if not asked <= self.in_order | self.subject:
            fitting = [entry for entry in fitting if self._tells(*entry)]
        is_said = False
        for phrase, meaning in sorted(fitting, key=lambda entry: self._order(entry[0], stems, free)):
            places = self._places_of(phrase, stems, free)
            if places and not (is_said and len(phrase) == 1 and phrase[0] in self.in_order):
                is_said = True
                free = {place: None for place in free if place not in places}
                yield places, meaning

    def _tells(self, phrase, meaning):
        """Whether it means something beside other words: not a little word, nor a question without an answer."""
        return not self.in_order.issuperset(phrase) or (len(phrase) > 1 and not meaning.is_unanswered)

    def _order(self, phrase, stems, free):
        """
        Longer phrases first, a little word counting less than another; of two, the one whose words stand closer, then
        the one whose words stand in its order ("dark spots, brown skin" has no brown spots).
        """
        places = self._places_of(phrase, stems, free) or [0, len(stems)]
        is_turned = tuple(stems[place] for place in places if place < len(stems)) != phrase
        telling = sum(stem not in self.in_order for stem in phrase)
        return -telling, -len(phrase), places[-1] - places[0], is_turned, phrase

    def _places_of(self, phrase, stems, free):
        """Where the words of a phrase stand, close together: its first such places, or none."""
        for start in free:
            window = [place for place in range(start, min(start + len(phrase) + GAP, len(stems))) if place in free]
            if self.in_order.issuperset(phrase):
                window = window[: len(phrase)]
                if tuple(stems[place] for place in window) == phrase:
                    return window
            elif stems[start] in phrase:
                taken = {stems[place]: place for place in reversed(window) if stems[place] in phrase}
                places = [taken[stem] for stem in phrase if stem in taken]
                is_whole = len(taken) == len(set(phrase))
                if is_whole and (places == sorted(places) or self._may_be_turned(phrase, places)):
                    return sorted(places)
        return []

    def _may_be_turned(self, phrase, places):
        """Whether nothing but its question, which stands together, keeps an order ("redness how long")."""
        little = [place for stem, place in zip(phrase, places, strict=True) if stem in self.in_order]
        return len(little) != 1 and little == list(range(min(little, default=0), min(little, default=0) + len(little)))

    def spelled(self, word):
        """
        The words that a mistyped one most likely is: itself where it is known, else the most alike; none if none is.

        Two words that were typed as one, and one that was typed as the beginning of another, are seen, too.
        """
        if stem_of(word, self.language) in self.known or len(word) < SHORTEST_MISTYPED or word.isdigit():
            return [word]
        return self._two_words(word) or self._begun(word) or self._most_alike(word) or [word]

    def _two_words(self, word):
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            parts = [word[:cut], word[cut:]]
            if all(part in self.spellings and part not in LITTLE_WORDS for part in parts):
                return parts
        return []

    def _most_alike(self, word):
        """
        The nearest word, of those the most frequent; the first letter is seldom mistyped, of a short word never. A
        short one with another consonant in it is another word (shave, shade; bald, bad), and so is one of middle length
        that differs in two letters, not in vowels alone (clothes, clots).
        """
        most = 1 if len(word) <= SHORT else 2 if len(word) <= 9 else 3
        near = process.extract(word, self.spellings.keys(), scorer=OSA.distance, score_cutoff=most, limit=None)
        alike = [found for found in near if found[0][0] == word[0] or (found[1] == 1 and may_begin(word, found[0]))]
        alike = [found for found in alike if not is_another(word, found[0], found[1])]
        best = min(alike, key=lambda found: (found[1], found[0][0] != word[0], -self.spellings[found[0]]), default=None)
        return [best[0]] if best else []

    def _begun(self, word):
        if len(word) < SHORTEST_BEGUN:
            return []
        longer = [spelling for spelling in self.spellings if spelling.startswith(word)]
        return [max(longer, key=lambda spelling: self.spellings[spelling])] if longer else []


def page_of(url):
    """The address of the page that a passage is on."""
    return url.partition("#")[0]


def make_index(passages, synonyms, language, subject="") -> Index:
    """The index of these passages; `synonyms` are records, `subject` the words that all of the guide is about."""
    index = Index(
        language,
        passages,
        subject=frozenset(stems_of(subject, language)),
        in_order=frozenset(stem_of(word, language) for word in LITTLE_WORDS) | AGES,
        places={passage.url: place for place, passage in enumerate(passages)},
        names={place: frozenset(stems_of(each.name, language)) for place, each in enumerate(passages) if each.name},
    )
    _weigh(index)
    for synonym in synonyms:
        _add_phrases(index, synonym)
    index.known = set(index.weights) | {
        stem for phrases in index.phrases.values() for phrase, _m in phrases for stem in phrase
    }
    index.hints = _hints(index)
    return index


def _hints(index):
    """
    What is meant by a word that records have only beside others ("kidney disease, kidney problems"): what most of these
    phrases mean, where they are answered in one place. By the stem where neither a passage nor a record alone has it;
    by the word where many do and a record alone has another form of it ("ask a nurse", "nursing"). A short one tells
    only where several phrases have it.
    """
    alone = {stem_of(word, index.language) for word in index.alone}
    having = defaultdict(list)
    for word, meanings in index.beside.items():
        stem = stem_of(word, index.language)
        if stem in alone and not index.has_alone(word):
            having[word] += meanings
        elif stem not in alone and stem not in index.weights:
            having[stem] += meanings
    found = {}
    for word, meanings in having.items():
        place, often = Counter(meaning.answered_at for meaning in meanings).most_common(1)[0]
        least = OFTEN if stem_of(word, index.language) in alone else 1 if len(word) >= SHORT else 2
        if place and often > MOSTLY * len(meanings) and often >= least:
            meant = next(meaning for meaning in meanings if meaning.answered_at == place)
            found[word] = replace(meant, sets=meant.sets[1:] or meant.sets, is_hint=True)
    return found


def _weigh(index):
    counted, lengths = [], []
    spellings: Counter = Counter()
    for passage in index.passages:
        counts: dict[str, float] = defaultdict(float)
        pairs: set[tuple[str, str]] = set()
        heading, weight = (passage.part, HEADING) if passage.part else (passage.page, PAGE_HEADING)
        for text, counts_for in ((heading, weight), (passage.also, ALSO), (passage.text, TEXT)):
            words = [word for word in words_of(text) if word not in FILLERS]
            spellings.update(words)
            stems = [stem_of(word, index.language) for word in words]
            pairs.update(pairwise(stems))
            for stem in stems:
                counts[stem] += counts_for
        counted.append(counts)
        index.pairs.append(pairs)
        lengths.append(sum(counts.values()))
    usual = sum(lengths) / max(len(lengths), 1) or 1
    weights: dict[str, dict[int, float]] = defaultdict(dict)
    for place, (counts, length) in enumerate(zip(counted, lengths, strict=True)):
        part = FOLDED if index.passages[place].is_folded else 1.0
        room = SATURATION * (1 - LENGTH_MATTERS + LENGTH_MATTERS * length / usual)
        for stem, count in counts.items():
            weights[stem][place] = part * count * (SATURATION + 1) / (count + room)
    index.weights = dict(weights)
    index.spellings = {word: often for word, often in spellings.items() if len(word) > 2}


def _each_typed(synonym):
    """What people type, by its commas; a range of numbers stands for each of them (22-99 years old)."""
    for typed in synonym.typed.split(","):
        span = RANGE.search(typed)
        if span is None:
            yield typed
        else:
            yield from (RANGE.sub(str(number), typed) for number in range(int(span[1]), int(span[2]) + 1))


def _add_phrases(index, synonym):
    meant = [tuple(stems_of(words, index.language)) for words in synonym.means.split(",")]
    is_subject = any(meant) and all(index.subject.issuperset(stems) for stems in meant)
    for typed in _each_typed(synonym):
        phrase = tuple(dict.fromkeys(stems_of(typed, index.language)))  # "minute by minute" is one word
        if not phrase:
            continue
        is_little = index.in_order.issuperset(phrase)
        own = [] if is_little and any(meant) else [phrase]  # any text has "how long"
        sets = tuple(filter(None, dict.fromkeys([*own, *meant])))
        said_as = synonym.means.partition(",")[0].strip()
        meaning = Meaning(sets, here(synonym.answered_at), said_as, synonym.is_unanswered, is_subject)
        index.phrases.setdefault(min(phrase), []).append((phrase, meaning))
        words = [word for word in words_of(typed) if word not in FILLERS]
        if len(phrase) == 1:
            index.alone.update(words)
        elif not any(word.isdigit() for word in words):
            for word in set(words) - LITTLE_WORDS:
                index.beside.setdefault(word, []).append(meaning)
        index.spellings |= {word: index.spellings.get(word, 1) for word in words_of(typed) if len(word) > 2}
