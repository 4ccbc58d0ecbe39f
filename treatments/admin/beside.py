"""What is typed on a unit's page beside what is live in its place, and what the copy check says of it."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from treatments.admin.words import SourceKeys, is_long
from treatments.checking import REQUIRED_PASSAGES
from treatments.comparing import label_of, pieces_of, shown_value
from treatments.copy_check.reading import grade, sentences, words_of
from treatments.models import Claim, ClinicField, Finding, Passage, Picture, Question
from treatments.prose import plain
from treatments.signed_words import READ

FEWEST_WORDS = 15  # of a text whose grade says something
NAMING = ["heading", "question", "situation", "label", "topic", "sentence", "text"]  # what a row is known by
HIDDEN = {"key", "claim_key", "position", "image", "DELETE"}


@dataclass
class TypedField:
    """A field of the page: what is live in its place, what is typed, and what the copy check says of it."""

    bound: object
    is_live: bool = False
    live: list = field(default_factory=list)
    typed: list = field(default_factory=list)
    differs: bool = False
    is_long: bool = False
    grade: float | None = None
    remarks: list = field(default_factory=list)
    quotes: list = field(default_factory=list)
    sources: list = field(default_factory=list)


@dataclass
class TypedRow:
    """
    A row of the page. `findings` are the rows behind a claim, `dropped` those that patients read and the draft lacks.

    `beside_nothing`: nothing of the page is live, so there is nothing that it could differ from.
    """

    form: object
    label: str
    fields: list
    is_new: bool
    is_live: bool
    is_moved: bool = False
    beside_nothing: bool = False
    other_picture: bool = False
    findings: list = field(default_factory=list)
    dropped: list = field(default_factory=list)

    @property
    def is_same(self):
        differs = self.other_picture or any(each.differs for each in self.fields)
        return self.is_live and not differs and not self.form.errors

    @property
    def is_open(self):
        """Shut while there is nothing to look at: a page of twelve passages is a dozen lines."""
        stopped = self.form.errors or any(remark.stops for each in self.fields for _number, remark in each.remarks)
        changed = not self.is_same and not self.beside_nothing
        return bool(changed or stopped) or any(finding.is_open for finding in self.findings if not finding.is_new)

    @property
    def has_own_place(self):
        """A part that each benefit must have stands where the page's template puts it, whatever its order here."""
        return self.form["key"].value() in REQUIRED_PASSAGES

    @property
    def is_open_field(self):
        """A field of the clinic that nobody has filled in."""
        return isinstance(self.form.instance, ClinicField) and not (self.form["value"].value() or "").strip()

    @property
    def words(self):
        return sum(len(words_of(str(each.bound.value() or ""))) for each in self.fields if each.is_long)


def groups_of(edited, live, remarks):
    """The rows by kind, in their order; findings stand under their claims."""
    groups = []
    findings = _typed_rows(edited, Finding, live, remarks) if Finding in edited.formsets else []
    dropped_findings = [(row.claim.key, label_of(row)) for row in _dropped(edited, Finding, live)]
    for model, formset in edited.formsets.items():
        if model is Finding:
            groups.append({"formset": formset, "rows": []})
            continue
        rows = _typed_rows(edited, model, live, remarks)
        if model is Claim:
            for row in rows:
                key = row.form["key"].value()
                row.findings = [each for each in findings if each.form["claim_key"].value() == key]
                row.dropped = [name for claim, name in dropped_findings if claim == key]
        groups.append(
            {
                "name": capfirst(model._meta.verbose_name_plural),
                "one": model._meta.verbose_name,
                "kind": model._meta.model_name,
                "formset": formset,
                "rows": [row for row in rows if not row.is_new],
                "new": [row for row in rows if row.is_new],
                "dropped": [label_of(row) for row in _dropped(edited, model, live)],
                "is_ordered": model in (Passage, Question) or len(rows) > 2,
            }
        )
    first = {"claim": 0, "passage": 1}
    return sorted(groups, key=lambda group: first.get(group.get("kind"), 2))


