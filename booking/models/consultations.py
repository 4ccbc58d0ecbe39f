"""Consultations: accepted times."""

from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

UNTIL_MOVED = ["confirmed_at", "arrived_at", "earlier_wanted_at", "changed_at"]  # what is said about one time alone
REMINDED_DAYS_BEFORE = 2  # and on the day before


def new_uid():
    return f"{uuid4()}@consultation"


class ConsultationQuerySet(models.QuerySet):
    def booked(self):
        """Consultations that are to come, or of which nobody has said yet how they went."""
        return self.filter(state=Consultation.State.BOOKED)

    def not_cancelled(self):
        """Consultations that are to come, that took place, or that the patient missed."""
        return self.exclude(state=Consultation.State.CANCELLED)

    def waiting_for_earlier(self):
        """The waiting list: who asked first stands first."""
        return self.booked().filter(earlier_wanted_at__isnull=False).order_by("earlier_wanted_at")


class Consultation(models.Model):
    """A booked talk. It keeps its uid when moved, so that a patient's calendar moves it too (RFC 5545, 3.8.4.7)."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ATTENDED = "attended", _("Attended")
        MISSED = "missed", _("Missed")
        CANCELLED = "cancelled", _("Canceled")

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="consultations")
    time = models.ForeignKey("booking.OpenTime", models.PROTECT, related_name="consultations", verbose_name=_("time"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.BOOKED)
    booked_at = models.DateTimeField(_("booked"), default=timezone.now)
    uid = models.CharField(max_length=80, unique=True, default=new_uid, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    moved_from = models.ForeignKey("booking.OpenTime", models.PROTECT, null=True, editable=False, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed by the patient"), null=True, editable=False)
    earlier_wanted_at = models.DateTimeField(_("waits for an earlier time since"), null=True, editable=False)
    arrived_at = models.DateTimeField(_("arrived"), null=True, editable=False)
    changed_at = models.DateTimeField(_("booked or moved"), default=timezone.now, editable=False)
    reminded_on = models.DateField(_("last reminded on"), null=True, editable=False)

    objects = ConsultationQuerySet.as_manager()

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
        indexes = [
            models.Index(
                fields=["earlier_wanted_at"],
                condition=Q(state="booked", earlier_wanted_at__isnull=False),
                name="waiting_list",
            )
        ]

    def __str__(self):
        return f"{self.time}"

    @property
    def has_begun(self):
        return self.time.starts_at <= timezone.now()

    @property
    def is_today(self):
        return timezone.localdate(self.time.starts_at) == timezone.localdate()

    @property
    def is_near(self):
        """Whether it is one of the next two days: when patients are reminded."""
        days = (timezone.localdate(self.time.starts_at) - timezone.localdate()).days
        return 1 <= days <= REMINDED_DAYS_BEFORE

    def changes_end_at(self, clinic):
        """The moment from which the patient changes their consultation by telephone alone."""
        return self.time.starts_at - timedelta(hours=clinic.notice_hours)

    def move_to_time(self, time):
        """Stand at another time: what was said about the old one is void, and calendars are told by the sequence."""
        self.moved_from, self.time, self.sequence = self.time, time, self.sequence + 1
        self.confirmed_at = self.arrived_at = self.earlier_wanted_at = None
        self.changed_at = timezone.now()
        self.save()

    def stands_now(self):
        """What a move makes void, as it is before."""
        moments = {name: getattr(self, name) for name in UNTIL_MOVED}
        kept = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
        return kept | {"time": self.time_id, "moved_from": self.moved_from_id}

    def set_state(self, state):
        """Set how it stands. Cancelling, and booking again, show in the patient's calendar and raise the sequence."""
        if self.State.CANCELLED in (self.state, state):
            self.sequence += 1
        self.state = state
        self.save(update_fields=["state", "sequence"])
