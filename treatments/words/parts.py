"""
The parts of a page in the order in which a patient reads them: what belongs in each, and how far it is.

A part is one text of the version, one required passage, or all rows of a kind.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from treatments.models import (
    CareSign,
    Caution,
    Claim,
    ClinicField,
    Comparison,
    Finding,
    KeyFact,
    Passage,
    PreparationStep,
    Question,
    RecoveryDay,
    Risk,
    SectionKind,
    Step,
    Unit,
    Version,
)
from treatments.words.remarks import stops_of
from treatments.words.rules import REQUIRED_PASSAGES, REQUIRED_ROWS

BESIDE = {"heading": ["title"], "summary": ["synonyms"]}  # texts that are written in the same part


@dataclass(frozen=True)
class Layout:
    """A part as it is laid out: its name, what belongs in it, and the rule that will check it."""

    name: object
    belongs: object
    checked: object
    model: type | None = None  # of its rows; None for a text of the version
    key: str = ""  # of the text, or of the one passage
    is_required: bool = True

    @property
    def anchor(self):
        """Where it stands on the page on which it is written."""
        if self.model is None:
            return f"id_{self.key}"
        return f"row-passage-{self.key}" if self.key else f"group-{self.model._meta.model_name}"


@dataclass(frozen=True)
class Part:
    """A part as it stands in a wording. `state`: done, stops, copied or empty; `note` says what stops it."""

    layout: Layout
    state: str
    note: str = ""

    @property
    def is_open(self):
        """Whether it still keeps the page from going on."""
        return self.state in ("stops", "copied") or (self.state == "empty" and self.layout.is_required)


TEXTS = [
    Layout(
        _("Name and heading"),
        _("What menus call it, and the words over the page."),
        _("Both must be there; no promise."),
        key="heading",
    ),
    Layout(
        _("In one sentence"),
        _("For cards, search and search engines. No source, no promise: “may,” never “will.”"),
        _("The copy check reads it; sources are refused here."),
        key="summary",
    ),
    Layout(
        _("Under the heading"),
        _("One to three sentences: what the page answers, and at once its limit."),
        _("What it says the treatment does needs its source, as in [S2]."),
        key="lead",
        is_required=False,
    ),
]
CLAIMS = Layout(
    _("Claims"),
    _("Each one sentence on what the treatment may do, with a grade of evidence, a use and a source."),
    _("The claim rule: no claim without a source, a grade and a use status."),
    Claim,
)
PASSAGES = {
    "limits": _("The limits, as easy to find as the hope, and what nobody has studied."),
    "risks": _("Common, less common and rare, and dark marks on darker skin. Never shorter than the hope."),
    "who-should-not": _("Who should not have it or should wait, and what is special to this use."),
    "when-to-call": _("Whom to call, for what, and when it is 911."),
    "alternatives": _("What else can be done, and doing nothing."),
}
QUESTIONS = Layout(
    _("Questions"), _("Frequent ones, each with a short answer."), _("An answer is read after its question."), Question,
    is_required=False,
)  # fmt: skip
OWN_WORDS = Layout(
    _("Its passages"), _("A heading and its text, as many as it needs."), _("At most 900 words in sight."), Passage,
    is_required=False,
)  # fmt: skip
OF_SECTIONS: dict[str, list[tuple]] = {
    SectionKind.SUITABILITY: [(Caution, _("Who should tell you first, and who should wait: a question for each."))],
    SectionKind.BEFORE: [(PreparationStep, _("What a patient does some days before; also in the calendar file."))],
    SectionKind.PROCEDURE: [(Step, _("The parts of the visit, with the clinic’s own minutes."))],
    SectionKind.OPTION: [(Claim, _("What the option may add, with its grade, use and source.")),
                         (Comparison, _("With it and without it, side by side."))],
    SectionKind.RECOVERY: [(RecoveryDay, _("Day by day: what one may see, and what to do.")),
                           (CareSign, _("When to call, the same day, and when it is 911."))],
    SectionKind.RISKS: [(Risk, _("In groups: common, also reported, serious or lasting."))],
    SectionKind.ALTERNATIVES: [(Comparison, _("Each other choice: what it is for, and how sure that is."))],
    SectionKind.QUESTIONS: [(Question, _("Frequent ones, each with a short answer."))],
}  # fmt: skip
OF_FACTS = [
    (KeyFact, _("Numbers to take along: minutes, sessions, days. Each from a source or the clinic.")),
    (ClinicField, _("What only the clinic can say: its device, its price, its rules.")),
]
NO_OWN_WORDS = {SectionKind.SOURCES, SectionKind.BENEFITS}  # made by themselves from other pages


def layout_of(unit) -> list[Layout]:
    """The parts that this unit is made of."""
    if unit.kind == Unit.Kind.BENEFIT:
        passages = [
            Layout(name, PASSAGES[key], _("Each benefit must say this."), Passage, key)
            for key, name in REQUIRED_PASSAGES.items()
        ]
        return [*TEXTS, CLAIMS, *passages, QUESTIONS]
    if unit.kind == Unit.Kind.TREATMENT:
        return [*TEXTS, *(_rows(model, belongs, is_required=False) for model, belongs in OF_FACTS)]
    kind = unit.section_kind
    rows = [_rows(model, belongs, REQUIRED_ROWS.get(kind) is model) for model, belongs in OF_SECTIONS.get(kind, [])]
    return [*TEXTS, *rows, *([] if kind in NO_OWN_WORDS else [OWN_WORDS])]


def _rows(model, belongs, is_required):
    checked = _("This page must have at least one.") if is_required else _("The copy check reads every text.")
    return Layout(model._meta.verbose_name_plural.capitalize(), belongs, checked, model, is_required=is_required)


def row_models_of(unit) -> list[type]:
    """The kinds of rows for which the page of a unit has room, whether it has some or not."""
    return [layout.model for layout in layout_of(unit) if layout.model]


def parts_of(unit, wording, remarks) -> list[Part]:
    """How far each part is. `remarks` are those of this wording."""
    stops = stops_of(remarks)
    return [_part(layout, wording, [stop for stop in stops if _is_about(stop, layout)]) for layout in layout_of(unit)]


def _part(layout, wording, stops):
    if any(stop.is_copied for stop in stops):
        return Part(layout, "copied")
    if not _has_words(layout, wording):
        return Part(layout, "empty")
    return Part(layout, "stops", stops[0].mend) if stops else Part(layout, "done")


def _is_about(stop, layout):
    record = stop.field.record
    if stop.missing_passage or stop.missing_rows:
        return False  # that part is empty
    if layout.model is None:
        return isinstance(record, Version) and stop.field.name in (layout.key, *BESIDE.get(layout.key, ()))
    if layout.model is Claim and isinstance(record, Finding):
        return True
    return isinstance(record, layout.model) and (not layout.key or record.key == layout.key)


def _has_words(layout, wording):
    if layout.model is None:
        return bool(getattr(wording.version, layout.key).strip())
    rows = wording.rows_of(layout.model)
    return any(row.body.strip() for row in rows if row.key == layout.key) if layout.key else bool(rows)
