"""Does the database itself guard the times?"""

from django.db import DEFAULT_DB_ALIAS

from booking.models.overlap_guard import is_installed
from clinic_site.health.checks import Level, health_check


@health_check("guard of times", Level.TROUBLE)
def guard_of_times_is_missing():
    if is_installed(DEFAULT_DB_ALIAS):
        return ""
    return "The database does not guard against overlapping times: run manage.py migrate, which makes the guard anew."
