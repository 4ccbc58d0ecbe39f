"""What an operator has to hear before patients come: run by `manage.py check --deploy`."""

from django.core.checks import Tags, Warning, register

from clinic_site.models import Clinic, Notice


@register(Tags.security, deploy=True)
def sample_values_are_left(app_configs, **kwargs):
    """The sample clinic must not meet a patient."""
    clinic = Clinic.profile()
    if not clinic.is_sample:
        return []
    return [
        Warning(
            f"The clinic is still '{clinic.name}', {clinic.phone_day.as_national}, {clinic.street}.",
            hint="Enter the clinic's own details in admin, under Clinic profile, and untick 'these are sample values'.",
            id="clinic_site.W001",
        )
    ]


@register(Tags.security, deploy=True)
def privacy_notice_is_shown(app_configs, **kwargs):
    """The form links to it."""
    if Notice.objects.shown().filter(slug="privacy").exists():
        return []
    return [Warning("No privacy notice is shown.", hint="Write and show the notice 'privacy'.", id="clinic_site.W002")]
