"""Django admin for requests, their times and their mail."""

from booking.admin import mails, openings, prepared, requests  # noqa: F401 - register themselves
