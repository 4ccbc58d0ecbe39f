"""Consultations: accepted times."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_uid():
    return f"{uuid4()}@consultation"


class Consultation(models.Model):
    """A booked talk. It keeps its uid when moved, so that a patient's calendar moves it too (RFC 5545, 3.8.4.7)."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ATTENDED = "attended", _("Attended")
        MISSED = "missed", _("Missed")
        CANCELLED = "cancelled", _("Cancelled")

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="consultations")
    time = models.ForeignKey("booking.OpenTime", models.PROTECT, related_name="consultations", verbose_name=_("time"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.BOOKED)
    booked_at = models.DateTimeField(_("booked"), default=timezone.now)
    uid = models.CharField(max_length=80, unique=True, default=new_uid, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["time__starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="booked"), name="a_request_has_one_booked_consultation"
            ),
            models.UniqueConstraint(
                fields=["time"], condition=Q(state="booked"), name="a_time_has_one_booked_consultation"
            ),
        ]

    def __str__(self):
        return f"{self.time}"
