"""The staff's side of the site."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from clinic_site.home import COLUMNS, panels_for


class ClinicAdminSite(admin.AdminSite):
    """Django's admin in the clinic's colours. Its rows get the whole width: the list of all models is on the index."""

    site_title = _("Clinic staff")
    site_header = _("Clinic staff")
    index_title = _("All records")
    enable_nav_sidebar = False

    def get_urls(self):
        return [path("keys/", self.admin_view(self.keys), name="keys"), *super().get_urls()]

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
