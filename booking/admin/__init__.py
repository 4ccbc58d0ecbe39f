"""Django admin for requests and their mail."""

from booking.admin import mails, openings, requests  # noqa: F401 - register themselves
