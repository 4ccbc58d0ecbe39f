"""The fields and rows of a unit's page: each beside what is live in its place, with the remarks on it."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic_site.numbers import number_in
from treatments.admin.forms import SourceKeys, is_long
from treatments.copy_check.reading import grade, sentences, words_of
from treatments.models import Claim, ClinicField, Finding, Passage, Picture, Question
from treatments.prose import plain
from treatments.words.comparing import label_of, pieces_of, shown_value
from treatments.words.digest import SIGNED_FIELDS
from treatments.words.rules import REQUIRED_PASSAGES

LAST = 10**6  # the place of a row whose own is not a number
FEWEST_WORDS = 15  # of a text whose grade says something
NAMING = ["heading", "name", "question", "situation", "label", "topic", "sentence", "text"]  # what a row is known by
HIDDEN = {"key", "claim_key", "position", "image", "DELETE"}


@dataclass
class EditedField:
    """A field of the page: what is live in its place and what the draft says, in pieces, and the remarks on it."""

    bound: object
    is_live: bool = False
    live: list = field(default_factory=list)
    draft: list = field(default_factory=list)
    differs: bool = False
    is_long: bool = False
    grade: float | None = None
    remarks: list = field(default_factory=list)
    quotes: list = field(default_factory=list)
    sources: list = field(default_factory=list)


@dataclass
class EditedRow:
    """
    A row of the page. `findings` are the rows behind a claim, `dropped` those that patients read and the draft lacks.
    """

    form: object
    label: str
    fields: list
    is_new: bool
    is_live: bool
    is_moved: bool = False
    nothing_is_live: bool = False
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
        stopped = self.form.errors or any(remark.stops for each in self.fields for remark in each.remarks)
        changed = not self.is_same and not self.nothing_is_live
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

    @property
    def begins_open(self):
        """A finding is shut until something is typed in the empty form, or there is something to look at in another."""
        return bool(self.form.errors) or (self.form.has_changed() if self.is_new else self.is_open)

    @property
    def notes(self):
        """What stands beside the row's name: how it differs from what is live, how long it is, what is behind it."""
        notes = self._differences()
        if self.findings:
            number = len(self.findings) - 1  # the last is the empty form
            notes.append(ngettext("%(number)s finding", "%(number)s findings", number) % {"number": number})
        return notes

    def _differences(self):
        length = ngettext("%(number)s word", "%(number)s words", self.words) % {"number": self.words}
        if self.nothing_is_live:
            return [length]
        if not self.is_live:
            return [_("new in this draft")]
        if self.is_open_field:
            return [_("open: the clinic has not said it yet")]
        if not self.is_same:
            return [_("changed")]
        same = _("moved") if self.is_moved else _("same as live")
        return [same, length] if self.words else [same]


def groups_of(edited, live, remarks):
    """The rows by kind, in their order; findings stand under their claims."""
    groups = [
        {"formset": formset, "rows": []} if model is Finding else _group(edited, model, live, remarks)
        for model, formset in edited.formsets.items()
    ]
    first = {"claim": 0, "passage": 1}
    return sorted(groups, key=lambda group: first.get(group.get("kind"), 2))


def _group(edited, model, live, remarks):
    rows = _edited_rows(edited, model, live, remarks)
    if model is Claim:
        _add_findings(rows, edited, live, remarks)
    return {
        "name": capfirst(model._meta.verbose_name_plural),
        "one": model._meta.verbose_name,
        "kind": model._meta.model_name,
        "formset": edited.formsets[model],
        "rows": [row for row in rows if not row.is_new],
        "new": [row for row in rows if row.is_new],
        "dropped": [label_of(row) for row in _dropped(edited, model, live)],
        "is_ordered": model in (Passage, Question) or len(rows) > 2,
    }


