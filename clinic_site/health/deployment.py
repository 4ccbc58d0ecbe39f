"""What an operator has to hear of an installation, most of it before patients come."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import ngettext

from clinic_site.health.checks import Level, health_check
from clinic_site.models import Clinic, Notice

LEAST_HSTS = 180 * 24 * 3600  # seconds


@health_check("clinic", Level.ADVICE)
def sample_values_are_left():
    """The sample clinic must not meet a patient."""
    clinic = Clinic.profile()
    if not clinic.is_sample:
        return ""
    return (
        f"The clinic is still '{clinic.name}', {clinic.phone_day.as_national}, {clinic.street}: enter its own details "
        "in admin, under Clinic profile, and untick 'these are sample values'."
    )


@health_check("pictures", Level.TROUBLE, needs_database=False)
def store_of_pictures_is_away():
    try:
        if look := getattr(default_storage, "look", None):
            look()
    except OSError as error:
        return f"Pictures are not shown, as {error}: start it, make its bucket, or mend MEDIA_STORE."
    return ""


@health_check("privacy", Level.ADVICE)
def privacy_notice_is_hidden():
    """The form links to it."""
    if Notice.objects.shown().filter(slug="privacy").exists():
        return ""
    return "No privacy notice is shown, and the form links to it: write and show the notice 'privacy' in admin."


@health_check("notices", Level.ADVICE)
def notices_are_undecided():
    """Some clinics owe their patients these notices by law; the site cannot know which."""
    titles = list(Notice.objects.undecided().exclude(slug="privacy").values_list("title", flat=True))
    if not titles:
        return ""
    said = ngettext("Nobody has decided on this notice", "Nobody has decided on these notices", len(titles))
    return f"{said}: {'; '.join(titles)}. Complete and show each in admin, under Notices, or tick 'not needed' there."


@health_check("https", Level.ADVICE, needs_database=False)
def connections_are_not_safe():
    if settings.DEMO:
        return ""
    if urlsplit(settings.SITE_URL).scheme != "https":
        return "SITE_URL is not https, so what patients write can be read on the way: put it behind TLS."
    if settings.SECURE_HSTS_SECONDS < LEAST_HSTS:
        return "HSTS_SECONDS is under half a year, too short to keep browsers on https: leave it out, and it is a year."
    return ""
