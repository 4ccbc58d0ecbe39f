"""Fields of the request form's own kinds."""

from django import forms
from django.db.models import Model

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


class PublishedField(forms.ChoiceField):
    """One of the things that are published now, by its slug: what is chosen is the thing itself, or None."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.published: dict[str, Model] = {}

    def clean(self, value):
        return self.published.get(super().clean(value))


class CarriedField(forms.MultipleChoiceField):
    """Answers that another page brought along, hidden: what is not known is left out, not complained of."""

    widget = forms.MultipleHiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def clean(self, value):
        known = {key for key, _label in self.choices}
        return [key for key in value or [] if key in known]
