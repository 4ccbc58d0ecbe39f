"""The forms of a patient who has asked already: on the private page, and to have its link sent again."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from booking.models import LinkLookup
from booking.patient.contact_form import PersonForm, TroubleField
from booking.validators import LinesField, refuse_hidden_characters

WORDS_LENGTH = 2000  # characters


def _helper(action, button, label, *fields):
    """How these forms are drawn. Guarded as the request form is, by where they come from; each has its own button."""
    helper = FormHelper()
    helper.form_class = "request"
    helper.disable_csrf = True
    helper.form_action = action
    helper.attrs = {"novalidate": True}
    helper.layout = Layout(*fields)
    helper.add_input(Submit(button, label, css_class="plain"))
    return helper


class AddWordsForm(forms.Form):
    """The patient adds to what they said."""

    use_required_attribute = False

    words = LinesField(
        label=_("What would you like to add?"),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[refuse_hidden_characters],
        help_text=_("We store it encrypted. Please leave out photos, test results and medicines."),
        error_messages={
            "required": _("Write what you would like to add."),
            "max_length": _("Shorten this to 2,000 characters or fewer."),
        },
    )

    trouble = TroubleField()

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, auto_id="add-%s", **kwargs)
        self.helper = _helper(f"{action}#h-asked", "add", _("Add this"), "words", "trouble")


class CorrectContactForm(PersonForm):
    """The patient corrects their name, the ways to reach them, their language, or what we make ready for them."""

    # Which correction was the last when the form was opened: one that was made since then is not written over.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, auto_id="contact-%s", **kwargs)
        self.initial |= {"seen": self.instance.contact_version, "needs": self.instance.needs}
        fields = ["seen", *self.Meta.fields, "needs"]
        self.helper = _helper(f"{action}#h-reach", "contact", _("Save this"), *fields)

    def look_again(self, why):
        """Say why nothing was saved. What was typed stays, beside what stands by now; saved once more, it counts."""
        self.add_error(None, why)
        self.data = self.data.copy()
        self.data["seen"] = self.instance.contact_version


class FindForm(forms.ModelForm):
    """Somebody has lost the private link and asks for it again."""

    use_required_attribute = False

    class Meta:
        model = LinkLookup
        fields = ["email"]
        labels = {"email": _("The email address you gave us")}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})}
        error_messages = {
            "email": {
                "required": _("Enter the email address you gave us."),
            }
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].validators.append(refuse_hidden_characters)
        self.helper = _helper("booking:find", "find", _("Send my link"), "email")

    def validate_unique(self):
        """An address that is already waiting for its look-up is no mistake of the person who asks."""
