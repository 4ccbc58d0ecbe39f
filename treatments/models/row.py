"""What all rows of a version share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel
from treatments.models.versions import Version


class Layer(models.TextChoices):
    """The folds under a page in which a row may lie; without one it is in sight."""

    STUDIES = "studies", _("The studies")
    REVIEWED = "reviewed", _("What the FDA has reviewed")


class Row(PublishedModel):
    """What all rows share: a key that stays the same from version to version, and an order."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="%(class)ss", editable=False)
    key = models.SlugField(_("key"), max_length=60, help_text=_("Never changes; versions are compared by it."))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"],
                name="%(class)s_key_is_used_once",
                violation_error_message=_("Two rows have the same key. Give one of them another."),
            )
        ]

    def __str__(self):
        return self.key

    def validate_constraints(self, exclude=None):
        """
        Ask the database only of a row that belongs to a version: rows of a form belong to none yet, and a page has a
        hundred. Of their figures `clean` says the same.
        """
        if self.version_id:
            super().validate_constraints(exclude)


class LayeredRow(Row):
    """A row that may lie in a fold. The words of a fold are on the page, in print and in search, but not in the way."""

    layer = models.CharField(
        _("where it stands"),
        max_length=8,
        choices=[("", _("In sight")), *Layer.choices],
        default="",
        blank=True,
        help_text=_(
            "In sight, or folded under the page. Fold what the words in sight rest on; never a risk, a limit or who "
            "should wait."
        ),
    )

    class Meta(Row.Meta):
        abstract = True
