"""A desk that nobody sits at is locked; and the password is asked for again before what could do most harm."""

from functools import partial, wraps

from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from clinic_site.staff import sessions
from clinic_site.staff.guesses import TooManyGuesses, guess
from clinic_site.staff.sign_in import TOO_MANY

FIELD = "current_password"
BY_LINK = "asked_by_link"  # a page was only opened: it is opened again once the password is right
OWN = {FIELD, "csrfmiddlewaretoken"}


class PasswordForm(forms.Form):
    """The password of whoever is signed in, given again."""

    current_password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Type your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_current_password(self):
        return own_password(self.request, self.cleaned_data[FIELD])


class OwnPasswordForm(AdminPasswordChangeForm):
    """A change of one's own password, the old one given first; guesses at that are counted too."""

    def clean_old_password(self):
        return own_password(context.request, self.cleaned_data["old_password"])


def own_password(request, password):
    """The same password, if it is that of whoever is signed in."""
    try:
        right = guess(request, request.user.get_username(), partial(request.user.check_password, password))
    except TooManyGuesses:
        raise forms.ValidationError(TOO_MANY) from None
    if not right:
        raise forms.ValidationError(_("That is not your password. Try again."))
    return password


@never_cache
@csrf_protect
@sensitive_post_parameters(FIELD)
def locked(request):
    """The page of a locked desk: the password alone leads back to where somebody was."""
    if not sessions.is_signed_in(request):
        return redirect("account_login") if sessions.is_by_hand(request) else HttpResponse(status=401)
    back = get_next_redirect_url(request) or resolve_url("admin:index")
    if request.method == "POST" and "lock" in request.POST:
        sessions.lock(request)
    elif not sessions.is_locked(request):
        return _done(request, back)
    form = PasswordForm(request.POST if FIELD in request.POST else None, request=request)
    if form.is_valid():
        sessions.unlock(request)
        sessions.note_password(request)
        return _done(request, back)
    context = {"form": form, "next": back, "seen_at": request.session.row.seen_at}
    if sessions.is_by_hand(request):
        return render(request, "admin/door/locked.html", context)
    status = 422 if form.is_bound else 204
    return HttpResponse("".join(form.errors.get(FIELD, [])), status=status, content_type="text/plain; charset=utf-8")


@never_cache
@csrf_protect
def seen(request):
    """A page that is typed on says that somebody is there; or asks what its forms have to carry after a new sign-in."""
    if not sessions.is_inside(request):
        return HttpResponse(status=401)
    if request.method != "POST":
        return HttpResponse(get_token(request), content_type="text/plain")
    sessions.see(request)
    return HttpResponse(status=204)


def password_first(view):
    """
    For what could do most harm, and for what was sent from a locked desk: the password is asked for.

    What was sent waits in the page that asks, and nowhere else; it is carried out once the password is right. A
    password that was given a moment ago is not asked for again.
    """

    @wraps(view)
    def asked(request, *args, **kwargs):
        was_locked = sessions.is_locked(request)
        if sessions.has_fresh_password(request) and not was_locked:
            return view(request, *args, **kwargs)
        form = PasswordForm(request.POST if FIELD in request.POST else None, request=request)
        if form.is_valid():
            sessions.unlock(request)
            sessions.note_password(request)
            return redirect(request.get_full_path()) if BY_LINK in request.POST else view(request, *args, **kwargs)
        sent = [(name, value) for name, values in request.POST.lists() if name not in OWN for value in values]
        if request.method == "GET":
            sent = [(BY_LINK, "1")]
        context = {"form": form, "sent": sent, "was_locked": was_locked}
        return render(request, "admin/door/password_again.html", context)

    return asked


def _done(request, back):
    return HttpResponseRedirect(back) if sessions.is_by_hand(request) else HttpResponse(status=204)
