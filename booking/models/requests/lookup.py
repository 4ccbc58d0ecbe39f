"""'Send me my link again': a look-up that waits for the worker, so that the page tells nobody who exists."""

from django.db import models
from django.utils import timezone

from booking.validators import MailAddressField


class LinkLookup(models.Model):
    """An address for which somebody asked for links. Gone once the worker has looked."""

    email = MailAddressField(unique=True)
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"look-up of {self.asked_at}"
