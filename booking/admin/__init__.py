"""Django admin for requests, their times and their mail."""

from booking.admin import audited, mails, open_times, prepared_answers, requests  # noqa: F401 - register themselves
