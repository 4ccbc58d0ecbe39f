"""What the desk judged of two requests: that one person sent both, or that two people did."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class SamePersonQuerySet(models.QuerySet):
    def about(self, consultation_request):
        return self.filter(Q(first=consultation_request) | Q(second=consultation_request))


class SamePerson(models.Model):
    """A judgement about two requests. They are shown together or apart for it, and never merged."""

    first = models.ForeignKey("booking.ConsultationRequest", models.CASCADE, related_name="+")
    second = models.ForeignKey("booking.ConsultationRequest", models.CASCADE, related_name="+")
    is_same = models.BooleanField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SamePersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="two_requests_are_judged_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="the_older_request_is_the_first"),
        ]

    def __str__(self):
        return f"{self.first_id} {'=' if self.is_same else '≠'} {self.second_id}"

    def other_than(self, consultation_request):
        """The number of the other request of the two."""
        return self.second_id if self.first_id == consultation_request.pk else self.first_id
