from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "treatments"
    verbose_name = "Copy"

    # What each staff role may do with this app's records (clinic_site/roles.py).
    staff_permissions = {
        "marketing": {
            "view": ["treatmentfacts", "section", "benefit", "version", "source", "term"],
            "change": ["treatmentfacts", "section", "benefit", "version", "source", "term"],
            "add": ["source", "term"],
        },
        "clinician": {
            "view": ["treatmentfacts", "section", "benefit", "version", "source", "term"],
            "sign": ["version"],
        },
        "manager": {
            "view": ["treatmentfacts", "section", "benefit", "version", "source", "term"],
            "change": ["treatmentfacts", "section", "benefit", "version", "source", "term"],
            "add": ["source", "term"],
        },
    }

    def ready(self):
        from clinic_site.published import register_clock
        from treatments import home  # noqa: F401 - registers the home page's panel
        from treatments.models import next_change_of_pictures, next_change_of_versions

        register_clock(next_change_of_versions)
        register_clock(next_change_of_pictures)
