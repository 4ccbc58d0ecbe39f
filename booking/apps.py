from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = "Requests"

    staff_permissions = {
        "frontdesk": {
            "view": ["clinician", "consultationrequest", "opentime", "outboxmail"],
            "change": ["consultationrequest", "opentime"],
        },
        "clinician": {"view": ["consultationrequest", "opentime"]},
        "manager": {
            "view": ["clinician", "consultationrequest", "opentime", "outboxmail"],
            "change": ["clinician", "consultationrequest", "opentime"],
            "add": ["clinician"],
        },
    }

    def ready(self):
        from booking import checks  # noqa: F401 - registers the health check of the outbox
