"""Everything that can be edited on a unit's page: its texts and rows as forms, and the wording that comes of them."""

from itertools import count

from django import forms
from django.db.models import CharField, TextField
from django.forms.models import model_to_dict
from django.utils.text import slugify

from treatments.admin.forms import FORMS, WordsForm
from treatments.models import Claim, Finding, Passage, Picture, Question, Source, Unit, Version
from treatments.models.rows import ROW_MODELS
from treatments.words.digest import SIGNED_FIELDS
from treatments.words.parts import row_models_of
from treatments.words.rules import REQUIRED_PASSAGES
from treatments.words.wording import Wording

NEW_POSITION = 10
MOST_ROWS = 500  # of a kind
KINDS_OF = {
    Unit.Kind.BENEFIT: [Claim, Finding, Passage, Question, Picture],
    Unit.Kind.SECTION: [Passage, Picture],
    Unit.Kind.TREATMENT: [],
}


class EditedWords:
    """
    The forms of a unit's page.

    `stored` is the wording that is edited, `live` the one that patients read; `data` and `files` are what a browser
    sent, or None. `wording` is what stands on the page: what was sent, also where it is not valid yet, so that the copy
    check can speak while somebody types. Then `stores` is false: a picture is looked at, and not stored.
    """

    def __init__(self, unit, stored, sources, data=None, files=None, live=None, stores=True):
        self.stored, self.stores = stored, stores
        self.kind = Unit.Kind(unit.kind)
        self.sources = sources
        base = Version(**{name: getattr(stored.version, name) for name in SIGNED_FIELDS[Version]})
        self.texts = WordsForm(data, instance=base)
        used = {*stored.rows, *KINDS_OF[self.kind], *row_models_of(unit), *(live.rows if live else ())}
        if data is not None:
            used |= {model for model in ROW_MODELS if f"{model._meta.model_name}-TOTAL_FORMS" in data}
        self.formsets = {model: self._formset(model, data, files) for model in ROW_MODELS if model in used}
        self.is_bound = data is not None
        self.wording = self._bound_wording() if self.is_bound else stored

    @property
    def uploads(self):
        """The names of pictures that were sent with the words."""
        row_forms = self.formsets[Picture].forms if self.is_bound and Picture in self.formsets else []
        return {form.cleaned_data.get("image") for form in row_forms if form.cleaned_data.get("upload")}

    def prefix_of(self, row):
        """Of the form in which a row of `wording` is edited."""
        formset = self.formsets[type(row)]
        if self.is_bound:
            return next(form.prefix for form in formset.forms if form.instance is row)
        return formset.add_prefix(self.stored.rows_of(type(row)).index(row))

    def _formset(self, model, data, files):
        initial = [self._initial(row) for row in self.stored.rows_of(model)]
        new = self._new_rows(model)
        factory = forms.formset_factory(
            FORMS[model], extra=len(new), can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS
        )
        kwargs = {"known_sources": self.sources} | ({"stores": self.stores} if model is Picture else {})
        formset = factory(data, files, prefix=model._meta.model_name, initial=initial, form_kwargs=kwargs)
        if data is None:
            for form, start in zip(formset.extra_forms, new, strict=False):
                form.initial = start
        return formset

    def _new_rows(self, model):
        """What stands beforehand in the forms for new rows: one of each kind, and of findings one for each claim."""
        if model is Finding:
            return [{"claim_key": claim.key} for claim in self.stored.rows_of(Claim)]
        if model is Passage and self.kind == Unit.Kind.BENEFIT:
            there = {row.key for row in self.stored.rows_of(Passage)}
            missing = [{"key": key, "heading": name} for key, name in REQUIRED_PASSAGES.items() if key not in there]
            return [*missing, {}]
        return [{}]

    def _initial(self, row):
        initial = model_to_dict(row, fields=FORMS[type(row)].base_fields.keys() - {"sources"})
        if isinstance(row, Claim):
            initial["sources"] = " ".join(self.stored.sources_of(row))
        if isinstance(row, Finding):
            initial |= {"claim_key": row.claim.key, "source": row.source.key}
        return initial

    def is_valid(self):
        return all([self.texts.is_valid(), *[formset.is_valid() for formset in self.formsets.values()]])

    def errors(self):
        """Each wrong field with what is wrong, in the order of the page: (field, words)."""
        all_forms = [self.texts, *(form for formset in self.formsets.values() for form in formset.forms)]
        return [
            (form[name], message)
            for form in all_forms
            for name, messages in form.errors.items()
            if name in form.fields
            for message in messages
        ]

    def _bound_wording(self) -> Wording:
        """What was sent, as a wording that is not stored."""
        self.is_valid()
        row_forms = {model: _filled_in(formset) for model, formset in self.formsets.items()}
        for forms_of_kind in row_forms.values():
            _number(forms_of_kind)
        claims = {form.instance.key: form for form in row_forms.get(Claim, [])}
        row_forms[Finding] = [form for form in row_forms.get(Finding, []) if self._tie(form, claims)]
        rows = {
            model: sorted((form.instance for form in forms_of_kind), key=lambda row: row.position)
            for model, forms_of_kind in row_forms.items()
            if forms_of_kind
        }
        sources = {key: form.cleaned_data.get("sources", []) for key, form in claims.items()}
        return Wording(self.texts.instance, rows, sources)

    def _tie(self, form, claims):
        """Tie a finding to its claim and its source; False where its claim was taken out, and the finding with it."""
        claim = claims.get(form.cleaned_data.get("claim_key"))
        if claim is None:
            return False
        key = (form.cleaned_data.get("source") or [""])[0]
        form.instance.claim, form.instance.source = claim.instance, self.sources.get(key) or Source(key=key)
        return True


def _filled_in(formset):
    """The forms of rows that are there: neither taken out, nor new and empty."""
    return [
        form
        for form in formset.forms
        if not formset._should_delete_form(form) and (form in formset.initial_forms or form.has_changed())
    ]


def _number(row_forms):
    """Give new rows a key that no other row of their kind has, and a place at the end."""
    keys = {form.instance.key for form in row_forms if form.instance.key}
    last = max((form.instance.position or 0 for form in row_forms), default=0)
    for form in row_forms:
        row = form.instance
        if form.cleaned_data.get("position") is None:
            last += NEW_POSITION
            row.position = last
        if not row.key:
            row.key = _new_key(row, keys)
            keys.add(row.key)


def _new_key(row, taken):
    """A key from the first words of a row, with a number if another has it."""
    fields = [field for field in row._meta.fields if isinstance(field, CharField | TextField) and not field.choices]
    texts = (getattr(row, field.name).strip() for field in fields if field.name not in ("key", "image"))
    words = next(filter(None, texts), "")
    stem = slugify(words)[:50].strip("-") or row._meta.model_name
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    return next(key for key in numbered if key not in taken)
