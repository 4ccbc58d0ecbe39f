"""The forms of a unit's page: its texts, and its rows by kind. They read nothing but what they are given."""

from itertools import count

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import CharField, TextField
from django.forms.models import model_to_dict, modelform_factory
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from treatments.checking import REQUIRED_PASSAGES, REQUIRED_ROWS
from treatments.models import Claim, Finding, Passage, Picture, Question, Source, Unit, Version
from treatments.models.rows import ROW_MODELS
from treatments.pictures import keep_picture
from treatments.prose import ProseFormField
from treatments.signed_words import READ
from treatments.wording import Wording

LINKS = ("claim", "source", "sources")
TIES = {"key", "claim_key", "position"}  # what a row has before anything was typed into it
NEW_POSITION = 10
LONGEST_TEXT = 10_000  # letters of one text; the longest that ships has 2,000
KINDS_OF = {
    Unit.Kind.BENEFIT: [Claim, Finding, Passage, Question, Picture],
    Unit.Kind.SECTION: [Passage, Picture],
    Unit.Kind.TREATMENT: [],
}


class WordsForm(forms.ModelForm):
    class Meta:
        model = Version
        fields = [*READ[Version], "why"]
        widgets = {
            "lead": forms.Textarea(attrs={"rows": 3}),
            "summary": forms.Textarea(attrs={"rows": 2}),
            "synonyms": forms.Textarea(attrs={"rows": 2}),
        }


class SourceKeys(forms.CharField):
    """Keys of sources, typed: 'S64 S65'. Cleans to a list of keys that exist; `most` of them."""

    def __init__(self, most=None, **kwargs):
        super().__init__(**({"required": False} | kwargs))
        self.most = most
        self.known = {}

    def clean(self, value):
        keys = list(dict.fromkeys(super().clean(value).replace(",", " ").upper().split()))
        if unknown := [key for key in keys if key not in self.known]:
            told = {"keys": ", ".join(unknown)}
            raise forms.ValidationError(_("There is no source %(keys)s. Add it under Sources, or mend the key.") % told)
        if self.most and len(keys) > self.most:
            raise forms.ValidationError(_("Name one source here."))
        return keys


class RowForm(forms.ModelForm):
    """
    A row as it is typed. What a draft may lack is not required here: checking.py says so before it is sent.

    Asks the database nothing, so that a page with a hundred rows costs no more queries than a page with one.
    """

    key = forms.SlugField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args, known_sources, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, SourceKeys):
                field.known = known_sources
                field.widget.attrs["list"] = "source-keys"
            elif isinstance(field, forms.CharField | forms.TypedChoiceField):
                field.required = False
            if isinstance(field, ProseFormField):
                field.max_length = LONGEST_TEXT
                field.validators.append(MaxLengthValidator(LONGEST_TEXT))
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2 if name not in ("body", "answer") else 5
        self.fields["position"].required, self.fields["position"].initial = False, None

    def has_changed(self):
        """Whether something was typed; a heading that was there beforehand, as of a required text, is nothing yet."""
        if not self.is_bound:
            return False
        typed = set(self.changed_data) - TIES
        if typed == {"heading"} and self.data.get(self.add_prefix("key")) in REQUIRED_PASSAGES:
            return False
        return bool(typed)


class ClaimForm(RowForm):
    sources = SourceKeys(label=_("sources"), help_text=_("Keys with a space between, as in S64 S65."))


class FindingForm(RowForm):
    claim_key = forms.CharField(required=False, widget=forms.HiddenInput)
    source = SourceKeys(label=_("source"), most=1, required=True, help_text=_("Its key, as in S64."))


