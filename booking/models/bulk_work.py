"""Work on many requests at once, done step by step by the worker, so that whoever asked for it can leave."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BulkWork(models.Model):
    """What is done to which requests, and how far it has come. Each request is counted once, with what became of it."""

    class Kind(models.TextChoices):
        TAKE = "take", _("Take")
        ASSIGN = "assign", _("Hand over")
        RELEASE = "release", _("Release as people")
        SPAM = "spam", _("Confirm as spam")

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # who gets them
    requests = models.JSONField()  # their numbers, in the order of the list
    position = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ended_at"], condition=models.Q(ended_at=None), name="bulk_work_to_do")]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.position} / {self.total}"

    @property
    def total(self):
        return len(self.requests)

    @property
    def left_alone(self):
        """How many were left as they were, because the step does not lead on from where they stand."""
        return self.position - self.done
