from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = "Requests"

    staff_permissions = {
        "frontdesk": {
            "view": ["absence", "clinician", "consultationrequest", "opentime", "outboxmail", "preparedanswer"],
            "change": ["consultationrequest", "opentime"],
            "count": ["consultationrequest"],
        },
        "marketing": {"count": ["consultationrequest"]},
        "clinician": {"view": ["consultationrequest", "opentime"], "advise": ["consultationrequest"]},
        "manager": {
            "view": ["absence", "clinician", "consultationrequest", "opentime", "outboxmail", "preparedanswer"],
            "change": ["clinician", "consultationrequest", "opentime", "preparedanswer"],
            "count": ["consultationrequest"],
            "add": ["absence", "clinician", "preparedanswer"],
            "delete": ["absence", "preparedanswer"],
        },
    }

    def ready(self):
        # They register panels of the home page, work to hand over, health checks, erasures and what is searched, and
        # need models, which are there by now.
        from booking import keeping  # noqa: F401
        from booking.desk import handing_over, home  # noqa: F401
        from booking.mail import health  # noqa: F401
        from booking.models.overlap_guard import install_after_migrations
        from booking.patient import searched  # noqa: F401
        from booking.schedule import health as health_of_times  # noqa: F401

        post_migrate.connect(install_after_migrations, sender=self)
