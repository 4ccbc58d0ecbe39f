"""What the worker does for the site itself."""

from django.conf import settings
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from clinic_site.audit.retention import purge_audit
from clinic_site.audit.sealing import seal_entries
from clinic_site.audit.verifying import verify_and_note
from clinic_site.database.upkeep import tell_planner
from clinic_site.health.nightly import every_night
from clinic_site.health.watching import forget_old_problems, look_after_site
from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.backing_up import back_up
from clinic_site.keeping.made import rotate
from clinic_site.models import Limits, StaffSession, UnsavedWords, WorkerBeat
from clinic_site.pages.away import write_away_page
from clinic_site.staff.guesses import tell_owner_of_guesses

__all__ = [
    "back_up_at_night",
    "beat",
    "clear_up_at_night",
    "drop_unsaved_words",
    "keep_away_page_true",
    "look_after_site_each_minute",
    "tell_owner_of_guesses",
    "tell_planner_at_night",
]


@db_periodic_task(crontab())
def beat():
    """Once a minute: say that the worker is alive."""
    WorkerBeat.beat()


@db_periodic_task(crontab())
def seal_the_audit():
    """Once a minute: chain what was written to all before it."""
    seal_entries()


@every_night("verifying the audit", hour="9", minute="45")  # UTC: after the nightly backup, before the desk opens
def verify_the_audit_at_night():
    """Read the whole audit again, so that the manager sees each morning whether it is whole."""
    verify_and_note()


@every_night("purging the audit", hour="8", minute="45")
def purge_the_audit_at_night():
    """Entries go once their time has come."""
    purge_audit(Limits.now().audit_kept)


@every_night("looking at the tables", hour="9", minute="30")
def tell_planner_at_night():
    """The database chooses its ways by how its tables were when it last looked."""
    tell_planner()


@db_periodic_task(crontab())
def look_after_site_each_minute():
    """Once a minute: what is wrong is noted, and the operator told."""
    look_after_site()


@every_night("clearing up", hour="8", minute="30")  # UTC: half past three or four at night in Michigan
def clear_up_at_night():
    """Sessions that have ended stay in the table for a day at most; problems for three months."""
    StaffSession.objects.ended().delete()
    forget_old_problems()


@db_periodic_task(crontab(minute="35"))
def drop_unsaved_words():
    """Once an hour: what staff typed and did not save for a day is gone."""
    UnsavedWords.objects.over().delete()


@db_periodic_task(crontab(minute="5"))
def keep_away_page_true():
    """Once an hour: what the proxy shows while the web server is away has the clinic's number of now."""
    write_away_page()


@every_night("backup", hour="9", minute="15")  # UTC: an hour after personal data that is due was taken out
def back_up_at_night():
    """Back up to BACKUP_TO, where it is set, and remove backups that are no longer kept."""
    if settings.BACKUP_TO:
        if not settings.BACKUP_TO.is_dir():  # a disk that is not mounted gets no file in its place
            raise BackupError(f"The folder {settings.BACKUP_TO} is not there.")
        back_up(settings.BACKUP_TO)
        rotate(settings.BACKUP_TO)
