from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = "Requests"

    staff_permissions = {
        "frontdesk": {"view": ["consultationrequest", "outboxmail"], "change": ["consultationrequest"]},
        "clinician": {"view": ["consultationrequest"]},
        "manager": {"view": ["consultationrequest", "outboxmail"], "change": ["consultationrequest"]},
    }

    def ready(self):
        from booking import checks  # noqa: F401 - registers the health check of the outbox
