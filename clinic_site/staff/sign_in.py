"""The one door: name and password, then the second factor; and the way out."""

import json
from functools import partial
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.utils import get_login_redirect_url
from allauth.account.views import LoginView
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate, logout
from django.forms import CharField, ValidationError
from django.http import HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from clinic_site.audit.recording import Action, NotWritten, record
from clinic_site.staff.guesses import TooManyGuesses, guess, know_device
from clinic_site.staff.passkeys import PasskeyForm, passkey_address
from clinic_site.staff.second_factor import use_code
from clinic_site.staff.sessions import begin_session, is_inside

TOO_MANY = _(
    "There were too many wrong tries from here or for this name. Wait an hour, or use a device on which you have "
    "signed in before. If it was not you, tell your manager."
)
WRONG_PASSWORD = _("That name and password do not go together. Check both, and try again.")
WRONG_CODE = _("That code is not right, or was used already. Wait for the next one, and type that.")


class DoorAdapter(DefaultAccountAdapter):
    """What the library asks us on somebody's way in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG_PASSWORD,
        "too_many_guesses": TOO_MANY,
    }

    def authenticate(self, request, **credentials):
        """The member whose name and password these are, or None; guesses are counted before the hash."""
        try:
            return guess(request, credentials["username"], partial(authenticate, request, **credentials))
        except TooManyGuesses:
            raise self.validation_error("too_many_guesses") from None

    def get_login_stages(self):
        """After the password: the second factor, or its setting-up where there is none. Nobody is in before that."""
        return ["allauth.mfa.stages.AuthenticateStage", "clinic_site.staff.enrolment.EnrolStage"]

    def post_login(self, request, user, *, redirect_url, **kwargs):
        begin_session(request)
        try:
            record(Action.SIGNED_IN, user, request)
        except NotWritten:
            logout(request)  # nobody is in who is not written down
            raise
        response = HttpResponseRedirect(somewhere(get_login_redirect_url(request, redirect_url)))
        know_device(request, response, user.get_username())
        return response

    def is_open_for_signup(self, request):
        return False

    def add_message(self, *args, **kwargs):
        """Our pages say what happened themselves."""


class SignInForm(LoginForm):
    """Name and password, in the clinic's words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = _("Type the name that you sign in with.")
        self.fields["password"].error_messages["required"] = _("Type your password.")


class SignInView(LoginView):
    form_class = SignInForm
    template_name = "admin/door/sign_in.html"

    def dispatch(self, request, *args, **kwargs):
        if is_inside(request) and request.method == "GET":
            return HttpResponseRedirect(somewhere(get_login_redirect_url(request)))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        if self.request.user.is_authenticated:
            logout(self.request)  # whoever signs in now is somebody else
        return super().form_valid(form)


class CodeForm(AuthenticateForm):
    """A code of an authenticator app, or a recovery code."""

    code = CharField(error_messages={"required": _("Type the six digits that your app shows, or a recovery code.")})

    def clean_code(self):
        code = self.cleaned_data["code"]
        try:
            self.authenticator = guess(context.request, self.user.get_username(), partial(use_code, self.user, code))
        except TooManyGuesses:
            raise ValidationError(TOO_MANY) from None
        if self.authenticator is None:
            raise ValidationError(WRONG_CODE)
        return code


class SecondStepView(AuthenticateView):
    form_class = CodeForm
    webauthn_form_class = PasskeyForm
    template_name = "admin/door/second_step.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "member": self.stage.login.user,
            "has_passkey": is_mfa_enabled(self.stage.login.user, [Authenticator.Type.WEBAUTHN]),
            "passkey_options": json.dumps(context["js_data"]["request_options"]),
            "passkey_address": passkey_address(self.request),
        }


def somewhere(address):
    """An address of this site as it is; the first page instead of one that nothing stands at."""
    try:
        return address if resolve(urlsplit(address).path).url_name else reverse("admin:index")
    except Resolver404:
        return reverse("admin:index")


@never_cache
@csrf_protect
@require_POST
def sign_out(request):
    """End the session, and have the browser forget the pages that it showed; it stays known as a device."""
    if request.user.is_authenticated:
        record(Action.SIGNED_OUT, request.user, request)
    logout(request)
    response = HttpResponseRedirect(reverse("account_login"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
