"""The words of a passage that answer a query, with its words marked."""

import re

from treatments.guide.search.language import APOSTROPHES, FILLERS, folded, stem_of

SENTENCE = re.compile(r"(?<=[.!?])\s+")
WORDS = re.compile(r"\w+(?:['’‘]\w+)*")
BEFORE = 60  # characters that are kept before the first hit of a sentence that is too long


def snippet_of(text, stems, language, longest) -> list[tuple[str, bool]]:
    """
    The part of a text that has most of the stems, in at most `longest` characters: (words, whether they are a hit).

    It begins with a sentence, and ends with one where that fits; without a hit, it is the text's beginning.
    """
    sentences = SENTENCE.split(text)
    hits = [{stem for stem in _stems(sentence, language) if stem in stems} for sentence in sentences]
    best = max(range(len(sentences)), key=lambda place: (sum(stems[stem] for stem in hits[place]), -place))
    return _marked(_cut(sentences[best:], stems, language, longest), stems, language)


def _stems(text, language):
    return [_stem(word, language) for word in WORDS.findall(text)]


def _stem(word, language):
    plain = folded(APOSTROPHES.sub("", word))
    return "" if plain in FILLERS else stem_of(plain, language)


def _cut(sentences, stems, language, longest):
    """The first sentence, and as many more as fit; of one that is too long, the part around its first hit."""
    words = sentences[0]
    for sentence in sentences[1:]:
        if len(words) + 1 + len(sentence) > longest:
            break
        words = f"{words} {sentence}"
    if len(words) <= longest:
        return words
    first = next((match.start() for match in WORDS.finditer(words) if _stem(match[0], language) in stems), 0)
    if first > longest - BEFORE:
        words = "… " + words[first - BEFORE :].partition(" ")[2]
    return words if len(words) <= longest else words[: longest - 1].rpartition(" ")[0] + "…"


def _marked(words, stems, language):
    """The words in pieces; hits with nothing but a blank between them are one."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in WORDS.finditer(words):
        if _stem(match[0], language) not in stems:
            continue
        between = words[end : match.start()]
        if pieces and between == " ":
            pieces[-1] = (f"{pieces[-1][0]} {match[0]}", True)
        else:
            pieces += [(between, False)] if between else []
            pieces.append((match[0], True))
        end = match.end()
    return [*pieces, (words[end:], False)] if words[end:] else pieces
