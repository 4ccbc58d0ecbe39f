"""What the worker does for the copy. Pages flip by themselves; it only sends mail."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from treatments.publishing.reviews import mail_reviews


@db_periodic_task(crontab(minute="20", hour="13-21"))  # UTC: by day in Michigan; what fails is tried an hour later
def write_of_reviews():
    mail_reviews()
