"""Passkeys: what a browser sends of one, and where browsers take any."""

from ipaddress import ip_address

from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.conf import settings
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

NOT_TAKEN = _("That passkey was not taken. Try again, or use a code.")
MALFORMED = (ValueError, TypeError, KeyError, AttributeError)  # what the library makes of what no browser sends


class CredentialField(forms.JSONField):
    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            credential = super().to_python(value)
        except (ValueError, forms.ValidationError):  # no JSON, or a number with thousands of digits
            credential = None
        if not isinstance(credential, dict):
            raise forms.ValidationError(NOT_TAKEN)
        return credential


class PasskeyForm(AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()

    def clean_credential(self):
        try:
            return super().clean_credential()
        except (*MALFORMED, forms.ValidationError):
            raise forms.ValidationError(NOT_TAKEN) from None


class NewPasskeyForm(AddWebAuthnForm):
    """A passkey that somebody adds to their account."""

    credential = CredentialField()

    def clean(self):
        try:
            return super().clean()
        except (*MALFORMED, forms.ValidationError):
            raise forms.ValidationError(NOT_TAKEN) from None


def passkey_address(request):
    """Where passkeys work, if they do not where this page is: a browser binds them to a name, not to numbers."""
    host, _port = split_domain_port(request.get_host())
    try:
        is_here = ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a name
        return ""
    site = f"{request.scheme}://localhost:{request.get_port()}" if is_here else settings.SITE_URL
    return site + reverse("admin:index")
