"""Versions of a unit: its words as they are, were, or will be read."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel, PublishedQuerySet
from clinic_site.languages import ORIGINAL
from treatments.models.live import ANY, is_live_at
from treatments.models.units import Unit
from treatments.prose import ProseField

REVIEW_SOON = timedelta(days=30)  # before the day on which a review is due


class VersionQuerySet(PublishedQuerySet):
    def live_at(self, moment, language=ORIGINAL):
        """What a patient reads at that moment, in that language or in `ANY`; no job has to run for it to change."""
        return self.filter(is_live_at(moment, language))

    def read_at(self, moment, language):
        """
        What a reader of that language gets at that moment: of each unit its words in it or, where there are none, the
        original ones. What is down in the original is down in every language.
        """
        if language == ORIGINAL:
            return self.live_at(moment)
        same = Version.objects.filter(unit=OuterRef("unit"))
        is_translated = Q(Exists(same.live_at(moment, language)))
        is_there = Q(Exists(same.live_at(moment)))
        original = is_live_at(moment) & ~is_translated
        return self.filter(original | (is_live_at(moment, language) & is_there))

    def shown_or_planned(self, moment):
        """What is live at that moment, and what goes live later."""
        return self.exclude(live_from=None).exclude(live_until__lte=moment)

    def coming(self, moment):
        """Those that go live after that moment by the clock alone."""
        return self.filter(live_from__gt=moment)

    def newest(self):
        """The last version of each unit in a language: the one that staff work on, read by patients or not."""
        later = Version.objects.filter(
            unit=OuterRef("unit"), language=OuterRef("language"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later))

    def drafts(self):
        """The newest words of each unit where patients have never read them, and none is planned."""
        return self.newest().filter(live_from=None)

    def waiting(self):
        """Drafts that somebody sent to a clinician, and that nobody has signed."""
        return self.drafts().filter(sent_at__isnull=False, signed_at=None)

    def shipped_unsigned(self, moment):
        """Shipped words that patients read, or that would be the first of their page, and that nobody has signed."""
        live = Version.objects.live_at(moment, ANY)
        of_same_unit = live.filter(unit=OuterRef("unit"), language=OuterRef("language"))
        first = Version.objects.drafts().filter(~Exists(of_same_unit), sent_at=None)
        unsigned = self.filter(signed_at=None).exclude(shipped="")
        return unsigned.filter(Q(pk__in=live.values("pk")) | Q(pk__in=first.values("pk")))

    def due_for_review(self, moment, day):
        """What patients read and a clinician should read again by that day."""
        return self.live_at(moment, ANY).filter(review_due__lte=day)

    def of_kind(self, kind):
        return self.filter(unit__kind=kind)

    def in_reading_order(self):
        return self.order_by("unit__position", "unit__slug").select_related("unit__treatment")


class Version(PublishedModel):
    """
    One wording of a unit, whole: its texts here, its rows beside it.

    Its words are never changed: each save makes the next version (publishing/drafts.py). What happens to it is: it is
    sent for sign-off, signed, planned, live, past.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in-review", _("waits for sign-off")
        APPROVED = "approved", _("signed off")
        PLANNED = "planned", _("goes live")
        LIVE = "live", _("live")
        PAST = "past", _("past")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions", editable=False)
    language = models.CharField(max_length=12, default=ORIGINAL, editable=False)
    number = models.PositiveIntegerField(editable=False)
    live_from = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    live_until = models.DateTimeField(null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The end that staff chose. `live_until` is earlier where another version begins before it.",
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False)
    author = models.CharField(max_length=150, blank=True, editable=False, help_text="The writer's name.")
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    why = models.CharField(
        _("why you change it"), max_length=200, blank=True, help_text=_("For the history; patients do not see it.")
    )
    shipped = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of the guide's file, while nobody has edited it."
    )
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="Of the words as they were stored.")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    signer = models.CharField(max_length=150, blank=True, editable=False, help_text="The clinician's name.")
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_digest = models.CharField(
        max_length=80, blank=True, editable=False, help_text="Of what was approved (words/references.py)."
    )
    review_due = models.DateField(null=True, blank=True, editable=False, db_index=True)
    review_mailed_at = models.DateTimeField(null=True, blank=True, editable=False)

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
        permissions = [("sign_version", "Can sign copy off")]
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
            models.CheckConstraint(
                condition=Q(live_from__isnull=True) | ~Q(signed_digest="") | ~Q(shipped=""),
                name="only_signed_or_shipped_words_go_live",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_live(self):
        return self.state == self.State.LIVE

    @property
    def state(self):
        """What it is at this moment; whether it is the newest is another question."""
        now = timezone.now()
        if self.live_until and self.live_until <= now:
            return self.State.PAST
        if self.live_from:
            return self.State.LIVE if self.live_from <= now else self.State.PLANNED
        if self.signed_at:
            return self.State.APPROVED
        return self.State.IN_REVIEW if self.sent_at else self.State.DRAFT

    def get_state_display(self):
        return self.State(self.state).label

    @property
    def is_unsent(self):
        """Whether somebody still writes on it. What shipped with the site waits for a clinician from the start."""
        return self.state == self.State.DRAFT and not self.shipped

    @property
    def writer(self):
        """Who wrote it, by the name that staff know, or '' for what shipped with the site."""
        return self.written_by.shown_name if self.written_by else ""

    def get_absolute_url(self):
        return self.unit.get_absolute_url()

    def get_staff_url(self, page="change"):
        """Where staff work on it, in its language."""
        return self.unit.in_language(self.language).get_staff_url(page)

    @transaction.atomic
    def go_live(self, moment=None):
        """
        Show this version to patients from that moment on; going_live.py decides whether it may.

        The one that they would read then ends at the same moment; where a later one is planned already, this one lasts
        until that begins. At every moment there is one.
        """
        moment = moment or timezone.now()
        others = Version.objects.filter(unit=self.unit, language=self.language).exclude(pk=self.pk)
        others.live_at(moment, self.language).update(live_until=moment)
        self.live_from = moment
        self.last_until_the_next()

    def last_until_the_next(self):
        """Keep `live_until` right: the end that staff chose, or the begin of the version that follows before it."""
        others = Version.objects.filter(unit=self.unit_id, language=self.language).exclude(pk=self.pk)
        follows = others.filter(live_from__gt=self.live_from).aggregate(Min("live_from"))["live_from__min"]
        self.live_until = min(filter(None, [self.ends_at, follows]), default=None)
        self.save(update_fields=["live_from", "live_until", "ends_at"])


def next_change_of_versions(after: datetime) -> datetime | None:
    """The earliest moment after the given one at which a version begins or ends."""
    moments = Version.objects.aggregate(
        begins=Min("live_from", filter=Q(live_from__gt=after)),
        ends=Min("live_until", filter=Q(live_until__gt=after)),
    )
    return min(filter(None, moments.values()), default=None)
