"""When a clinician can see patients. The row of a time is its own guard: one state, one request at most."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Clinician(models.Model):
    """Somebody whose consultations are booked here."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    sees_patients = models.BooleanField(_("sees patients"), default=True)

    class Meta:
        verbose_name = _("clinician")
        verbose_name_plural = _("clinicians")
        ordering = ["name"]

    def __str__(self):
        return self.name


class OpenTimeQuerySet(models.QuerySet):
    def free(self, moment=None):
        """Times that can still be given."""
        return self.filter(
            state=OpenTime.State.OPEN, starts_at__gt=moment or timezone.now(), clinician__sees_patients=True
        )

    def take(self, pk, request, state):
        """
        Give a free time to a request, held or booked; False where it is free no longer.

        One statement compares and sets, so of any number of takers one wins. It compares columns of the row alone: a
        join would become a subquery, which PostgreSQL does not look at again after it has waited for another taker.
        """
        if not self.free().filter(pk=pk).exists():
            return False
        still_open = self.filter(pk=pk, state=OpenTime.State.OPEN)
        return bool(still_open.update(state=state, request=request))

    def free_again(self):
        """Take times back from the requests that have them."""
        return self.filter(state__in=OpenTime.GIVEN).update(state=OpenTime.State.OPEN, request=None)


class OpenTime(models.Model):
    """A published time for one consultation with one clinician."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        HELD = "held", _("Held")
        BOOKED = "booked", _("Booked")
        BLOCKED = "blocked", _("Blocked")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    GIVEN = [State.HELD, State.BOOKED]

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="times", verbose_name=_("clinician"))
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    with_interpreter = models.BooleanField(_("with an interpreter"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    request = models.ForeignKey(
        "booking.ConsultationRequest", models.PROTECT, null=True, blank=True, related_name="times"
    )

    objects = OpenTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("open time")
        verbose_name_plural = _("open times")
        ordering = ["starts_at", "clinician"]
        indexes = [models.Index(fields=["state", "starts_at"], name="open_times_to_come")]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "starts_at"],
                name="a_clinician_has_one_time_at_a_start",
                violation_error_message=_("This clinician already has a time that starts then."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "booked"], request__isnull=False)
                | Q(state__in=["open", "blocked", "withdrawn"], request__isnull=True),
                name="a_given_time_names_its_request",
            ),
        ]

    def __str__(self):
        local = timezone.localtime(self.starts_at)
        return f"{local:%Y-%m-%d %H:%M}, {self.clinician}"
