"""What somebody says of a draft from its preview."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from treatments.models import CopyEvent
from treatments.prose import ProseFormField

MOST = 50  # comments on one version: a link that got about is no message board


class CommentForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=80)
    words = ProseFormField(label=_("What should change, or that it is right"), max_length=2000, widget=forms.Textarea)

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.version = version
        self.fields["words"].widget.attrs["rows"] = 4

    def clean(self):
        comments = self.version.events.filter(kind=CopyEvent.Kind.COMMENT)
        if comments.count() >= MOST:
            raise ValidationError(_("This draft has a great many comments already. Please call the clinic instead."))
        return super().clean()

    def save(self):
        return CopyEvent.objects.create(
            version=self.version,
            kind=CopyEvent.Kind.COMMENT,
            name=self.cleaned_data["name"],
            words=self.cleaned_data["words"],
        )
