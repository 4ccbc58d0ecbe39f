from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = "Requests"

    staff_permissions = {
        "frontdesk": {
            "view": ["clinician", "consultationrequest", "opentime", "outboxmail", "preparedanswer"],
            "change": ["consultationrequest", "opentime"],
            "count": ["consultationrequest"],
        },
        "marketing": {"count": ["consultationrequest"]},
        "clinician": {"view": ["consultationrequest", "opentime"], "advise": ["consultationrequest"]},
        "manager": {
            "view": ["clinician", "consultationrequest", "opentime", "outboxmail", "preparedanswer"],
            "change": ["clinician", "consultationrequest", "opentime", "preparedanswer"],
            "count": ["consultationrequest"],
            "add": ["clinician", "preparedanswer"],
            "delete": ["preparedanswer"],
        },
    }

    def ready(self):
        from booking import checks, home  # noqa: F401 - register the outbox' health check and the home page's panels
