"""Who asks and how they are reached: what the request form and the private page share."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from booking.models import ConsultationRequest
from booking.validators import need_a_letter, one_line, refuse_hidden_characters
from booking.wishes import Need
from booking.wording import LANGUAGES

MISSING_CONTACT = {
    "email": _("Enter your email address, or choose phone."),
    "phone": _("Enter your phone number, or choose email."),
}


NOTE_IN_BRACKETS = re.compile(r"[(\[][^)\]\d]*[)\]]")
KIND_OF_TELEPHONE = re.compile(
    r"[\s,;:/-]+(?:cell(?:ular)?|mobile|home|work|office|landline|text(?: only)?)\.?\s*$", re.IGNORECASE
)


class TelephoneField(PhoneNumberField):
    """A number as people write it: with an extension (ext. 12, x12, #12, ;12), or a word on what telephone it is."""

    def to_python(self, value):
        plain = NOTE_IN_BRACKETS.sub(" ", value or "")
        return super().to_python(KIND_OF_TELEPHONE.sub("", plain).strip())


def without_extension(form):
    """For a form's `clean_phone`: the number alone, and its extension with the request."""
    phone = form.cleaned_data["phone"]
    form.instance.phone_extension = (phone and phone.extension) or ""
    return PhoneNumber.from_string(phone.as_e164) if phone else phone


class ContactForm(forms.ModelForm):
    """An answer by email or by phone, and what that needs."""

    use_required_attribute = False  # the page's own summary says what is missing, in the page's own words

    phone = TelephoneField(
        label=_("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "mid"}),
        error_messages={"invalid": _("Enter your full phone number with the area code, like 586 555 0100.")},
    )

    class Meta:
        model = ConsultationRequest
        fields = ["contact_by", "email", "phone", "may_leave_message"]
        labels = {
            "contact_by": _("How should we answer?"),
            "email": _("Email"),
            "may_leave_message": _("You may leave a message for me at this number"),
        }
        help_texts = {
            "email": _("Email is not fully private, so ours say little: a reference, a link, and when we meet.")
        }
        widgets = {
            "contact_by": forms.RadioSelect,
            "email": forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        }
        error_messages = {
            "contact_by": {
                "required": _("Choose how we should answer: by email or by phone."),
                "invalid_choice": _("Choose email or phone."),
            },
            "email": {
                "max_length": _("This email address is too long. Check it, or choose phone."),
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact_by"].required = False  # worked out from what is given, where nobody chose
        self.fields["contact_by"].choices = ConsultationRequest.ContactBy.choices
        self.fields["email"].validators.append(refuse_hidden_characters)
        if self.instance.pk and self.instance.phone:
            self.initial["phone"] = self.instance.phone_words

    def clean_phone(self):
        return without_extension(self)

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("contact_by")
        if not chosen and "contact_by" not in self.errors:
            chosen = cleaned["contact_by"] = "phone" if cleaned.get("phone") and not cleaned.get("email") else "email"
        if chosen and not cleaned.get(chosen) and chosen not in self.errors:
            self.add_error(chosen, MISSING_CONTACT[chosen])
        return cleaned


class TroubleField(forms.BooleanField):
    """The tick of somebody whom a treatment has left with trouble. Whoever ticks it is not to wait for an answer."""

    def __init__(self):
        super().__init__(
            label=_("I had a treatment at this clinic, and something is wrong"),
            required=False,
            help_text=_("A clinician is alerted. Do not wait for our answer: call us now. In an emergency, call 911."),
        )


class PersonForm(ContactForm):
    """A name and a way to answer; and, where they say so, their language and what the clinic makes ready for them."""

    language = forms.ChoiceField(
        label=_("Language you prefer"),
        required=False,
        choices=LANGUAGES,
        error_messages={"invalid_choice": _("Choose one of the languages in the list.")},
    )
    needs = forms.MultipleChoiceField(
        label=_("What we should have ready"),
        required=False,
        choices=Need,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose only what is in the list.")},
    )

    class Meta(ContactForm.Meta):
        fields = ["name", *ContactForm.Meta.fields, "language", "interpreter"]
        labels = ContactForm.Meta.labels | {
            "name": _("Your name"),
            "interpreter": _("I would like an interpreter"),
        }
        widgets = ContactForm.Meta.widgets | {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        error_messages = ContactForm.Meta.error_messages | {
            "name": {
                "required": _("Enter your name."),
                "max_length": _("Shorten your name to 120 characters or fewer."),
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].validators += [refuse_hidden_characters, need_a_letter]

    def clean_name(self):
        return one_line(self.cleaned_data["name"])

    def clean_language(self):
        return self.cleaned_data["language"] or "en"

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            self.instance.needs = self.cleaned_data["needs"]
