"""How a new member of staff chooses a password: by a link that works once."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode


def enrolment_link(member):
    """The address at which this member of staff sets a password; it dies with its use, or after three days."""
    uidb64 = urlsafe_base64_encode(force_bytes(member.pk))
    token = default_token_generator.make_token(member)
    return settings.SITE_URL + reverse("enrol", args=[uidb64, token])


class EnrolmentView(PasswordResetConfirmView):
    template_name = "admin/enrol.html"
    success_url = reverse_lazy("admin:login")
