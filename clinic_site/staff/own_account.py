"""What everybody looks after themselves: their second factor, and where they are signed in."""

import json

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn, begin_registration
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from clinic_site.audit.recording import Action, record
from clinic_site.numbers import number_in
from clinic_site.staff.enrolment import FirstCodeForm, shown
from clinic_site.staff.lock import password_first
from clinic_site.staff.passkeys import NewPasskeyForm, passkey_address
from clinic_site.staff.second_factor import recovery_codes_left, set_authenticator, set_recovery_codes
from clinic_site.staff.sessions import device_of, end_sessions, open_sessions

PAGE = "admin:own_account"
NEW_SECRET = "new_authenticator"


def own_account(request):
    """Second factor and sessions of whoever is signed in."""
    factors = Authenticator.objects.filter(user=request.user)
    context = {
        "title": _("Your sign-in"),
        "authenticator": factors.filter(type=Authenticator.Type.TOTP).first(),
        "passkeys": factors.filter(type=Authenticator.Type.WEBAUTHN).order_by("created_at"),
        "codes_left": len(recovery_codes_left(request.user)),
        "sessions": open_sessions(request.user),
        "this_session": request.session.row.pk,
    }
    return render(request, "admin/own_account.html", admin.site.each_context(request) | context)


@require_POST
def end_some_sessions(request):
    """End one of one's own sessions, or all but this one."""
    if which := request.POST.get("session"):
        open_sessions(request.user).filter(pk=which).delete()
        messages.success(request, _("That session has ended."))
    else:
        end_sessions(request.user, but=request)
        messages.success(request, _("All other sessions have ended."))
    return redirect(PAGE)


@password_first
def change_authenticator(request):
    """Another app or telephone in place of the one before; whatever else is signed in ends."""
    secret = decrypt(request.session.setdefault(NEW_SECRET, encrypt(generate_totp_secret())))
    form = FirstCodeForm(request.POST if "code" in request.POST else None, secret=secret)
    if form.is_valid():
        set_authenticator(request.user, secret, used_step=form.step)
        del request.session[NEW_SECRET]
        return _changed(request, _("From now on the codes of this app open the door; those of the old one do not."))
    return render(request, "admin/door/change_authenticator.html", {"form": form, **shown(request.user, secret)})


@password_first
def new_recovery_codes(request):
    """Ten new codes, shown once; the old ones end."""
    if request.method != "POST":
        return redirect(PAGE)
    note_change(request)
    end_sessions(request.user, but=request)
    context = {"codes": set_recovery_codes(request.user), "is_inside": True}
    return render(request, "admin/door/recovery_codes.html", context)


@password_first
def add_passkey(request):
    """A finger, a face or a key, bound to this site's name."""
    form = NewPasskeyForm(request.POST if "credential" in request.POST else None, user=request.user)
    if form.is_valid():
        WebAuthn.add(request.user, form.cleaned_data["name"][:80], form.cleaned_data["credential"])
        return _changed(request, _("The passkey is yours: next time it opens the second step."))
    context = {
        "form": form,
        "name": device_of(request.headers.get("User-Agent", "")),
        "passkey_options": json.dumps(begin_registration(request.user, passwordless=False)),
        "passkey_address": passkey_address(request),
    }
    return render(request, "admin/door/add_passkey.html", context)


@password_first
def remove_passkey(request):
    """Only passkeys can be taken away: everybody keeps an authenticator."""
    if request.method != "POST":
        return redirect(PAGE)
    passkeys = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    get_object_or_404(passkeys, pk=number_in(request.POST.get("passkey"))).delete()
    return _changed(request, _("That passkey opens nothing any more."))


def _changed(request, words):
    note_change(request)
    end_sessions(request.user, but=request)
    messages.success(request, words)
    return redirect(PAGE)


def note_change(request):
    """Into the audit: somebody changed how they sign in."""
    details = {"step": request.resolver_match.url_name, "member": request.user.pk}
    record(Action.RIGHTS, request.user, request, page="own_account", details=details)
