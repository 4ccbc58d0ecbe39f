"""Parts of the request form: fields of its own kinds, and questions behind a line."""

from crispy_forms.layout import Fieldset
from django import forms

from booking.models import OpenTime
from clinic_site.numbers import number_in


class OpenTimeField(forms.CharField):
    """
    One of the open times, by its number. Whether it is still free is seen when it is taken, and not before.

    A form that is sent twice names a time that its own first copy took.
    """

    widget = forms.RadioSelect

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        number = number_in(value)
        time = OpenTime.objects.select_related("clinician").filter(pk=number).first() if number is not None else None
        if time is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return time


class CarriedField(forms.MultipleChoiceField):
    """Answers that another page brought along, hidden: what is not known is left out, not complained of."""

    widget = forms.MultipleHiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def clean(self, value):
        known = {key for key, _label in self.choices}
        return [key for key in value or [] if key in known]


class Fold(Fieldset):
    """Fields that may be left out, behind a line that says what they are about."""

    template = "clinic/layout/fold.html"

    def __init__(self, legend, names, *, is_open):
        super().__init__(legend, *names)
        self.is_open = is_open
