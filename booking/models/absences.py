"""When a clinician is away, for days or for hours."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AbsenceQuerySet(models.QuerySet):
    def to_come(self):
        """Absences that are not over."""
        return self.filter(ends_at__gt=timezone.now())


class Absence(models.Model):
    """A clinician's stretch away, from one moment to another: none of their times in it can be given."""

    clinician = models.ForeignKey(
        "booking.Clinician", models.PROTECT, related_name="absences", verbose_name=_("clinician")
    )
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=80, blank=True, help_text=_("Staff alone see it."))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["begins_at", "clinician"]
        indexes = [models.Index(fields=["clinician", "ends_at"], name="absences_of_a_clinician")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")),
                name="an_absence_ends_after_it_begins",
                violation_error_message=_("The end must be later than the beginning."),
            )
        ]

    def __str__(self):
        begins, ends = (timezone.localtime(moment) for moment in (self.begins_at, self.ends_at))
        return f"{self.clinician}, {begins:%Y-%m-%d %H:%M} – {ends:%Y-%m-%d %H:%M}"
