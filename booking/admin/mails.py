"""The outbox for the desk: what failed and can be tried again, and how each mail reads."""

import base64
import hashlib
import re

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from booking.mail.owing import try_again
from booking.mail.rendering import render_sample
from booking.models import OutboxMail
from clinic_site.numbers import number_in
from clinic_site.records import moment_column

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Fate(admin.SimpleListFilter):
    title = _("fate")
    parameter_name = "fate"

    def lookups(self, request, model_admin):
        return [("failed", _("Failed: needs a person")), ("waiting", _("Waiting"))]

    def queryset(self, request, queryset):
        if self.value() == "failed":
            return queryset.failed()
        if self.value() == "waiting":
            return queryset.waiting()
        return queryset


@admin.register(OutboxMail)
class OutboxMailAdmin(admin.ModelAdmin):
    change_list_template = "admin/booking/mails.html"
    list_display = [moment_column("created_at", _("owed since")), "kind", "request", "fate", "why_not_sent"]
    list_display_links = None
    list_filter = [Fate, "kind"]
    list_select_related = ["request"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    ordering = ["-created_at"]

    @admin.display(description=_("why not"), empty_value="–")
    def why_not_sent(self, mail):
        return mail.trouble_words or None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("try-again/", wrap(require_POST(self.try_again_view)), name="booking_outboxmail_try_again"),
            path("preview/", wrap(self.preview_view), name="booking_outboxmail_preview"),
            path("preview/<slug:kind>/", wrap(self.mail_view), name="booking_outboxmail_preview_one"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        failed = OutboxMail.objects.failed().count()
        return super().changelist_view(request, {"title": _("Mail"), "failed": failed} | (extra_context or {}))

    def try_again_view(self, request):
        """One failed mail, or all of them, get ten more tries."""
        self._stop_unless_allowed(request)
        failed = OutboxMail.objects.to_look_after()
        if number := request.POST.get("mail"):
            failed = [get_object_or_404(OutboxMail.objects.failed(), pk=number_in(number))]
        tried = [try_again(mail) for mail in failed]
        messages.success(request, _("%(number)s mails are being tried again.") % {"number": len(tried)})
        return HttpResponseRedirect(reverse("admin:booking_outboxmail_changelist"))

    def preview_view(self, request):
        self._stop_unless_allowed(request)
        mail_previews = [(kind, render_sample(kind)) for kind in OutboxMail.Kind]
        context = self.admin_site.each_context(request) | {
            "title": _("How our mail reads"),
            "mail_previews": mail_previews,
        }
        return render(request, "admin/booking/mail_preview.html", context)

    def mail_view(self, request, kind):
        """One mail as HTML, alone. Its own style is let through by its digest, and nothing else is."""
        self._stop_unless_allowed(request)
        if kind not in OutboxMail.Kind.values:
            raise Http404("there is no such mail")
        html = render_sample(kind).html
        digest = base64.b64encode(hashlib.sha256(STYLE.search(html)[1].encode()).digest()).decode()
        response = HttpResponse(html)
        response._csp_replace = {"style-src": [f"'sha256-{digest}'"]}
        return response

    def _stop_unless_allowed(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
