from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models.signals import post_migrate


class ClinicAdminConfig(admin_apps.AdminConfig):
    default = False  # of this module's two, `clinic_site` is the other
    default_site = "clinic_site.staff.admin_site.ClinicAdminSite"


class ClinicSiteConfig(AppConfig):
    name = "clinic_site"
    verbose_name = "Clinic"

    staff_permissions = {
        "manager": {
            "view": ["auditentry", "banner", "clinic", "openinghours", "closedday", "limits", "notice", "teammember"],
            "change": [
                "banner",
                "clinic",
                "openinghours",
                "closedday",
                "limits",
                "notice",
                "staffmember",
                "teammember",
            ],
            "add": ["banner", "clinic", "openinghours", "closedday", "limits", "notice", "teammember"],
            "delete": ["banner", "openinghours", "closedday", "teammember"],
        },
        "frontdesk": {name: ["banner"] for name in ("view", "change", "add", "delete")},
    }

    def ready(self):
        from clinic_site.audit.guard import install_after_migrations
        from clinic_site.content_revision import register_clock
        from clinic_site.health import (  # noqa: F401 - register themselves
            audit,
            checks,
            deployment,
            home,
            nightly,
            telling,
        )
        from clinic_site.models import next_change_of_banners
        from clinic_site.staff.roles import set_up_roles

        # SQLite takes 32,766 values in a statement since 3.32; Django 5.2 cuts long writes at 999, as of older ones.
        DatabaseWrapper.features_class.max_query_params = 32_766
        register_clock(next_change_of_banners)
        # Permissions themselves are made after each migration; the roles that hold them follow, in the same way.
        post_migrate.connect(set_up_roles, sender=self)
        post_migrate.connect(install_after_migrations, sender=self)
