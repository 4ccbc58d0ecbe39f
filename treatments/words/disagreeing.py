"""Two fields or pages of one treatment that say different numbers of one thing."""

import re
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic_site.languages import ORIGINAL
from treatments import prose
from treatments.models import ClinicField, KeyFact, Step, Unit, Version
from treatments.words.fields import WordingField, fields_of
from treatments.words.measures import DAYS, DOLLARS, MINUTES, SESSIONS, TAKES, Span, Thing, spans_of
from treatments.words.remarks import advice
from treatments.words.wording import Wording, wordings_of

CARE = r"sun|sunscreen|shade|keep|skip|avoid|wait|wear|leave|stay|wash|plan|use|at least|the first|each day|every|apart"
CARE += r"|numb\w*|needling takes|sessions?"
GAP = Thing(
    "gap-days",
    _lazy("how far apart sessions are"),
    DAYS,
    (r"apart|every|between",),
    not_of=r"put on|sunscreen|reviewed",
    near=1.2,
    is_a_gap=True,
)
THINGS = [
    Thing(
        "visit-minutes",
        _lazy("how long a visit takes"),
        MINUTES,
        (r"visits?|appointments?", TAKES),
        not_of=r"numb\w*|cream|needling|consultation|talk|call|first|part of|step|checks?|follow-up",
        near=1.34,
    ),
    Thing(
        "sessions",
        _lazy("how many sessions"),
        SESSIONS,
        (r"need|plan|expect|recommend|suggest|have|takes?|usually|series of|sessions", r"sessions|visits|treatments"),
        not_of=r"after|first|each|every|cost|price|pay|between|same|free",
    ),
    GAP,
    Thing(
        "settle-days",
        _lazy("how long redness and swelling last"),
        DAYS | {"hour": 1 / 24},
        (
            r"red|redness|swell\w*|flak\w*|recovery|downtime|settles?|look(?:s|ed)? normal|back to normal",
            r"settles?|fades?|pass|passes|gone|goes|clears?|lasts?|heals?|for|within|up to|takes?|needs?|is|in",
        ),
        not_of=CARE,
        near=1.2,
        is_a_limit=True,
    ),
    Thing(
        "price-range",
        _lazy("what a session costs"),
        DOLLARS,
        (r"session|visit|treatment|costs?|price|pay",),
        not_of=r"PRP|platelet\w*|consultation|deposit|fee|series|package|total|in all|all \w+ sessions",
    ),
    Thing("price-prp", _lazy("what PRP costs"), DOLLARS, (r"PRP|platelet\w*",)),
    Thing("price-consultation", _lazy("what a consultation costs"), DOLLARS, (r"consultation",), not_of=r"session|PRP"),
]
NUMBING = Thing(
    "numbing-minutes",
    _lazy("how long the numbing cream takes"),
    MINUTES,
    (r"numb\w*|cream", TAKES),
    not_of=r"lasts|wears?|visit|sunscreen|needling",
    near=1.34,
)
UNITS_OF = {"minutes": MINUTES, "days": DAYS, "weeks": DAYS, "months": DAYS, "sessions": SESSIONS}
KEY_OF = {"sessions-usual": "sessions"}  # of fields that say what a thing of another name is
BARE = re.compile(r"^\D*(\d+)(?:\D+(\d+))?\D*$")

MOST_KEPT = 300

kept: dict[tuple, Wording] = {}  # by version and digest: stored words are never changed


@dataclass(frozen=True)
class Said:
    """What a field or a sentence says of a thing: on which version's page, in which field."""

    thing: Thing
    span: Span
    field: WordingField
    version: Version
    of_all: bool = False  # parts of the visit, added up

    @property
    def where(self):
        """The page and the field, in words."""
        label = prose.plain(getattr(self.field.record, "label", "")).rstrip(".") or self.field.label
        name = _("all parts of the visit together") if self.of_all else Truncator(label).chars(60)
        return f"{self.version.title}: {name}"

    @property
    def is_a_range(self):
        """Whether a field gives it from so much to so much."""
        return self.field.name in ("high", "value") and self.span.low < self.span.high

    def spans(self, other):
        """Whether its range has all of the other's."""
        return self.span.low <= other.span.low and other.span.high <= self.span.high

    def differs(self, other):
        """Whether both are about one thing, stand in two places, and cannot both be true."""
        record, is_other_field = self.field.record, self.field.name != other.field.name
        is_of_two = record is not other.field.record or (isinstance(record, Version) and is_other_field)
        return is_of_two and self.thing.key == other.thing.key and self.thing.differs(self.span, other.span)


def said_of(wordings, known=()) -> list[Said]:
    """What pages of one treatment say of what is measured, their fields first. `known`: things of its other pages."""
    fields = [(field, wording.version) for wording in wordings for field in fields_of(wording)]
    things = [*THINGS, *_parts_of_the_visit([field for field, _version in fields])]
    by_key = {thing.key: thing for thing in [*known, *things]}
    things = list(by_key.values())
    said = [each for field, version in fields for each in _said_by_field(field, version, by_key)]
    for wording in wordings:
        said += _added_up(wording, by_key)
    for field, version in fields:
        if field.is_text and field.name != "synonyms" and not isinstance(field.record, ClinicField):
            is_a_figure = isinstance(field.record, KeyFact)  # its number is a field; its words may add how far apart
            for thing in (GAP,) if is_a_figure else things:
                said += [Said(thing, span, field, version) for span in thing.said_in(field.spoken, is_a_figure)]
    return said


