"""What all rows of a version share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic_site.published import PublishedModel
from treatments.models.versions import Version


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
        Ask the database only of a row that belongs to a version: typed rows belong to none yet, and a page has a
        hundred. Of their figures `clean` says the same.
        """
        if self.version_id:
            super().validate_constraints(exclude)
