"""How a patient is reached: the part that the request form and the private page share."""

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from booking.models import ConsultationRequest
from booking.typed import refuse_hidden_characters

MISSING_CONTACT = {
    "email": _("Enter your email address, or choose phone."),
    "phone": _("Enter your telephone number, or choose email."),
}


class ContactForm(forms.ModelForm):
    """An answer by email or by phone, and what that needs."""

    use_required_attribute = False  # the page's own summary says what is missing, in the page's own words

    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "mid"}),
        error_messages={"invalid": _("Enter the whole telephone number with its area code, like 586 555 0100.")},
    )

    class Meta:
        model = ConsultationRequest
        fields = ["contact_by", "email", "phone", "may_leave_message"]
        labels = {
            "contact_by": _("How should we answer?"),
            "email": _("Email"),
            "may_leave_message": _("You may leave a message for me on this telephone"),
        }
        help_texts = {
            "email": _("Email is not fully private. Ours says little: a reference, a link, and when we meet.")
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
                "invalid": _("Write your email address in full, like name@example.com."),
                "max_length": _("This email address is too long. Check it, or choose phone."),
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact_by"].required = False  # worked out from what is given, where nobody chose
        self.fields["contact_by"].choices = ConsultationRequest.ContactBy.choices
        self.fields["email"].validators.append(refuse_hidden_characters)

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("contact_by")
        if not chosen and "contact_by" not in self.errors:
            chosen = cleaned["contact_by"] = "phone" if cleaned.get("phone") and not cleaned.get("email") else "email"
        if chosen and not cleaned.get(chosen) and chosen not in self.errors:
            self.add_error(chosen, MISSING_CONTACT[chosen])
        return cleaned
