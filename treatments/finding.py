"""Search over the live guide: few pages, so they are read and weighed, not indexed."""

import re
import unicodedata
from dataclasses import dataclass

from treatments.models.rows import ROW_MODELS, ClinicField
from treatments.prose import ProseField, plain

LONGEST_QUERY = 100  # characters
WEIGHTS = {"title": 8, "heading": 6, "synonyms": 6, "summary": 4, "lead": 3, "rows": 1}


@dataclass
class Result:
    title: str
    summary: str
    url: str
    snippet: str
    score: int


def find(query, versions, guide):
    """The pages that hold every word of the query in some form, best first; none for an empty query."""
    wanted = list(dict.fromkeys(words_of(query)))
    if not wanted:
        return []
    versions = versions.filter(unit__treatment=guide.treatment).exclude(unit__kind="treatment")
    versions = list(versions.in_reading_order())
    for version in versions:
        if version.unit.slug == "overview":  # the page that stands at the treatment's own address
            version.synonyms = f"{version.synonyms}, {guide.facts.synonyms}"
    texts = _row_texts(versions)
    results = [_weigh(version, texts.get(version.pk, []), wanted) for version in versions]
    return sorted((result for result in results if result.score), key=lambda result: -result.score)


def words_of(text):
    """Words in one plain form: small letters, no accents."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"\w+", "".join(letter for letter in folded if not unicodedata.combining(letter)))


def is_form_of(word, wanted):
    """Whether two words are the same but for their ending: scar, scars; numb, numbing."""
    if word == wanted:
        return True
    short, long = sorted((word, wanted), key=len)
    return len(short) >= 4 and long.startswith(short)


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


def _weigh(version, rows, wanted):
    fields = {name: [getattr(version, name)] for name in ("title", "heading", "synonyms", "summary")}
    fields["lead"] = [plain(version.lead)]
    fields["rows"] = rows
    score = 0
    for word in wanted:
        found = sum(WEIGHTS[name] for name, texts in fields.items() if any(_holds(text, word) for text in texts))
        if not found:
            score = 0
            break
        score += found
    snippet = next((_around(text, wanted) for text in rows if any(_holds(text, word) for word in wanted)), "")
    return Result(version.title, version.summary, version.get_absolute_url(), snippet, score)


def _holds(text, wanted):
    return any(is_form_of(word, wanted) for word in words_of(text))


def _around(text, wanted, length=160):
    """The sentence of a text that holds a wanted word, not longer than `length` characters."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if any(_holds(sentence, word) for word in wanted):
            return sentence if len(sentence) <= length else sentence[: length - 1].rsplit(" ", 1)[0] + "…"
    return ""
