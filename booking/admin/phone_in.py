"""A request that comes by telephone: name and number are enough, and the same promise counts."""

import secrets

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from booking.forms import CONCERN_LENGTH, LANGUAGES
from booking.models import ConsultationRequest
from booking.models.request import Window
from booking.typed import need_a_letter, one_line, refuse_hidden_characters
from treatments.models import Benefit

DUPLICATES_SHOWN = 5


class PhoneInForm(forms.ModelForm):
    """What the desk writes down while somebody is on the telephone."""

    use_required_attribute = False

    phone = PhoneNumberField(
        label=_("Telephone"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages={
            "required": _("Write down the number, so that you can call back."),
            "invalid": _("Write down the whole number with its area code, like 586 555 0100."),
        },
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    windows = forms.MultipleChoiceField(
        label=_("Could often come"), choices=Window, required=False, widget=forms.CheckboxSelectMultiple
    )
    concern = forms.CharField(
        label=_("In their own words"),
        required=False,
        max_length=CONCERN_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Encrypted. Leave out what you need not know."),
    )
    agrees = forms.BooleanField(
        label=_("The caller agrees that the clinic keeps this to answer them."),
        error_messages={"required": _("Ask the caller, and tick this.")},
    )

    class Meta:
        model = ConsultationRequest
        fields = ["name", "phone", "email", "may_leave_message", "language", "interpreter", "benefit", "windows"]
        labels = {"name": _("Name"), "email": _("Email, if there is one")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}
        error_messages = {"name": {"required": _("Write down the name.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["benefit"].queryset = Benefit.objects.live_at(timezone.now()).select_related("treatment")
        self.fields["benefit"].empty_label = _("Not sure yet")
        self.fields["name"].validators += [refuse_hidden_characters, need_a_letter]

    def clean_name(self):
        return one_line(self.cleaned_data["name"])

    def _post_clean(self):
        request = self.instance
        request.contact_by = ConsultationRequest.ContactBy.PHONE
        request.form_key = f"phoned in {secrets.token_hex(16)}"
        super()._post_clean()
        if not self.errors:
            request.concern = self.cleaned_data["concern"]
            request.treatment = request.benefit.treatment if request.benefit else None


def possible_duplicates(name, phone):
    """Requests of who may be the same person: of that number, else of that name."""
    found = ConsultationRequest.objects.trusted().filter(redacted_at=None).order_by("-received_at")
    by_number = list(found.found_by(phone)[:DUPLICATES_SHOWN]) if phone.strip() else []
    return by_number or (list(found.found_by(name)[:DUPLICATES_SHOWN]) if len(name.strip()) > 2 else [])
