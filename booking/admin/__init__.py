"""Django admin for requests and their mail."""

from booking.admin import mails, requests  # noqa: F401 - register themselves
