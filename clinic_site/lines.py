"""Words of several lines."""

from django import forms


class LinesField(forms.CharField):
    """
    Where several lines are typed. A line end counts as one character, as in the browser that holds to the same limit,
    though it is sent as two.
    """

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)
