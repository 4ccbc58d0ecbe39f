"""When the clinic is open."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel, PublishedQuerySet


class OpeningHours(PublishedModel):
    """One stretch of a weekday on which the desk is there. A lunch break is the gap between two."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="hours_end_after_they_begin",
                violation_error_message=_("The closing time must be later than the opening time."),
            ),
            models.UniqueConstraint(
                fields=["weekday", "opens"],
                name="one_opening_at_a_time",
                violation_error_message=_("This weekday already has hours that begin then."),
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self):
        others = OpeningHours.objects.filter(weekday=self.weekday).exclude(pk=self.pk)
        if self.opens and self.closes and others.filter(opens__lt=self.closes, closes__gt=self.opens).exists():
            raise ValidationError(_("These hours overlap with others of the same weekday. Mend one of them."))


class ClosedDayQuerySet(PublishedQuerySet):
    def upcoming(self, today):
        return self.filter(date__gte=today).order_by("date")


class ClosedDay(PublishedModel):
    """A holiday or another day without a desk. Promises to patients skip it."""

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=80, help_text=_("Patients see it, such as 'Thanksgiving Day'."))

    objects = ClosedDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date} {self.name}"
