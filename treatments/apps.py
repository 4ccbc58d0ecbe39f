from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "treatments"
    verbose_name = "Copy"

    # What each staff role may do with this app's records (clinic_site/staff/roles.py).
    staff_permissions = {
        "marketing": {
            "view": ["treatmentfacts", "section", "benefit", "version", "source", "term", "synonym", "missedsearch"],
            "change": ["treatmentfacts", "section", "benefit", "version", "source", "term", "synonym"],
            "add": ["treatmentfacts", "section", "benefit", "source", "term", "synonym"],
        },
        "clinician": {
            "view": ["treatmentfacts", "section", "benefit", "version", "source", "term"],
            "sign": ["version"],
        },
        "manager": {
            "view": ["treatmentfacts", "section", "benefit", "version", "source", "term", "synonym", "missedsearch"],
            "change": ["treatmentfacts", "section", "benefit", "version", "source", "term", "synonym"],
            "add": ["treatmentfacts", "section", "benefit", "source", "term", "synonym"],
        },
    }

    def ready(self):
        from clinic_site.content_revision import register_clock
        from clinic_site.pages.context import register_of_every_page
        from clinic_site.pages.down import register_down
        from treatments.guide.down import is_down
        from treatments.guide.ways import menu
        from treatments.models import next_change_of_pictures, next_change_of_versions
        from treatments.publishing import health, home  # noqa: F401 - register a check and the home page's panel

        register_of_every_page("menu", menu)
        register_down(is_down)
        register_clock(next_change_of_versions)
        register_clock(next_change_of_pictures)
