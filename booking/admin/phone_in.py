"""A request that comes by telephone: name and number are enough, and the same promise counts."""

import secrets

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.models import ConsultationRequest
from booking.patient.contact_form import TelephoneField, without_extension
from booking.patient.request_form import CONCERN_LENGTH
from booking.validators import LinesField, need_a_letter, one_line, refuse_hidden_characters
from booking.wishes import Need, Window
from booking.wording import LANGUAGES
from clinic_site.staff.unsaved.keeping import words_put_back
from treatments.models import Benefit, Names

DUPLICATES_SHOWN = 5


class PhoneInForm(forms.ModelForm):
    """What the desk writes down while somebody is on the telephone."""

    use_required_attribute = False

    phone = TelephoneField(
        label=_("Telephone"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages={
            "required": _("Write down the number, so that you can call back."),
            "invalid": _("Write down the whole number with its area code, like 586 555 0100."),
        },
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    windows = forms.MultipleChoiceField(
        label=_("Could often come"),
        choices=list(Window.choices[:4]),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs = forms.MultipleChoiceField(
        label=_("Make ready for"), required=False, choices=Need, widget=forms.CheckboxSelectMultiple
    )
    concern = LinesField(
        label=_("In their own words"),
        required=False,
        max_length=CONCERN_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Encrypted. Leave out what you need not know."),
    )
    trouble = forms.BooleanField(label=_("Urgent: trouble after a treatment. Clinicians are alerted."), required=False)
    agrees = forms.BooleanField(
        label=_("The caller agrees that the clinic keeps this to answer them."),
        error_messages={"required": _("Ask the caller, and tick this.")},
    )

    class Meta:
        model = ConsultationRequest
        fields = [
            *["name", "phone", "email", "may_leave_message", "language", "interpreter", "for_someone_else"],
            *["benefit", "windows"],
        ]
        labels = {
            "name": _("Name"),
            "email": _("Email, if there is one"),
            "for_someone_else": _("Asks for someone else, such as a child"),
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}
        error_messages = {"name": {"required": _("Write down the name.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = Names.read().benefits
        self.fields["benefit"].queryset = Benefit.objects.offered(timezone.now()).select_related("treatment")
        self.fields["benefit"].label_from_instance = lambda benefit: names[benefit.pk]
        self.fields["benefit"].empty_label = _("Not sure yet")
        self.fields["name"].validators += [refuse_hidden_characters, need_a_letter]

    def clean_phone(self):
        return without_extension(self)

    def clean_name(self):
        return one_line(self.cleaned_data["name"])

    def _post_clean(self):
        consultation_request = self.instance
        consultation_request.contact_by = ConsultationRequest.ContactBy.PHONE
        consultation_request.form_key = f"phoned in {secrets.token_hex(16)}"
        super()._post_clean()
        if not self.errors:
            consultation_request.concern = self.cleaned_data["concern"]
            consultation_request.urgent_at = timezone.now() if self.cleaned_data["trouble"] else None
            consultation_request.needs = self.cleaned_data["needs"]
            consultation_request.treatment = (
                consultation_request.benefit.treatment if consultation_request.benefit else None
            )


def begun_with(request):
    """What the form begins with: what was written down and not saved, where that is asked for."""
    words = words_put_back(request)
    if words is None:
        return None
    return {name: values if name in ("windows", "needs") else values[-1] for name, values in words.typed.items()}


def possible_duplicates(name, phone):
    """Requests of who may be the same person: of that number, else of that name."""
    found = ConsultationRequest.objects.trusted().filter(redacted_at=None).order_by("-received_at")
    by_number = list(found.found_by(phone, DUPLICATES_SHOWN)) if phone.strip() else []
    return by_number or (list(found.found_by(name, DUPLICATES_SHOWN)) if len(name.strip()) > 2 else [])