def _add_findings(claims, edited, live, remarks):
    """Put the findings under their claims, with those that patients read and the draft lacks."""
    findings = _edited_rows(edited, Finding, live, remarks) if Finding in edited.formsets else []
    dropped = _dropped(edited, Finding, live)
    for claim in claims:
        key = claim.form["key"].value()
        claim.findings = [finding for finding in findings if finding.form["claim_key"].value() == key]
        claim.dropped = [label_of(finding) for finding in dropped if finding.claim.key == key]


def _edited_rows(edited, model, live, remarks):
    formset = edited.formsets[model]
    live_rows = {row.key: row for row in live.rows_of(model)} if live else {}
    rows = []
    for number, form in enumerate(formset.forms, start=1):
        live_row = live_rows.get(form["key"].value())
        rows.append(
            EditedRow(
                form=form,
                label=_label_of(form, f"{capfirst(model._meta.verbose_name)} {number}"),
                fields=edited_fields(form, live_row, live, remarks),
                is_new=form not in formset.initial_forms,
                is_live=live_row is not None,
                is_moved=live_row is not None and str(form["position"].value()) != str(live_row.position),
                nothing_is_live=live is None,
                other_picture=isinstance(live_row, Picture) and form["image"].value() != live_row.image,
            )
        )
    return sorted(rows, key=lambda row: _position_of(row.form))


def _label_of(form, otherwise):
    """What staff call a row: its first words, or its kind and number."""
    values = (form[name].value() for name in NAMING if name in form.fields)
    return next((plain(str(words)) for words in values if words), otherwise)


def _dropped(edited, model, live):
    """Rows that patients read and the draft no longer has."""
    if live is None:
        return []
    formset = edited.formsets.get(model)
    row_forms = (
        [form for form in formset.forms if form in formset.initial_forms or form.has_changed()] if formset else []
    )
    keys = {form["key"].value() for form in row_forms}
    return [row for row in live.rows_of(model) if row.key not in keys]


def _position_of(form):
    position = number_in(str(form["position"].value()))
    return LAST if position is None else position


def edited_fields(form, live_record, live, remarks):
    """The fields of a form, beside the live record and its wording; None where nothing is live in its place."""
    return [_edited_field(bound, live_record, live, remarks) for bound in form if bound.name not in HIDDEN]


def _edited_field(bound, live_record, live, remarks):
    value = bound.value()
    shown = EditedField(bound, is_long=is_long(bound))
    shown.remarks = [remark for remark in remarks if remark.anchor == bound.id_for_label]
    shown.is_live = live_record is not None and bound.name in SIGNED_FIELDS[type(live_record)]
    before, after = shown_value(live, live_record, bound.name) if shown.is_live else "", _in_words(bound, value)
    shown.live, shown.draft, _both = pieces_of(before, after)
    shown.differs = shown.is_live and before != after
    words = plain(str(value or ""))
    if shown.is_long and len(words_of(words)) >= FEWEST_WORDS:
        shown.grade = grade([words])
    if isinstance(bound.field, SourceKeys):
        shown.sources = _sources_in(bound.field, value)
    else:
        shown.quotes = quotes_of(words, shown.remarks)
    return shown


def _sources_in(field, value):
    """The sources whose keys stand in a field, as far as there are such."""
    keys = str(" ".join(value) if isinstance(value, list) else value or "").replace(",", " ").upper().split()
    return [field.known[key] for key in keys if key in field.known]


def quotes_of(text, remarks):
    """Each sentence with words to mend, in pieces: (words, number of the remark or None)."""
    marks = {remark.words: remark.number for remark in remarks if remark.words and not remark.allowed}
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
    """A number without needless zeros, stored or sent."""
    try:
        return "" if value in (None, "") else f"{Decimal(str(value)).normalize():f}"
    except InvalidOperation:
        return value


def _in_words(bound, value):
    """A value in a form, as `shown_value` gives a stored one."""
    choices = getattr(bound.field, "choices", None)
    if choices:
        return str(dict(choices).get(value, "")) if value else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(bound.field, forms.DecimalField):
        value = shown_number(value)
    text = "" if value is None else str(value).replace("\r\n", "\n")
    return " ".join(text.replace(",", " ").split()) if bound.name == "sources" else text.strip()
