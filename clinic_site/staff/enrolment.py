"""How a new member of staff comes in, in one go: a link that works once, a password, an authenticator app, codes."""

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.internal.stagekit import clear_login, stash_login
from allauth.account.models import Login
from allauth.account.stages import LoginStage
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.db.models import F
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from clinic_site.models import StaffMember
from clinic_site.staff.guesses import know_device
from clinic_site.staff.second_factor import (
    has_second_factor,
    key_uri,
    qr_path,
    recovery_codes_left,
    set_authenticator,
    set_recovery_codes,
    step_of,
)
from clinic_site.staff.sessions import end_sessions


class EnrolmentTokens(PasswordResetTokenGenerator):
    """As Django's for a forgotten password; a newer link ends the ones before."""

    key_salt = "clinic_site.staff.enrolment"

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.links_made}"


tokens = EnrolmentTokens()


def enrolment_link(user):
    """
    The address at which somebody sets a password, and a second factor where they have none.

    It dies with its use, after three days, and when a newer one is made.
    """
    StaffMember.objects.filter(pk=user.pk).update(links_made=F("links_made") + 1)
    user.refresh_from_db(fields=["links_made"])
    uidb64 = urlsafe_base64_encode(force_bytes(user.pk))
    return settings.SITE_URL + reverse("enrol", args=[uidb64, tokens.make_token(user)])


class EnrolmentView(PasswordResetConfirmView):
    """The first step: a password of their own. The door's next step follows."""

    template_name = "admin/door/choose_password.html"
    token_generator = tokens

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form):
        user = form.save()
        end_sessions(user)
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        logout(self.request)  # whoever was signed in here is somebody else
        response = perform_password_login(self.request, {}, Login(user=user))
        know_device(self.request, response, user.get_username())  # so that nobody's guesses stand in their way
        return response


class EnrolStage(LoginStage):
    """On the way in, after the password: whoever has no second factor sets one up, and is not in before that."""

    key = "enrol"
    urlname = "enrol_factor"

    def handle(self):
        if has_second_factor(self.login.user):
            return None, True
        return redirect(self.urlname), True


class FirstCodeForm(forms.Form):
    """The first code of an app, which shows that it holds the secret."""

    code = forms.CharField(
        label=_("Six digits that the app shows now"),
        error_messages={"required": _("Type the six digits that the app shows for this clinic.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}),
    )

    def __init__(self, *args, secret, **kwargs):
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self):
        code = "".join(filter(str.isdigit, self.cleaned_data["code"]))
        self.step = step_of(self.secret, code)
        if self.step is None:
            raise forms.ValidationError(
                _("The app shows another code. Wait for its next one; if that does not help, read the key again.")
            )
        return code


@login_stage_required(stage=EnrolStage.key, redirect_urlname="account_login")
def enrol_factor(request):
    """The second step: an authenticator app, by picture or by key."""
    stage = request._login_stage
    user = stage.login.user
    if has_second_factor(user):  # it was set up elsewhere meanwhile: this way in was begun without it
        clear_login(request)
        return redirect("account_login")
    secret = decrypt(stage.state.setdefault("secret", encrypt(generate_totp_secret())))
    form = FirstCodeForm(request.POST or None, secret=secret)
    if form.is_valid():
        factor = set_authenticator(user, secret, used_step=form.step)
        set_recovery_codes(user)
        stage.state |= {"factor": factor.pk, "secret": ""}
        stash_login(request, stage.login)
        return redirect("enrol_codes")
    stash_login(request, stage.login)
    return render(request, "admin/door/set_up.html", {"form": form, "member": user, **shown(user, secret)})


@login_stage_required(stage=EnrolStage.key, redirect_urlname="account_login")
def enrol_codes(request):
    """The third step: recovery codes, shown once; then they are in."""
    stage = request._login_stage
    user = stage.login.user
    factor = Authenticator.objects.filter(user=user, pk=stage.state.get("factor")).first()
    if factor is None:
        return redirect("enrol_factor")
    if request.method == "POST":
        record_authentication(request, user, "mfa", id=factor.pk, type=factor.type)
        return stage.exit()
    return render(request, "admin/door/recovery_codes.html", {"codes": recovery_codes_left(user)})


def shown(user, secret):
    """A secret as pages show it: as a picture, and in groups of four to type."""
    path, side = qr_path(key_uri(user, secret))
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"qr_path": path, "qr_side": side, "key": groups, "uri": key_uri(user, secret)}
