"""The forms of a unit's page: its texts, and one for each kind of row. They read nothing but what they are given."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.models import modelform_factory
from django.utils.translation import gettext_lazy as _

from treatments.models import Claim, Finding, Picture, Version
from treatments.models.rows import ROW_MODELS
from treatments.pictures import keep_picture
from treatments.prose import ProseFormField
from treatments.words.digest import SIGNED_FIELDS
from treatments.words.length import longest_of
from treatments.words.rules import REQUIRED_PASSAGES

LINKS = ("claim", "source", "sources")
TIES = {"key", "claim_key", "position"}  # what a row has before anybody writes in it


class WordsForm(forms.ModelForm):
    class Meta:
        model = Version
        fields = [*SIGNED_FIELDS[Version], "why"]
        widgets = {
            "lead": forms.Textarea(attrs={"rows": 3}),
            "summary": forms.Textarea(attrs={"rows": 2}),
            "synonyms": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _limit(self.fields["lead"], longest_of("lead"))


def _limit(field, letters):
    field.max_length = letters
    field.validators.append(MaxLengthValidator(letters))


class SourceKeys(forms.CharField):
    """Keys of sources: 'S64 S65'. Cleans to a list of keys that exist; `most` of them."""

    def __init__(self, most=None, **kwargs):
        super().__init__(**({"required": False} | kwargs))
        self.most = most
        self.known = {}

    def clean(self, value):
        keys = list(dict.fromkeys(super().clean(value).replace(",", " ").upper().split()))
        if unknown := [key for key in keys if key not in self.known]:
            mend = _("There is no source %(keys)s. Add it under Sources, or mend the key.")
            raise forms.ValidationError(mend % {"keys": ", ".join(unknown)})
        if self.most and len(keys) > self.most:
            raise forms.ValidationError(_("Name one source here."))
        return keys


class RowForm(forms.ModelForm):
    """
    One row. What a draft may lack is not required here: the rules of copy say so before it is sent.

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
                _limit(field, longest_of(name))
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2 if name not in ("body", "answer") else 5
        self.fields["position"].required, self.fields["position"].initial = False, None

    def has_changed(self):
        """Whether something was written; a heading that was there beforehand, as of a required text, is nothing yet."""
        if not self.is_bound:
            return False
        changed = set(self.changed_data) - TIES
        if changed == {"heading"} and self.data.get(self.add_prefix("key")) in REQUIRED_PASSAGES:
            return False
        return bool(changed)


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
                self.data = self.data.copy()
                self.data[self.add_prefix("image")] = cleaned["image"]
        return cleaned


FORMS_OF_THEIR_OWN: dict[type, type[RowForm]] = {Claim: ClaimForm, Finding: FindingForm, Picture: PictureForm}
FORMS = {
    model: modelform_factory(
        model,
        form=FORMS_OF_THEIR_OWN.get(model, RowForm),
        fields=[name for name in SIGNED_FIELDS[model] if name not in LINKS],
    )
    for model in ROW_MODELS
}


def is_long(bound_field):
    """Whether a field holds prose, and so stands beside what is live."""
    return isinstance(bound_field.field, ProseFormField)