class PictureForm(RowForm):
    consent_until = forms.DateField(
        label=_("consent until"),
        required=False,
        help_text=_("After that day the page drops it by itself."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    upload = forms.FileField(
        label=_("picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, 8 MB at most. Place and camera are taken out of it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    image = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["upload", "text", "decorative", "caption"]

    def __init__(self, *args, stores=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.stores = stores

    def clean(self):
        """A new file takes the place of the old one, and stays in the page if something else is wrong."""
        cleaned = super().clean()
        if upload := cleaned.get("upload"):
            try:
                cleaned["image"] = keep_picture(upload, self.stores)
            except ValidationError as refused:
                self.add_error("upload", refused)
            else:
                self.instance.was_looked_at = not self.stores
                self.data = self.data.copy()
                self.data[self.add_prefix("image")] = cleaned["image"]
        return cleaned


FORMS_OF_THEIR_OWN: dict[type, type[RowForm]] = {Claim: ClaimForm, Finding: FindingForm, Picture: PictureForm}
FORMS = {
    model: modelform_factory(
        model,
        form=FORMS_OF_THEIR_OWN.get(model, RowForm),
        fields=[name for name in READ[model] if name not in LINKS],
    )
    for model in ROW_MODELS
}


class EditedWords:
    """
    Everything that can be typed on a unit's page.

    `wording` is what stands there, `live` what patients read; `data` and `files` what a browser sent, or None.
    `wording_typed()` is the outcome, also of forms that are not valid yet, so that the copy check can speak while
    somebody types: then `stores` is false, and an uploaded picture is looked at and not kept.
    """

    def __init__(self, unit, wording, sources, data=None, files=None, live=None, stores=True):
        self.stores = stores
        self.base, self.kind = wording.version, Unit.Kind(unit.kind)
        self.sources = sources
        base = Version.objects.none().model(**{name: getattr(self.base, name) for name in READ[Version]})
        self.texts = WordsForm(data, instance=base)
        used = {*wording.rows, *KINDS_OF[self.kind], *(live.rows if live else ())}
        if unit.slug in REQUIRED_ROWS:
            used.add(REQUIRED_ROWS[unit.slug])
        if data is not None:
            used |= {model for model in ROW_MODELS if f"{model._meta.model_name}-TOTAL_FORMS" in data}
        self.formsets = {model: self._formset(model, wording, data, files) for model in ROW_MODELS if model in used}

    def _formset(self, model, wording, data, files):
        claims = wording.rows_of(Claim)
        new = [{"claim_key": claim.key} for claim in claims] if model is Finding else [{}]
        if model is Passage and self.kind == Unit.Kind.BENEFIT:
            there = {row.key for row in wording.rows_of(Passage)}
            new = [{"key": key, "heading": name} for key, name in REQUIRED_PASSAGES.items() if key not in there] + new
        initial = [self._initial(wording, row) for row in wording.rows_of(model)]
        factory = forms.formset_factory(FORMS[model], extra=len(new), can_delete=True, max_num=500)
        told = {"known_sources": self.sources} | ({"stores": self.stores} if model is Picture else {})
        formset = factory(data, files, prefix=model._meta.model_name, initial=initial, form_kwargs=told)
        if data is None:
            for form, start in zip(formset.extra_forms, new, strict=False):
                form.initial = start
        return formset

    def _initial(self, wording, row):
        initial = model_to_dict(row, fields=FORMS[type(row)].base_fields.keys() - {"sources"})
        if isinstance(row, Claim):
            initial["sources"] = " ".join(wording.sources_of(row))
        if isinstance(row, Finding):
            initial |= {"claim_key": row.claim.key, "source": row.source.key}
        return initial

    def is_valid(self):
        return all([self.texts.is_valid(), *[formset.is_valid() for formset in self.formsets.values()]])

    def errors(self):
        """Each wrong field with what is wrong, in the order of the page: (field, words)."""
        forms_ = [self.texts, *(form for formset in self.formsets.values() for form in formset.forms)]
        return [
            (form[name], words)
            for form in forms_
            for name, said in form.errors.items()
            if name in form.fields
            for words in said
        ]

    def wording_typed(self) -> Wording:
        """What was typed, as a wording that is not stored."""
        self.is_valid()
        rows, cited, claims = {}, {}, {}
        for model, formset in self.formsets.items():
            forms_ = [form for form in formset.forms if self._is_there(formset, form)]
            self._number(model, forms_)
            for form in forms_:
                row = form.instance
                if model is Claim:
                    cited[row.key] = form.cleaned_data.get("sources", [])
                    claims[row.key] = row
                elif model is Finding:
                    claim = claims.get(form.cleaned_data.get("claim_key"))
                    if claim is None:
                        continue  # the claim was taken out, and its findings with it
                    row.claim, row.source = claim, self._source_of(form)
                rows.setdefault(model, []).append(row)
            rows.get(model, []).sort(key=lambda row: row.position)
        return Wording(self.texts.instance, rows, cited)

    def _source_of(self, form):
        keys = form.cleaned_data.get("source") or [""]
        return self.sources.get(keys[0]) or Source(key=keys[0])

    def _is_there(self, formset, form):
        is_new = form not in formset.initial_forms
        return not (formset._should_delete_form(form) or (is_new and not form.has_changed()))

    def _number(self, model, forms_):
        """Give new rows a key that no other row has, and a place at the end."""
        keys = {form.instance.key for form in forms_ if form.instance.key}
        last = max((form.instance.position or 0 for form in forms_), default=0)
        for form in forms_:
            row = form.instance
            row.prefix = form.prefix
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


def is_long(bound_field):
    """Whether a field holds prose, and so stands beside what is live."""
    return isinstance(bound_field.field, ProseFormField)
