"""The staff's side of the site."""

from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from clinic_site.audit.looking import audited
from clinic_site.numbers import number_in
from clinic_site.staff import own_account
from clinic_site.staff.home_panels import COLUMNS, panels_for
from clinic_site.staff.lock import OwnPasswordForm, password_first
from clinic_site.staff.people import pages as people_pages
from clinic_site.staff.sessions import end_sessions, is_by_hand, is_inside, is_signed_in, see
from clinic_site.staff.sign_in import sign_out
from clinic_site.staff.unsaved import pages as unsaved_pages
from clinic_site.staff.unsaved.sending_again import brings_words, send_again
from clinic_site.staff.who_looked import pages as who_looked_pages


class ClinicAdminSite(admin.AdminSite):
    """Django's admin in the clinic's colours. Its rows get the whole width: the list of all models is on the index."""

    site_title = _("Clinic staff")
    site_header = _("Clinic staff")
    index_title = _("All records")
    enable_nav_sidebar = False

    def get_urls(self):
        gate = self.admin_view
        own = [
            path("logout/", sign_out, name="logout"),
            path("keys/", gate(self.keys), name="keys"),
            path("unsaved-words/", gate(unsaved_pages.keep_words), name="unsaved_words"),
            path("unsaved-words/throw-away/", gate(unsaved_pages.throw_words_away), name="throw_away_words"),
            path("signed-in/", gate(unsaved_pages.signed_in), name="signed_in"),
            path("people/", gate(people_pages.people), name="people"),
            path("people/add/", gate(people_pages.add_person), name="add_person"),
            path("people/<int:pk>/", gate(people_pages.person), name="person"),
            path("people/<int:pk>/<slug:step>/", gate(people_pages.change_person), name="change_person"),
            path("audit/", gate(who_looked_pages.who_looked), name="who_looked"),
            path("audit/verify/", gate(who_looked_pages.verify_now), name="verify_audit"),
            path("you/", gate(own_account.own_account), name="own_account"),
            path("you/sessions/", gate(own_account.end_some_sessions), name="end_sessions"),
            path("you/authenticator/", gate(own_account.change_authenticator), name="change_authenticator"),
            path("you/codes/", gate(own_account.new_recovery_codes), name="new_recovery_codes"),
            path("you/passkey/", gate(own_account.add_passkey), name="add_passkey"),
            path("you/passkey/remove/", gate(own_account.remove_passkey), name="remove_passkey"),
        ]
        return [*own, *super().get_urls()]

    def each_context(self, request):
        return super().each_context(request) | {"locks_after": int(settings.DESK_LOCKS_AFTER.total_seconds())}

    def has_permission(self, request):
        """The gate of each page here: staff, with a second factor in this session, at a desk that is not locked."""
        return is_inside(request)

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """The stock door leads to the one door, or to where somebody has to be before they go on."""
        if self.has_permission(request):
            return redirect("admin:index")
        door = "locked" if is_signed_in(request) else "account_login"
        return redirect(f"{reverse(door)}?{urlencode({'next': request.GET.get('next') or reverse('admin:index')})}")

    @method_decorator(never_cache)
    def password_change(self, request, extra_context=None):
        """With a new password, all other sessions end; guesses at the old one are counted."""
        change = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            extra_context=self.each_context(request) | (extra_context or {}),
        )
        response = change(request)
        if response.status_code == HTTPStatus.FOUND:
            end_sessions(request.user, but=request)
            own_account.note_change(request)
        return response

    @method_decorator(never_cache)
    def password_change_done(self, request, extra_context=None):
        return super().password_change_done(request, extra_context)

    def admin_view(self, view, cacheable=False):
        """
        As Django does it, and written down in the audit. Numbers that no record can have, which break its lists and
        forms, are a bad request.

        A script on a page that may no longer be shown hears so in a word: it could make nothing of the door. What was
        sent from a desk that is locked meanwhile is carried out after the password,
        and whoever was signed out while they typed gets their words back.
        """

        @wraps(view)
        def guarded(request, *args, **kwargs):
            if None in map(number_in, request.POST.getlist(ACTION_CHECKBOX_NAME)):
                raise BadRequest("a ticked box names no record")
            try:
                return view(request, *args, **kwargs)
            except OverflowError as error:
                raise BadRequest("a number is larger than any") from error

        inner = super().admin_view(audited(guarded), cacheable)

        @wraps(inner)
        def through_the_gate(request, *args, **kwargs):
            if self.has_permission(request):
                if is_by_hand(request):
                    see(request)
            elif not is_by_hand(request):
                return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
            elif request.method == "POST" and is_signed_in(request):
                return never_cache(password_first(inner))(request, *args, **kwargs)
            elif brings_words(request):
                return send_again(request)
            return inner(request, *args, **kwargs)

        return through_the_gate

    def keys(self, request):
        """Which keys there are, and the switch of whoever is signed in for those that are single letters."""
        if request.method == "POST":
            request.user.uses_keys = request.POST.get("uses_keys") == "on"
            request.user.save(update_fields=["uses_keys"])
            return HttpResponseRedirect(reverse("admin:keys"))
        return render(request, "admin/keys.html", self.each_context(request) | {"title": _("Keys")})

    def index(self, request, extra_context=None):
        """The panels of whoever is signed in; below them the list of all records."""
        panels = {column: panels_for(request, column) for column in COLUMNS}
        return super().index(request, panels | {"title": _("Today")} | (extra_context or {}))
