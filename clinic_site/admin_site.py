"""The staff's side of the site."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class ClinicAdminSite(admin.AdminSite):
    """Django's admin in the clinic's colours. Its rows get the whole width: the list of all models is on the index."""

    site_title = _("Clinic staff")
    site_header = _("Clinic staff")
    index_title = _("All records")
    enable_nav_sidebar = False
