"""What happened to a version beside its words, and the links under which a draft is shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic_site.languages import ORIGINAL
from treatments.models.units import Unit
from treatments.models.versions import Version


class CopyEvent(models.Model):
    """One thing that somebody did to a version. Lines are added, never changed."""

    class Kind(models.TextChoices):
        SENT = "sent", _("sent for sign-off")
        SENT_BACK = "sent-back", _("sent back")
        SIGNED = "signed", _("signed off")
        COMMENT = "comment", _("comment")
        ALLOWED = "allowed", _("allowed one remark of the copy check")
        PUBLISHED = "published", _("published")
        PLANNED = "planned", _("planned")
        CALLED_OFF = "called-off", _("called the plan off")
        TAKEN_DOWN = "taken-down", _("taken down")
        ENDS = "ends", _("to be taken down")
        KEPT = "kept", _("called the end off")
        BROUGHT_BACK = "brought-back", _("brought back")
        UNSIGNED = "unsigned", _("took the sign-off back")
        RESTORED = "restored", _("restored from version")
        ASKED = "asked", _("asked a clinician")
        CONSENT_ENDS = "consent-ends", _("the consent to a picture ends")
        MADE = "made", _("made the page")
        RETIRED = "retired", _("retired for good")
        UNRETIRED = "unretired", _("called the retirement off")
        REFERENCE = "reference", _("signed a source or word that it uses")

    version = models.ForeignKey(Version, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80, blank=True, help_text="Of somebody without an account, as they gave it.")
    at = models.DateTimeField(default=timezone.now)
    words = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the remark that it is about.")
    mailed_at = models.DateTimeField(null=True, blank=True, help_text="When whom it concerns was written to.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="allowed") | ~(Q(words="") | Q(fingerprint="")),
                name="what_is_allowed_has_a_reason",
            )
        ]
        indexes = [
            models.Index(fields=["fingerprint"], condition=~Q(fingerprint=""), name="allowed_remarks"),
            models.Index(fields=["at"], condition=Q(mailed_at=None), name="events_not_mailed"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    @property
    def who(self):
        """An account by its name; a name that was typed into a preview says that nobody checked it."""
        if self.by:
            return self.by.shown_name
        if not self.name:
            return _now("The site")
        return _now("%(name)s (by link, name not checked)") % {"name": self.name}


class PreviewLinkQuerySet(models.QuerySet):
    def open_at(self, moment):
        return self.filter(expires_at__gt=moment, revoked_at=None)

    def of(self, unit):
        """Those to a unit's words in its language."""
        return self.filter(unit=unit, language=unit.language)


class PreviewLink(models.Model):
    """An address under which somebody without an account reads a unit's newest words of a language in its real page."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="preview_links")
    language = models.CharField(max_length=12, default=ORIGINAL)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.unit} {self.made_at:%Y-%m-%d}"
