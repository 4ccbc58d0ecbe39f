"""What people type, held to letters that can be seen."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# Control characters, marks that turn the order of letters around, and letters of no width. Marks that Arabic, Persian
# and Hebrew need within words (U+200C to U+200F, U+061C) are not among them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
LETTER = re.compile(r"[^\W\d_]")


def refuse_hidden_characters(text):
    if HIDDEN.search(text):
        raise ValidationError(_("This contains hidden characters. Delete it and type it again."))


def need_a_letter(text):
    if not LETTER.search(text):
        raise ValidationError(_("Enter your name, with at least one letter."))


def one_line(text):
    """Text with line ends and runs of blanks made into single blanks."""
    return " ".join(text.split())


def with_short_line_ends(text):
    """Text with each line end as one character, as browsers count it, and not the two that they send."""
    return text.replace("\r\n", "\n")


class LinesField(forms.CharField):
    """Where several lines are typed, held to the same length here as in the browser."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(with_short_line_ends(value) if isinstance(value, str) else value)


# What mail servers take before the @ (RFC 5322, 3.2.3), and, as some gave them out, dots at any place.
LOCAL_PART = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}", re.ASCII)


class MailAddress(EmailValidator):
    """
    An address to which our mail can be sent; what is wrong with another is said with what to do.

    Our mail server cannot write to letters beyond ASCII before the @ (RFC 6531); after it they are no trouble.
    """

    domain_allowlist = ()  # none that is only somebody's own machine
    message = _("Enter your full email address, like name@example.com.")
    without_dot = _("Enter the full email address: after the @ comes a name with a dot, like example.com.")
    beyond_ascii = _(
        "We cannot send email to letters like these before the @. Enter another email address, or choose phone."
    )

    def __init__(self):
        super().__init__(allowlist=[])

    def __call__(self, value):
        local, at, domain = str(value or "").rpartition("@")
        if not at or not local or not domain or len(value) > EMAIL_LENGTH:
            raise ValidationError(self.message, code=self.code)
        if not local.isascii():
            raise ValidationError(self.beyond_ascii, code=self.code)
        if "." not in domain.replace("\N{IDEOGRAPHIC FULL STOP}", "."):
            raise ValidationError(self.without_dot, code=self.code)
        if not LOCAL_PART.fullmatch(local) or not self._is_domain(domain):
            raise ValidationError(self.message, code=self.code)

    def _is_domain(self, domain):
        if self.validate_domain_part(domain):
            return True
        try:
            return self.validate_domain_part(domain.encode("idna").decode("ascii"))
        except UnicodeError:
            return False


EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, without the brackets around it
mail_address = MailAddress()


class MailAddressFormField(forms.EmailField):
    """Where an address is typed."""

    default_validators = [mail_address]


class MailAddressField(models.EmailField):
    """An address that is written to."""

    default_validators = [mail_address]

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": MailAddressFormField} | kwargs)
