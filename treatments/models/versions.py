"""Versions of a unit: its words as they are, were, or will be read."""

from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic_site.published import PublishedModel, PublishedQuerySet
from treatments.models.units import Unit
from treatments.prose import ProseField


class VersionQuerySet(PublishedQuerySet):
    def live_at(self, moment, language="en"):
        """What a patient reads at that moment; no job has to run for it to change."""
        return self.filter(language=language, live_from__lte=moment).exclude(live_until__lte=moment)

    def of_kind(self, kind):
        return self.filter(unit__kind=kind)

    def in_reading_order(self):
        return self.order_by("unit__position", "unit__slug").select_related("unit__treatment")


class Version(PublishedModel):
    """
    One wording of a unit, whole: its texts here, its rows beside it.

    A version that was live is never changed; an edit makes the next one, by `copy`.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions", editable=False)
    language = models.CharField(max_length=12, default="en", editable=False)
    number = models.PositiveIntegerField(editable=False)
    live_from = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    live_until = models.DateTimeField(null=True, blank=True, editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    why = models.CharField(
        _("why you change it"), max_length=200, blank=True, help_text=_("For the history; patients do not see it.")
    )
    shipped = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of the guide's file, while nobody has edited it."
    )

    title = models.CharField(_("short title"), max_length=60, help_text=_("Stands in menus."))
    heading = models.CharField(_("heading"), max_length=120)
    lead = ProseField(_("lead"), blank=True, help_text=_("One to three sentences under the heading."))
    summary = models.CharField(
        _("summary"), max_length=240, help_text=_("One sentence for cards, search and search engines. No citations.")
    )
    synonyms = models.CharField(
        _("other words that people search for"), max_length=300, blank=True, help_text=_("Separated by commas.")
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["unit", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "language", "number"], name="versions_are_numbered_once"),
            models.UniqueConstraint(
                fields=["unit", "language"],
                condition=Q(live_from__isnull=False, live_until__isnull=True),
                name="one_version_is_live_without_end",
            ),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gte=F("live_from")),
                name="a_version_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_live(self):
        now = timezone.now()
        return bool(self.live_from and self.live_from <= now and not (self.live_until and self.live_until <= now))

    @property
    def is_newest(self):
        newer = Version.objects.filter(unit=self.unit, language=self.language, number__gt=self.number)
        return not newer.exists()

    def get_absolute_url(self):
        return self.unit.get_absolute_url()

    @transaction.atomic
    def copy(self, written_by):
        """
        The next version of the unit, saved as a draft, with a copy of each row.

        Returns the copy and a dictionary from each row of this version to its twin, so that an edit of the one can be
        applied to the other.
        """
        from treatments.models.rows import copy_rows

        newest = Version.objects.filter(unit=self.unit, language=self.language).aggregate(Max("number"))
        twin = Version.objects.get(pk=self.pk)
        twin.pk, twin._state.adding = None, True
        twin.number = newest["number__max"] + 1
        twin.live_from = twin.live_until = None
        twin.written_by, twin.written_at = written_by, timezone.now()
        twin.why = twin.shipped = ""
        twin.save()
        return twin, copy_rows(self, twin)

    @transaction.atomic
    def go_live(self, moment=None):
        """
        Show this version to patients from that moment on.

        The one that they would read then ends at the same moment; where a later one is planned already, this one lasts
        until that begins. At every moment there is one.
        """
        moment = moment or timezone.now()
        others = Version.objects.filter(unit=self.unit, language=self.language).exclude(pk=self.pk)
        others.live_at(moment, self.language).update(live_until=moment)
        self.live_from = moment
        self.live_until = others.filter(live_from__gt=moment).aggregate(Min("live_from"))["live_from__min"]
        self.save(update_fields=["live_from", "live_until"])


def next_change_of_versions(after: datetime) -> datetime | None:
    """The earliest moment after the given one at which a version begins or ends."""
    moments = Version.objects.aggregate(
        begins=Min("live_from", filter=Q(live_from__gt=after)),
        ends=Min("live_until", filter=Q(live_until__gt=after)),
    )
    return min(filter(None, moments.values()), default=None)