def disagreements(said) -> list[tuple[Thing, list[Said]]]:
    """Each thing of which there are two numbers, with those that do not go together."""
    found: dict[str, list[Said]] = {}
    for place, each in enumerate(said):
        if other := _other_of(each, said[:place], said):
            there = found.setdefault(each.thing.key, [])
            there += [one for one in (other, each) if one not in there]
    return [(there[0].thing, there) for there in found.values()]


def said_elsewhere(unit, stored=None) -> list[Said]:
    """What the newest words of the other pages of its treatment say. `stored`: its own newest words, if at hand."""
    if unit.language != ORIGINAL:
        return []  # what English sentences are about is all that is known
    newest = Version.objects.newest().filter(
        unit__treatment=unit.treatment_id, language=ORIGINAL, unit__retired_at=None
    )
    said = said_of(_read(newest.select_related("unit__treatment").in_reading_order(), stored))
    return [each for each in said if each.version.unit_id != unit.pk]


def said_live(treatment, moment) -> list[Said]:
    """What patients read on all its pages."""
    live = Version.objects.live_at(moment).filter(unit__treatment=treatment)
    return said_of(_read(live.select_related("unit__treatment").in_reading_order()))


def other_numbers(wording, beside):
    """Advice: words or a field of this page give another number of a thing than another place does."""
    own = said_of([wording], [each.thing for each in beside])
    mend = _("Another place says “%(other)s” of %(thing)s: %(where)s. Which is right?")
    for place, each in enumerate(own):
        other = _other_of(each, [*own[:place], *beside], [*beside, *own])
        if other:
            values = {"other": other.span.words, "thing": each.thing.name, "where": other.where}
            yield advice(each.field, mend % values, each.span.words)


def _other_of(each, others, said):
    """The first of these that says another number of the same thing; none where a field's range has both of them."""
    ranges = [one for one in said if one.is_a_range and one.thing.key == each.thing.key]
    for other in others:
        if each.differs(other) and not any(one.spans(each) and one.spans(other) for one in ranges):
            return other
    return None


def _read(versions, stored=None):
    """Their wordings, the treatment's facts first; those that were read before are at hand."""
    versions = sorted(versions, key=lambda version: version.unit.kind != Unit.Kind.TREATMENT)
    read = {} if stored is None else {_key_of(stored.version): stored}
    missing = [version for version in versions if _key_of(version) not in kept | read]
    read |= {_key_of(wording.version): wording for wording in (wordings_of(missing) if missing else {}).values()}
    if len(kept) + len(read) > MOST_KEPT:
        kept.clear()
    kept.update(read)
    return [kept[_key_of(version)] for version in versions]


def _key_of(version):
    return version.pk, version.digest


def _parts_of_the_visit(fields):
    """Numbing, and each part of the visit that has minutes of its own, by the first word of its key."""
    steps = {field.record.key: field.record.heading for field in fields if isinstance(field.record, Step)}
    stems = {key for key, heading in steps.items() if key.replace("-", " ").casefold() in heading.casefold()}
    stems |= {_stem_of(field.record.key) for field in fields if isinstance(field.record, KeyFact | ClinicField)}
    yield NUMBING
    for stem in sorted(stems - {"", "numbing", "visit"}):
        name = _("how long the part “%(part)s” takes") % {"part": stem.replace("-", " ")}
        says = (re.escape(stem.replace("-", " ")), TAKES)
        yield Thing(f"{stem}-minutes", name, MINUTES, says, not_of=r"numb\w*|cream|visit|consultation", near=1.34)


def _stem_of(key):
    return key.removesuffix("-minutes") if key.endswith("-minutes") else ""


def _said_by_field(field, version, things):
    """What a field says by its number, or by its value."""
    record, span = field.record, None
    if isinstance(record, KeyFact) and field.name == "high" and record.high is not None:
        thing, size = things.get(record.key), _size_of(record.unit)
        if thing and size:
            low, high = record.low if record.low is not None else record.high, record.high
            words = f"{high.normalize():f}" if low == high else f"{low.normalize():f} to {high.normalize():f}"
            span = Span(float(low) * size, float(high) * size, f"{words} {record.unit}")
    elif isinstance(record, ClinicField) and field.name == "value" and record.value:
        thing = things.get(KEY_OF.get(record.key, record.key))
        span = _span_of_value(record.value, thing.units) if thing else None
    elif isinstance(record, Step) and field.name == "minutes" and record.minutes:
        thing = things.get(f"{record.key}-minutes")
        span = _minutes(record.minutes) if thing else None
    if span:
        yield Said(thing, span, field, version)


def _added_up(wording, things):
    """The parts of the visit together, where each has minutes."""
    steps = wording.rows_of(Step)
    if steps and all(step.minutes for step in steps):
        field = next(field for field in fields_of(wording) if field.record is steps[0] and field.name == "minutes")
        together = _minutes(sum(step.minutes for step in steps))
        yield Said(things["visit-minutes"], together, field, wording.version, of_all=True)


def _minutes(number):
    return Span(number, number, _("%(number)s minutes") % {"number": number})


def _size_of(unit):
    """How large a unit of a figure is, by its first word: minutes, days."""
    first = unit.split()[0] if unit.split() else ""
    return UNITS_OF.get(first, {}).get(first.removesuffix("s"))


def _span_of_value(value, units):
    """What a field says: an amount with its unit, or a number alone, which is of the field's own."""
    if spans := spans_of(value, units):
        return spans[0]
    match = BARE.match(value)
    if match is None:
        return None
    low = float(match[1])
    return Span(low, float(match[2] or low), value)