def _typed_rows(edited, model, live, remarks):
    formset = edited.formsets[model]
    lives = {row.key: row for row in live.rows_of(model)} if live else {}
    rows = []
    for number, form in enumerate(formset.forms, start=1):
        row = lives.get(form["key"].value())
        is_new = form not in formset.initial_forms
        label = f"{capfirst(model._meta.verbose_name)} {number}"
        said = (form[name].value() for name in NAMING if name in form.fields)
        label = next((plain(str(words)) for words in said if words), label)
        moved = row is not None and str(form["position"].value()) != str(row.position)
        fields = typed_fields(form, row, live, remarks)
        other_picture = isinstance(row, Picture) and form["image"].value() != row.image
        rows.append(TypedRow(form, label, fields, is_new, row is not None, moved, live is None, other_picture))
    return sorted(rows, key=lambda row: _place_of(row.form))


def _dropped(edited, model, live):
    """Rows that patients read and the draft no longer has."""
    if live is None:
        return []
    formset = edited.formsets.get(model)
    forms_ = [form for form in formset.forms if form in formset.initial_forms or form.has_changed()] if formset else []
    kept = {form["key"].value() for form in forms_}
    return [row for row in live.rows_of(model) if row.key not in kept]


def _place_of(form):
    value = str(form["position"].value() or "")
    return int(value) if value.isdecimal() else 10**6


def typed_fields(form, live_record, live, remarks):
    by_anchor = {}
    for number, remark in enumerate(remarks, start=1):
        by_anchor.setdefault(remark.place.anchor, []).append((number, remark))
    fields = []
    for bound in form:
        if bound.name in HIDDEN:
            continue
        value = bound.value()
        shown = TypedField(bound, is_long=is_long(bound), remarks=by_anchor.get(bound.id_for_label, []))
        shown.is_live = live_record is not None and bound.name in READ[type(live_record)]
        before = shown_value(live, live_record, bound.name) if shown.is_live else ""
        shown.live, shown.typed, _both = pieces_of(before, after := _shown(bound, value))
        shown.differs = shown.is_live and before != after
        said = plain(str(value or ""))
        if shown.is_long and len(words_of(said)) >= FEWEST_WORDS:
            shown.grade = grade([said])
        if isinstance(bound.field, SourceKeys):
            keys = str(" ".join(value) if isinstance(value, list) else value or "").replace(",", " ").upper().split()
            shown.sources = [bound.field.known[key] for key in keys if key in bound.field.known]
        else:
            shown.quotes = quotes_of(said, shown.remarks)
        fields.append(shown)
    return fields


def quotes_of(text, remarks):
    """Each sentence with words to mend, in pieces: (words, number of the remark or None)."""
    marks = {remark.words: number for number, remark in remarks if remark.words and not remark.allowed}
    quotes = []
    for sentence in sentences(text):
        found = [words for words in marks if words in sentence and words != sentence]
        if found:
            pieces = re.split(
                f"({'|'.join(re.escape(words) for words in sorted(found, key=len, reverse=True))})", sentence
            )
            quotes.append([(piece, marks.get(piece)) for piece in pieces if piece])
    return quotes


def shown_number(value):
    """A number without needless zeros, as it is stored or as it was typed."""
    try:
        return "" if value in (None, "") else f"{Decimal(str(value)).normalize():f}"
    except InvalidOperation:
        return value


def _shown(bound, value):
    """What is typed, as `shown_value` tells what is stored."""
    choices = getattr(bound.field, "choices", None)
    if choices:
        return str(dict(choices).get(value, "")) if value else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(bound.field, forms.DecimalField):
        value = shown_number(value)
    text = "" if value is None else str(value).replace("\r\n", "\n")
    return " ".join(text.replace(",", " ").split()) if bound.name == "sources" else text.strip()
