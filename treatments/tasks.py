"""What the worker does for the copy. Pages flip by themselves; it only sends mail."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from treatments.publishing.reviews import mail_reviews
from treatments.publishing.telling import mail_events, note_ending_consents


@db_periodic_task(crontab(minute="20", hour="13-21"))  # UTC: by day in Michigan; what fails is tried an hour later
def write_of_reviews():
    mail_reviews()
    note_ending_consents()


@db_periodic_task(crontab())  # each minute
def write_of_events():
    mail_events()
